import { FrameBatchBuilder } from '../core/frame-batch-builder.ts'
import type { FrameBatch } from '../core/frame.ts'
import type { Nanoseconds } from '../core/time.ts'

/** Frames that wait to be written as one batch, which is limited in rows and in bytes of payload. */
export class PendingFrames {
  readonly #rowsMax: number
  readonly #bytesMax: number
  readonly #builder = new FrameBatchBuilder()
  /** When it was decided to write them, on a clock that never steps. */
  flushedAt: Nanoseconds = 0n
  /** With them, the segment is sealed. */
  endsSegment = false

  constructor(rowsMax: number, bytesMax: number) {
    this.#rowsMax = rowsMax
    this.#bytesMax = bytesMax
  }

  get length(): number {
    return this.#builder.length
  }

  /** Of their payloads. */
  get bytes(): number {
    return this.#builder.bytes
  }

  get isFull(): boolean {
    return this.#builder.length === this.#rowsMax
  }

  /** Copies rows of a batch, from a given one on, and gives the row after the last that found room. */
  add(batch: FrameBatch, from: number): number {
    const end = this.#endOfFitting(batch, from)
    this.#builder.appendRows(batch, from, end)
    return end
  }

  /** Valid until the next call. */
  batch(): FrameBatch {
    return this.#builder.batch()
  }

  clear(): void {
    this.#builder.clear()
  }

  /** A payload larger than all room goes alone. */
  #endOfFitting({ length, offsets }: FrameBatch, from: number): number {
    const rowsEnd = Math.min(length, from + this.#rowsMax - this.#builder.length)
    const bytesEnd = (offsets[from] ?? 0) + this.#bytesMax - this.#builder.bytes
    if ((offsets[rowsEnd] ?? 0) <= bytesEnd) return rowsEnd
    let end = this.#builder.length === 0 ? from + 1 : from
    while (end < rowsEnd && (offsets[end + 1] ?? 0) <= bytesEnd) end++
    return end
  }
}
