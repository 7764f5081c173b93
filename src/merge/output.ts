import { FrameBatchBuilder } from '../core/frame-batch-builder.ts'
import type { Direction, Frame, FrameBatch } from '../core/frame.ts'
import type { Nanoseconds } from '../core/time.ts'

/** Frames of the result, in the order of time. */
export class Output {
  readonly #builder = new FrameBatchBuilder()
  #time: Nanoseconds = 0n

  /** Receive time of the latest frame. */
  get time(): Nanoseconds {
    return this.#time
  }

  /** A frame of the base, as it is. */
  keep(frame: Frame): void {
    this.#builder.appendFrame(frame)
    if (frame.receivedAt > this.#time) this.#time = frame.receivedAt
  }

  /**
   * A frame of the other recorder, not before what has been written nor after the next frame of the base. With other bytes
   * than it came in, its monotonic time is 0: that is the mark of a frame that did not cross the wire as it stands.
   */
  insert(frame: Frame, connection: number, before: Nanoseconds | undefined, payload?: Uint8Array): void {
    let { receivedAt } = frame
    if (receivedAt < this.#time) receivedAt = this.#time
    if (before !== undefined && receivedAt > before) receivedAt = before
    if (payload !== undefined) return this.keep({ ...frame, receivedAt, connection, payload, monotonic: 0n })
    // The two clocks go together, or it would look as if one had been set.
    const monotonic = frame.monotonic === 0n ? 0n : frame.monotonic + receivedAt - frame.receivedAt
    this.keep({ ...frame, receivedAt, monotonic, connection })
  }

  /** A frame that was not received but made of what was, at the time of the latest one. */
  make(text: string, connection: number, direction: Direction): void {
    const payload = Buffer.from(text)
    this.keep({ receivedAt: this.#time, monotonic: 0n, connection, kind: 'text', direction, payload })
  }

  /** What was written since the last call, valid until the next; undefined where that is nothing. */
  take(): FrameBatch | undefined {
    const batch = this.#builder.batch()
    this.#builder.clear()
    return batch.length === 0 ? undefined : batch
  }
}
