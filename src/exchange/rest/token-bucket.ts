import type { Clock } from '../../core/clock.ts'

/** Lets so many things through per second, and as many at once after a second of rest. */
export class TokenBucket {
  readonly #perSecond: number
  readonly #clock: Clock
  #tokens: number
  #filledAt: bigint

  constructor(perSecond: number, clock: Clock) {
    this.#perSecond = perSecond
    this.#clock = clock
    this.#tokens = this.#capacity
    this.#filledAt = clock.monotonic()
  }

  take(): boolean {
    const now = this.#clock.monotonic()
    const seconds = Number(now - this.#filledAt) / 1e9
    this.#filledAt = now
    this.#tokens = Math.min(this.#capacity, this.#tokens + seconds * this.#perSecond)
    if (this.#tokens < 1) return false
    this.#tokens--
    return true
  }

  /** At least 1, or a rate below one a second would never let anything through. */
  get #capacity(): number {
    return Math.max(1, this.#perSecond)
  }
}
