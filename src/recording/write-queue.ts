import type { PendingFrames } from './pending-frames.ts'

type Write = (full: readonly PendingFrames[]) => Promise<void>

/** Buffers of frames that take turns: one is filled while the others wait to be written, in order, all that do at once. */
export class WriteQueue {
  readonly #write: Write
  readonly #free: PendingFrames[]
  /** Those that are being written, unless that has failed, come first. */
  readonly #full: PendingFrames[] = []
  #filling: PendingFrames
  #work: Promise<void> | undefined
  #failure: { readonly error: unknown } | undefined

  /** What writes frames clears them as soon as they are written; where that fails, it is given them again. */
  constructor(buffers: readonly PendingFrames[], write: Write) {
    const [first, ...others] = buffers
    if (first === undefined) throw new TypeError('there is no buffer')
    this.#filling = first
    this.#free = others
    this.#write = write
  }

  get filling(): PendingFrames {
    return this.#filling
  }

  get hasFailed(): boolean {
    return this.#failure !== undefined
  }

  /** Has what was filled, which may be nothing, written. Waits only while all other buffers are full. */
  async turn(): Promise<void> {
    let free = this.#free.pop()
    while (free === undefined) {
      await this.#step()
      free = this.#free.pop()
    }
    this.#full.push(this.#filling)
    this.#filling = free
    this.#pump()
  }

  /** Waits until all that was turned over is written. Throws what a write threw; the next call tries it again. */
  async drain(): Promise<void> {
    while (this.#full.length > 0) await this.#step()
  }

  /** Waits until nothing is being written. */
  async rest(): Promise<void> {
    while (this.#work !== undefined) await this.#work
  }

  /** What the last write threw, once. */
  takeFailure(): unknown {
    const failure = this.#failure
    this.#failure = undefined
    return failure?.error
  }

  async #step(): Promise<void> {
    this.#pump()
    await this.#work
    const error = this.takeFailure()
    if (error !== undefined) throw error
  }

  #pump(): void {
    if (this.#full.length === 0 || this.#work !== undefined || this.#failure !== undefined) return
    const taken = this.#full.slice()
    this.#work = this.#write(taken).then(
      () => this.#finish(taken.length),
      (error: unknown) => {
        this.#work = undefined
        this.#failure = { error }
      }
    )
  }

  #finish(count: number): void {
    this.#free.push(...this.#full.splice(0, count))
    this.#work = undefined
    this.#pump()
  }
}
