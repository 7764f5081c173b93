import type { Count, Price } from '../core/units.ts'
import { countOf, priceOf } from '../core/units.ts'
import type { Level } from '../protocol/messages/market-data.ts'

const NO_PRICE = priceOf(0)
const NO_CONTRACTS = countOf(0)

/** The resting bids of one outcome. Only levels that hold something take up memory: a grid may have 9,999 prices. */
export class BidSide {
  /** Ascending. */
  readonly #prices: Price[] = []
  readonly #counts: Count[] = []
  #total = 0

  /** The highest bid; 0 if the side is empty. */
  get best(): Price {
    return this.#prices.at(-1) ?? NO_PRICE
  }

  get bestCount(): Count {
    return this.#counts.at(-1) ?? NO_CONTRACTS
  }

  /** Hundredths of a contract over all levels. */
  get total(): number {
    return this.#total
  }

  /** The level so many below the best, or the lowest there is. */
  levelBelowBest(steps: number): Level {
    const at = Math.max(0, this.#prices.length - 1 - steps)
    return { price: this.#prices[at] ?? NO_PRICE, count: this.#counts[at] ?? NO_CONTRACTS }
  }

  change(price: Price, delta: Count): void {
    const at = this.#positionOf(price)
    const isThere = this.#prices[at] === price
    const count = (isThere ? (this.#counts[at] ?? 0) : 0) + delta
    if (count < 0) throw new RangeError(`the bids at ${price} would be ${count} hundredths of a contract`)
    this.#total += delta
    if (count === 0) {
      this.#prices.splice(at, isThere ? 1 : 0)
      this.#counts.splice(at, isThere ? 1 : 0)
    } else if (isThere) {
      this.#counts[at] = countOf(count)
    } else {
      this.#prices.splice(at, 0, price)
      this.#counts.splice(at, 0, countOf(count))
    }
  }

  clear(): void {
    this.#prices.length = 0
    this.#counts.length = 0
    this.#total = 0
  }

  /** All levels, ascending. */
  levels(): Level[] {
    return this.#prices.map((price, at) => ({ price, count: this.#counts[at] ?? NO_CONTRACTS }))
  }

  /** Where a price stands or would stand; from the top, since most changes are near it. */
  #positionOf(price: Price): number {
    let at = this.#prices.length
    while (at > 0 && (this.#prices[at - 1] ?? NO_PRICE) >= price) at--
    return at
  }
}
