import type { FileHandle } from 'node:fs/promises'

/** Bytes of a file in memory, with room before them. */
export interface Piece {
  readonly memory: Uint8Array
  readonly at: number
  readonly length: number
}

/**
 * Reads a piece of a file while the one before it is worked on: where a core is free, reading a recording from its start
 * to its end then takes no time of its own.
 */
export class ReadAhead {
  readonly #handle: FileHandle
  #from = 0
  #piece: Promise<Piece | undefined> = NOTHING

  constructor(handle: FileHandle) {
    this.#handle = handle
  }

  /** Reads so many bytes from an offset of the file into memory, at the same place within 8 bytes as in the file. */
  begin(from: number, length: number, memory: Uint8Array, room: number): void {
    const at = room + (from % 8)
    const enough = memory.length >= at + length ? memory : new Uint8Array(at + length)
    this.#from = from
    // A fault of the disk is told to whoever reads there, if somebody does.
    this.#piece = this.#handle.read(enough, at, length, from).then(
      ({ bytesRead }) => (bytesRead === 0 ? undefined : { memory: enough, at, length: bytesRead }),
      () => undefined
    )
  }

  /** What was read ahead, if it is what stands at this offset. To be waited for, too, before the file is closed. */
  async take(from: number): Promise<Piece | undefined> {
    const piece = await this.#piece
    this.#piece = NOTHING
    return from === this.#from ? piece : undefined
  }
}

const NOTHING = Promise.resolve(undefined)
