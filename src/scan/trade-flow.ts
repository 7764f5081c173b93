import type { Microseconds } from '../core/time.ts'
import type { Count } from '../core/units.ts'
import type { Side } from '../protocol/messages/envelope.ts'

const BUCKETS = 60

/**
 * What takers bought in one market over a sliding period, kept as the sums of 60 equal buckets of time: constant memory
 * and constant work whatever the number of trades. The period is exact to a bucket.
 */
export class TradeFlow {
  readonly #bucketWidth: number
  readonly #counts: Readonly<Record<Side, Float64Array>> = {
    yes: new Float64Array(BUCKETS),
    no: new Float64Array(BUCKETS)
  }
  readonly #sums = { yes: 0, no: 0 }
  #bucket: number

  constructor(period: Microseconds, now: Microseconds) {
    this.#bucketWidth = Math.max(1, Math.ceil(period / BUCKETS))
    this.#bucket = this.#bucketOf(now)
  }

  add(now: Microseconds, takerSide: Side, count: Count): void {
    this.#advance(now)
    const counts = this.#counts[takerSide]
    const slot = this.#bucket % BUCKETS
    counts[slot] = (counts[slot] ?? 0) + count
    this.#sums[takerSide] += count
  }

  /** Contracts of a side that takers bought in the period before now. */
  bought(now: Microseconds, side: Side): Count {
    this.#advance(now)
    return this.#sums[side] as Count
  }

  /** Takes out the buckets that have become older than the period. */
  #advance(now: Microseconds): void {
    const bucket = this.#bucketOf(now)
    const last = Math.min(bucket, this.#bucket + BUCKETS)
    for (let passed = this.#bucket + 1; passed <= last; passed++) {
      this.#empty('yes', passed % BUCKETS)
      this.#empty('no', passed % BUCKETS)
    }
    this.#bucket = Math.max(this.#bucket, bucket)
  }

  #empty(side: Side, slot: number): void {
    const counts = this.#counts[side]
    this.#sums[side] -= counts[slot] ?? 0
    counts[slot] = 0
  }

  #bucketOf(now: Microseconds): number {
    return Math.floor(now / this.#bucketWidth)
  }
}
