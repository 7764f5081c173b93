import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { ReadAhead } from './read-ahead.ts'

const READ_AHEAD = 8 * 1024
/** Before what is read ahead, for what is left of what was read before. */
const ROOM = 2 * READ_AHEAD
const WORTH_READING_AHEAD = 64 * 1024
const SEARCHED_AT_ONCE = 256 * 1024

/** Reads a file, mostly from its start to its end, through memory that is used over and over. */
export class ByteSource {
  readonly #handle: FileHandle
  readonly #ahead: ReadAhead
  #size: number
  #memory: Uint8Array = new Uint8Array(READ_AHEAD)
  /** For what is read ahead. */
  #spare: Uint8Array = new Uint8Array(0)
  /** Where the bytes of the file begin in the memory, those that were taken among them. */
  #first = 0
  #start = 0
  #end = 0
  #position = 0

  private constructor(handle: FileHandle, size: number) {
    this.#handle = handle
    this.#ahead = new ReadAhead(handle)
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
    if (start >= this.#first && start <= this.#end) {
      this.#start = start
    } else {
      this.#first = this.#start = position % 8
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
    await this.#ahead.take(-1)
    await this.#handle.close()
  }

  async #fill(length: number): Promise<boolean> {
    if (this.#end - this.#start >= length) return true
    await this.#useAhead()
    if (!(await this.#readUntil(length))) return false
    // What is taken in small pieces is looked through, not read.
    if (length >= WORTH_READING_AHEAD) {
      this.#ahead.begin(this.#position + this.#end - this.#start, length + READ_AHEAD, this.#spare, ROOM)
    }
    return true
  }

  /** Goes on in what was read ahead, where it follows what is left. */
  async #useAhead(): Promise<void> {
    const left = this.#memory.subarray(this.#start, this.#end)
    const piece = await this.#ahead.take(this.#position + left.length)
    if (piece === undefined || left.length > ROOM) return
    this.#spare = this.#memory
    this.#memory = piece.memory
    this.#first = this.#start = piece.at - left.length
    this.#memory.set(left, this.#start)
    this.#end = piece.at + piece.length
  }

  async #readUntil(length: number): Promise<boolean> {
    if (this.#end - this.#start < length) this.#makeRoom(length + READ_AHEAD)
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
    this.#first = this.#start = start
    this.#end = start + left.length
  }
}
