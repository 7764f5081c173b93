import { FrameBatchBuilder } from '../core/frame-batch-builder.ts'
import type { Direction, FrameBatch, FrameKind } from '../core/frame.ts'
import type { Nanoseconds } from '../core/time.ts'

const BATCH_BYTES = 1024 * 1024
const BATCH_ROWS = 4096
/** Columns of a row beside its payload. */
const ROW_BYTES = 26
/** What a burst has left behind is kept for the next. */
const SPARES_MAX = 16

/** Frames between the socket's callbacks, which append, and whoever iterates, who takes them batch by batch. */
export class FrameQueue {
  readonly #full: FrameBatchBuilder[] = []
  readonly #spares: FrameBatchBuilder[] = []
  #filling = builder()
  #taken: FrameBatchBuilder | undefined
  #bytes = 0

  /** What waits to be taken, in bytes of memory. */
  get bytes(): number {
    return this.#bytes
  }

  get isEmpty(): boolean {
    return this.#bytes === 0
  }

  /** Frames that wait to be taken. */
  get length(): number {
    return this.#full.reduce((sum, builder) => sum + builder.length, this.#filling.length)
  }

  append(
    receivedAt: Nanoseconds,
    monotonic: Nanoseconds,
    connection: number,
    kind: FrameKind,
    direction: Direction,
    payload: Uint8Array
  ): void {
    const { length, bytes } = this.#filling
    if (length === BATCH_ROWS || (length > 0 && bytes + payload.length > BATCH_BYTES)) {
      this.#full.push(this.#filling)
      this.#filling = this.#spares.pop() ?? builder()
    }
    this.#filling.append(receivedAt, monotonic, connection, kind, direction, payload)
    this.#bytes += payload.length + ROW_BYTES
  }

  /** The oldest frames, possibly none, valid until the next call. */
  take(): FrameBatch {
    this.#recycle()
    const oldest = this.#full.shift() ?? this.#filling
    if (oldest === this.#filling) this.#filling = this.#spares.pop() ?? builder()
    this.#taken = oldest
    this.#bytes -= oldest.bytes + oldest.length * ROW_BYTES
    return oldest.batch()
  }

  /** The memory of a batch is used again, unless one huge frame has made it huge. */
  #recycle(): void {
    const taken = this.#taken
    if (taken !== undefined && taken.bytes <= 2 * BATCH_BYTES && this.#spares.length < SPARES_MAX) {
      taken.clear()
      this.#spares.push(taken)
    }
    this.#taken = undefined
  }
}

/** With room for all that it may be given but a huge frame; memory that is not written to costs nothing. */
function builder(): FrameBatchBuilder {
  return new FrameBatchBuilder(BATCH_ROWS, BATCH_BYTES)
}
