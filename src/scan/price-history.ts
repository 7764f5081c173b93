import type { Microseconds } from '../core/time.ts'
import type { TwiceMid } from '../core/units.ts'

const BUCKETS = 60

/**
 * One market's price over a sliding period, kept as the last price of each of 60 equal buckets of time: constant memory
 * and constant work whatever the number of updates. The price a period ago is exact to a bucket.
 */
export class PriceHistory {
  readonly #bucketWidth: number
  /** Of the buckets before the present one. */
  readonly #prices = new Int32Array(BUCKETS + 1)
  readonly #firstBucket: number
  readonly #firstPrice: TwiceMid
  #bucket: number
  /** When the present bucket ends. Until then nothing is computed: it would lie elsewhere in memory. */
  #end: number
  #latest: TwiceMid
  #reference: TwiceMid

  constructor(period: Microseconds, now: Microseconds, price: TwiceMid) {
    this.#bucketWidth = Math.max(1, Math.ceil(period / BUCKETS))
    this.#bucket = this.#firstBucket = Math.floor(now / this.#bucketWidth)
    this.#end = (this.#bucket + 1) * this.#bucketWidth
    this.#firstPrice = this.#latest = this.#reference = price
  }

  record(now: Microseconds, price: TwiceMid): void {
    if (now >= this.#end) this.#advance(now)
    this.#latest = price
  }

  /** The latest price. */
  latest(): TwiceMid {
    return this.#latest
  }

  /** The price in force a period before now, or the first one seen, where that is younger. */
  reference(now: Microseconds): TwiceMid {
    if (now >= this.#end) this.#advance(now)
    return this.#reference
  }

  /** Carries the last price through its bucket and those in which nothing happened. */
  #advance(now: Microseconds): void {
    const bucket = Math.floor(now / this.#bucketWidth)
    const from = Math.max(this.#bucket, bucket - BUCKETS)
    for (let passed = from; passed < bucket; passed++) this.#prices[slotOf(passed)] = this.#latest
    this.#bucket = bucket
    this.#end = (bucket + 1) * this.#bucketWidth
    const past = bucket - BUCKETS
    const isKnown = past >= this.#firstBucket
    this.#reference = isKnown ? ((this.#prices[slotOf(past)] ?? 0) as TwiceMid) : this.#firstPrice
  }
}

function slotOf(bucket: number): number {
  return bucket % (BUCKETS + 1)
}
