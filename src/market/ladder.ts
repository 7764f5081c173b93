import type { Count, Price } from '../core/units.ts'
import { ONE_DOLLAR } from '../core/units.ts'
import type { Level } from '../protocol/messages/market-data.ts'
import type { LevelSlots } from './level-slots.ts'

/**
 * The bids of one side: counts by price in dense slots, one a cent, which are refined to tenths and hundredths of a cent
 * at the first price that falls between two of them. Most markets trade in whole cents, so that 101 slots do; an empty
 * ladder has none.
 */
export class Ladder {
  readonly #slots: LevelSlots
  /** Price units from one slot to the next: 100, 10 or 1. */
  #step = CENT
  /** Where the slots begin, and how many they are. */
  #start = 0
  #length = 0
  /** Highest slot with a count; −1 where there is none. */
  #best = -1
  #levelCount = 0

  constructor(slots: LevelSlots) {
    this.#slots = slots
  }

  get best(): Price | null {
    return this.#best < 0 ? null : this.#priceOf(this.#best)
  }

  get levelCount(): number {
    return this.#levelCount
  }

  get depth(): Count {
    let depth = 0
    for (let slot = this.#best; slot >= 0; slot--) depth += this.#countIn(slot)
    return depth as Count
  }

  sizeAt(price: Price): Count {
    const isSlot = price % this.#step === 0 && this.#length > 0
    return (isSlot ? this.#countIn(price / this.#step) : 0) as Count
  }

  /** Best first. */
  levels(): Level[] {
    const levels: Level[] = []
    for (let slot = this.#best; slot >= 0; slot--) {
      const count = this.#countIn(slot)
      if (count > 0) levels.push({ price: this.#priceOf(slot), count: count as Count })
    }
    return levels
  }

  /** False, and no level changed, where the level would become negative. */
  add(price: Price, delta: Count): boolean {
    if (price % this.#step !== 0 || this.#length === 0) this.#refine(price)
    const slot = price / this.#step
    const { counts } = this.#slots
    const before = counts[this.#start + slot] as number
    const after = before + delta
    if (after < 0) return false
    counts[this.#start + slot] = after
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
    this.#giveBack()
    this.#step = CENT
    this.#length = 0
    this.#best = -1
    this.#levelCount = 0
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
    while (this.#countIn(below) === 0) below--
    this.#best = below
  }

  #refine(price: Price): void {
    let step = this.#step
    while (price % step !== 0) step /= 10
    const length = ONE_DOLLAR / step + 1
    const start = this.#slots.take(length)
    const ratio = this.#step / step
    for (let slot = this.#best; slot >= 0; slot--) this.#slots.counts[start + slot * ratio] = this.#countIn(slot)
    this.#giveBack()
    if (this.#best > 0) this.#best *= ratio
    this.#step = step
    this.#start = start
    this.#length = length
  }

  #giveBack(): void {
    if (this.#length > 0) this.#slots.giveBack(this.#start, this.#length, this.#best + 1)
  }

  #countIn(slot: number): number {
    return this.#slots.counts[this.#start + slot] as number
  }

  #priceOf(slot: number): Price {
    return (slot * this.#step) as Price
  }
}

const CENT = 100
