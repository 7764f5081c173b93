import type { Subscription } from './subscriptions.ts'

/** `none`: never heard of, or given up. `stale`: what is known may be wrong until the next snapshot or ticker. */
export type Freshness = 'none' | 'fresh' | 'stale'

/** Which subscription a book or a ticker comes from, and whether it can still be relied on. */
export class Origin {
  #subscription: Subscription | null = null
  #epoch = 0

  get freshness(): Freshness {
    if (this.#subscription === null) return 'none'
    return this.#subscription.epoch === this.#epoch ? 'fresh' : 'stale'
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
    this.#epoch = subscription.epoch
  }

  spoil(): void {
    this.#epoch = SPOILED
  }

  forget(): void {
    this.#subscription = null
  }
}

const SPOILED = -1
