import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'

const READ_AHEAD = 8 * 1024

/** Reads a file from its start to its end through memory that is used over and over. */
export class ByteSource {
  /** Bytes of the file when it was opened. */
  readonly size: number
  readonly #handle: FileHandle
  #memory = new Uint8Array(READ_AHEAD)
  #start = 0
  #end = 0
  #position = 0

  private constructor(handle: FileHandle, size: number) {
    this.#handle = handle
    this.size = size
  }

  /** Sees the bytes that the file has now, even if it grows. */
  static async open(file: string): Promise<ByteSource> {
    const handle = await open(file, 'r')
    return new ByteSource(handle, (await handle.stat()).size)
  }

  /** Bytes of the file taken so far. */
  get position(): number {
    return this.#position
  }

  get remaining(): number {
    return this.size - this.#position
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
