const SECOND = 1_000_000_000n

/** Counts what happens within each second of a clock. */
export class RateLimit {
  readonly #perSecondMax: number
  readonly #monotonic: () => bigint
  #second: bigint
  #count = 0

  constructor(perSecondMax: number, monotonic: () => bigint) {
    this.#perSecondMax = perSecondMax
    this.#monotonic = monotonic
    this.#second = monotonic()
  }

  /** Counts one more; false where it is too many. */
  allows(): boolean {
    const now = this.#monotonic()
    if (now - this.#second >= SECOND) {
      this.#second = now
      this.#count = 0
    }
    return ++this.#count <= this.#perSecondMax
  }
}
