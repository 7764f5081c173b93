import type { Microseconds } from '../core/time.ts'
import type { TwiceMid } from '../core/units.ts'

const BUCKETS = 60

/**
 * One market's price over a sliding period, kept as the last price of each of 60 equal buckets of time: constant memory
 * and constant work whatever the number of updates. The price a period ago is exact to a bucket.
 */
export class PriceHistory {
  readonly #bucketWidth: number
  readonly #prices = new Int32Array(BUCKETS + 1)
  readonly #firstBucket: number
  readonly #firstPrice: TwiceMid
  #bucket: number

  constructor(period: Microseconds, now: Microseconds, price: TwiceMid) {
    this.#bucketWidth = Math.max(1, Math.ceil(period / BUCKETS))
    this.#bucket = this.#firstBucket = this.#bucketOf(now)
    this.#firstPrice = price
    this.#prices[this.#slotOf(this.#bucket)] = price
  }

  record(now: Microseconds, price: TwiceMid): void {
    this.#advance(now)
    this.#prices[this.#slotOf(this.#bucket)] = price
  }

  /** The latest price. */
  latest(): TwiceMid {
    return (this.#prices[this.#slotOf(this.#bucket)] ?? 0) as TwiceMid
  }

  /** The price in force a period before now, or the first one seen, where that is younger. */
  reference(now: Microseconds): TwiceMid {
    this.#advance(now)
    const past = this.#bucket - BUCKETS
    if (past < this.#firstBucket) return this.#firstPrice
    return (this.#prices[this.#slotOf(past)] ?? 0) as TwiceMid
  }

  /** Carries the last price into the buckets in which nothing happened. */
  #advance(now: Microseconds): void {
    const bucket = this.#bucketOf(now)
    if (bucket <= this.#bucket) return
    const price = this.latest()
    const from = Math.max(this.#bucket + 1, bucket - BUCKETS)
    for (let passed = from; passed <= bucket; passed++) this.#prices[this.#slotOf(passed)] = price
    this.#bucket = bucket
  }

  #bucketOf(now: Microseconds): number {
    return Math.floor(now / this.#bucketWidth)
  }

  #slotOf(bucket: number): number {
    return bucket % (BUCKETS + 1)
  }
}
