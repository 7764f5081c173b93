import type { PendingFrames } from './pending-frames.ts'

/** Two buffers of frames that take turns: one is filled while the other is written. */
export class DoubleBuffer {
  readonly #write: (pending: PendingFrames) => Promise<void>
  #filling: PendingFrames
  #writing: PendingFrames
  #work: Promise<void> | undefined
  #failure: { readonly error: unknown } | undefined

  /** What is called with the frames to write clears them as soon as they are written. */
  constructor(first: PendingFrames, second: PendingFrames, write: (pending: PendingFrames) => Promise<void>) {
    this.#filling = first
    this.#writing = second
    this.#write = write
  }

  get filling(): PendingFrames {
    return this.#filling
  }

  get hasFailed(): boolean {
    return this.#failure !== undefined
  }

  /** Waits until the last write has ended, then begins to write what was filled, which may be nothing. */
  async turn(): Promise<void> {
    await this.drain()
    const filled = this.#filling
    this.#filling = this.#writing
    this.#writing = filled
    this.#begin()
  }

  /** Waits until all that was turned over is written. Throws what the write threw; what it did not write is tried again next time. */
  async drain(): Promise<void> {
    if (this.#work === undefined && this.#writing.length > 0) this.#begin()
    await this.rest()
    const error = this.takeFailure()
    if (error !== undefined) throw error
  }

  /** Waits until nothing is being written. */
  async rest(): Promise<void> {
    await this.#work
    this.#work = undefined
  }

  /** What the last write threw, once. */
  takeFailure(): unknown {
    const failure = this.#failure
    this.#failure = undefined
    return failure?.error
  }

  #begin(): void {
    this.#work = this.#write(this.#writing).catch((error: unknown) => {
      this.#failure = { error }
    })
  }
}
