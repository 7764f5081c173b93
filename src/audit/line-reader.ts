import { KwsError } from '../core/errors.ts'

const NEWLINE = 10
/** A signal has some hundred bytes; what has a line of so many is something else, and must not fill the memory. */
const LINE_BYTES_MAX = 16 * 1024 * 1024

/** The lines of a stream, one after the other, however it is cut into chunks. The last one needs no line end. */
export class LineReader {
  readonly #name: string
  readonly #chunks: AsyncIterator<Uint8Array>
  /** What has been read beyond the last line end. */
  #rest = Buffer.alloc(0)
  #lines: readonly string[] = []
  #at = 0
  #ended = false

  /** The name is for error messages. */
  constructor(name: string, chunks: AsyncIterable<Uint8Array>) {
    this.#name = name
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /** The next line without its line end; null behind the last. */
  async next(): Promise<string | null> {
    while (this.#at === this.#lines.length) {
      if (this.#ended) return null
      await this.#read()
    }
    return this.#lines[this.#at++] ?? null
  }

  async #read(): Promise<void> {
    const { done, value } = await this.#chunks.next()
    const bytes = done === true ? this.#rest : Buffer.concat([this.#rest, value])
    const end = bytes.lastIndexOf(NEWLINE) + 1
    const whole = bytes.toString('utf8', 0, end)
    this.#lines = whole === '' ? [] : whole.slice(0, -1).split('\n')
    this.#rest = Buffer.from(bytes.subarray(end))
    this.#at = 0
    if (this.#rest.length > LINE_BYTES_MAX) {
      throw new KwsError(
        'damaged',
        `${this.#name} has a line of more than ${LINE_BYTES_MAX} bytes: it holds no signals`
      )
    }
    if (done !== true) return
    this.#ended = true
    if (this.#rest.length > 0) this.#lines = [...this.#lines, this.#rest.toString()]
  }
}
