import type { MarketRecords } from './market-records.ts'
import { NOTHING } from './market-records.ts'
import type { Subscription } from './subscriptions.ts'

/** `none`: never heard of, or given up. `stale`: what is known may be wrong until the next snapshot or ticker. */
export type Freshness = 'none' | 'fresh' | 'stale'

/**
 * Which subscription a book or a ticker comes from, and whether it can still be relied on: it is fresh while the stamp
 * in its market's record is that of the subscription.
 */
export class Origin {
  readonly #records: MarketRecords
  readonly #at: number
  #subscription: Subscription | null = null

  /** `at` is the place of the stamp in the records. */
  constructor(records: MarketRecords, at: number) {
    this.#records = records
    this.#at = at
  }

  get freshness(): Freshness {
    if (this.#subscription === null) return 'none'
    return this.#subscription.stamp === this.#records.integers[this.#at] ? 'fresh' : 'stale'
  }

  isFrom(subscription: Subscription): boolean {
    return this.#subscription === subscription
  }

  isOfConnection(connection: number): boolean {
    return this.#subscription?.connection === connection
  }

  /** From now on it comes from this subscription, and is fresh. */
  renew(subscription: Subscription): void {
    this.#subscription = subscription
    this.#records.integers[this.#at] = subscription.stamp
  }

  spoil(): void {
    this.#records.integers[this.#at] = NOTHING
  }

  forget(): void {
    this.#subscription = null
    this.spoil()
  }
}
