import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'

const READ_AHEAD = 8 * 1024
const SEARCHED_AT_ONCE = 256 * 1024

/** Reads a file, mostly from its start to its end, through memory that is used over and over. */
export class ByteSource {
  readonly #handle: FileHandle
  #size: number
  #memory = new Uint8Array(READ_AHEAD)
  #start = 0
  #end = 0
  #position = 0

  private constructor(handle: FileHandle, size: number) {
    this.#handle = handle
    this.#size = size
  }

  /** Sees the bytes that the file has now, even if it grows, until `refresh`. */
  static async open(file: string): Promise<ByteSource> {
    const handle = await open(file, 'r')
    return new ByteSource(handle, (await handle.stat()).size)
  }

  /** Bytes of the file when it was last looked at. */
  get size(): number {
    return this.#size
  }

  /** Where the next bytes are taken. */
  get position(): number {
    return this.#position
  }

  get remaining(): number {
    return this.#size - this.#position
  }

  /** Looks how large the file is now. */
  async refresh(): Promise<void> {
    this.#size = (await this.#handle.stat()).size
  }

  /**
   * The next bytes, as a view that is valid until the next call; undefined, and nothing taken, where fewer are left.
   * It begins at a multiple of 8 bytes of the memory if it does in the file.
   */
  async take(length: number): Promise<Uint8Array | undefined> {
    if (length > this.remaining || !(await this.#fill(length))) return undefined
    const bytes = this.#memory.subarray(this.#start, this.#start + length)
    this.#start += length
    this.#position += length
    return bytes
  }

  moveTo(position: number): void {
    const start = this.#start + position - this.#position
    if (start >= 0 && start <= this.#end) {
      this.#start = start
    } else {
      this.#start = position % 8
      this.#end = this.#start
    }
    this.#position = position
  }

  /** Where some bytes stand next, from the position up to before an end; moves behind what was searched. */
  async find(bytes: Uint8Array, end: number): Promise<number | undefined> {
    while (end - this.#position >= bytes.length) {
      const from = this.#position
      const chunk = await this.take(Math.min(SEARCHED_AT_ONCE, end - from))
      if (chunk === undefined) return undefined
      const at = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).indexOf(bytes)
      if (at >= 0) return from + at
      // What is looked for may begin in this chunk and end in the next.
      if (this.#position < end) this.moveTo(this.#position - bytes.length + 1)
    }
    return undefined
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }

  async #fill(length: number): Promise<boolean> {
    if (this.#end - this.#start >= length) return true
    this.#makeRoom(length + READ_AHEAD)
    while (this.#end - this.#start < length) {
      const wanted = length + READ_AHEAD - (this.#end - this.#start)
      const from = this.#position + this.#end - this.#start
      const { bytesRead } = await this.#handle.read(this.#memory, this.#end, wanted, from)
      if (bytesRead === 0) return false
      this.#end += bytesRead
    }
    return true
  }

  /** Moves what is left to the front, keeping its distance to the last multiple of 8. */
  #makeRoom(length: number): void {
    const left = this.#memory.subarray(this.#start, this.#end)
    const start = this.#position % 8
    const memory =
      this.#memory.length >= start + length
        ? this.#memory
        : new Uint8Array(Math.max(start + length, this.#memory.length * 2))
    memory.set(left, start)
    this.#memory = memory
    this.#start = start
    this.#end = start + left.length
  }
}
