import type { Count, Price } from '../core/units.ts'
import { ONE_DOLLAR } from '../core/units.ts'
import type { Level } from '../protocol/messages/market-data.ts'

/**
 * The bids of one side: counts by price in a dense array, which has one slot a cent and is refined to tenths and
 * hundredths of a cent at the first price that falls between two slots. Most markets trade in whole cents, so that
 * 101 slots do; an empty ladder has none.
 */
export class Ladder {
  /** Price units from one slot to the next: 100, 10 or 1. */
  #step = CENT
  /** Integers, which need more than 32 bits. */
  #counts = NO_SLOTS
  /** Highest slot with a count; −1 where there is none. */
  #best = -1
  #levelCount = 0
  #depth = 0

  get best(): Price | null {
    return this.#best < 0 ? null : this.#priceOf(this.#best)
  }

  get levelCount(): number {
    return this.#levelCount
  }

  get depth(): Count {
    return this.#depth as Count
  }

  sizeAt(price: Price): Count {
    return (this.#counts[price / this.#step] ?? 0) as Count
  }

  /** Best first. */
  levels(): Level[] {
    const levels: Level[] = []
    for (let slot = this.#best; slot >= 0; slot--) {
      const count = this.#counts[slot] ?? 0
      if (count > 0) levels.push({ price: this.#priceOf(slot), count: count as Count })
    }
    return levels
  }

  /** False, and no level changed, where the level would become negative. */
  add(price: Price, delta: Count): boolean {
    if (price % this.#step !== 0 || this.#counts.length === 0) this.#refine(price)
    const slot = price / this.#step
    const before = this.#counts[slot] ?? 0
    const after = before + delta
    if (after < 0) return false
    this.#counts[slot] = after
    this.#depth += delta
    if (before === 0 && after > 0) this.#onLevelAdded(slot)
    if (before > 0 && after === 0) this.#onLevelRemoved(slot)
    return true
  }

  /** Takes levels in any order; where a price is repeated the last one holds. No count may be negative. */
  replace(levels: readonly Level[]): void {
    this.clear()
    for (const { price, count } of levels) this.add(price, (count - this.sizeAt(price)) as Count)
  }

  /** Gives the slots back too: a market that is over costs no more than one that was never seen. */
  clear(): void {
    this.#step = CENT
    this.#counts = NO_SLOTS
    this.#best = -1
    this.#levelCount = 0
    this.#depth = 0
  }

  #onLevelAdded(slot: number): void {
    this.#levelCount++
    if (slot > this.#best) this.#best = slot
  }

  #onLevelRemoved(slot: number): void {
    this.#levelCount--
    if (slot < this.#best) return
    this.#best = -1
    if (this.#levelCount === 0) return
    let below = slot - 1
    while (this.#counts[below] === 0) below--
    this.#best = below
  }

  #refine(price: Price): void {
    let step = this.#step
    while (price % step !== 0) step /= 10
    const ratio = this.#step / step
    const counts = new Float64Array(ONE_DOLLAR / step + 1)
    for (const [slot, count] of this.#counts.entries()) counts[slot * ratio] = count
    if (this.#best > 0) this.#best *= ratio
    this.#step = step
    this.#counts = counts
  }

  #priceOf(slot: number): Price {
    return (slot * this.#step) as Price
  }
}

const CENT = 100
const NO_SLOTS = new Float64Array(0)
