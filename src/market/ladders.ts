import type { Count, Price } from '../core/units.ts'
import { ONE_DOLLAR } from '../core/units.ts'
import type { Level } from '../protocol/messages/market-data.ts'
import { LevelSlots } from './level-slots.ts'
import { MarketRecords, NOTHING } from './market-records.ts'

/**
 * A ladder is five integers of its market's record: price units from one slot to the next (100, 10 or 1; NOTHING where
 * there are no slots), where the slots begin, how many they are, the highest slot with a count, and one less than there
 * are levels (both NOTHING where there is none).
 */
const [STEP, START, LENGTH, BEST, LAST_LEVEL] = [0, 1, 2, 3, 4] as const
const NONE = NOTHING
const CENT = 100
const PRICE_MAX: number = ONE_DOLLAR

/**
 * The ladders of all books of a tracker, each named by the place in the records where its integers begin. It holds the
 * bids of one side: counts by price in dense slots, one a cent, which are refined to tenths and hundredths of a cent at
 * the first price that falls between two of them. Most markets trade in whole cents, so that 101 slots do; an empty
 * ladder has none.
 */
export class Ladders {
  readonly records = new MarketRecords()
  readonly #slots = new LevelSlots()

  best(at: number): Price | null {
    const { integers } = this.records
    const slot = integers[at + BEST] as number
    return slot < 0 ? null : ((slot * (integers[at + STEP] as number)) as Price)
  }

  /** Of the best level; NOTHING where there is none. */
  bestCount(at: number): number {
    const slot = this.records.integers[at + BEST] as number
    return slot < 0 ? NONE : this.#countIn(at, slot)
  }

  levelCount(at: number): number {
    return (this.records.integers[at + LAST_LEVEL] as number) + 1
  }

  /** Of all levels together. */
  depth(at: number): Count {
    return this.levels(at).reduce((depth, { count }) => depth + count, 0) as Count
  }

  sizeAt(at: number, price: Price): Count {
    const step = this.records.integers[at + STEP] as number
    return (step > 0 && price % step === 0 ? this.#countIn(at, price / step) : 0) as Count
  }

  /** Best first. */
  levels(at: number): Level[] {
    const { integers } = this.records
    const step = integers[at + STEP] as number
    const levels: Level[] = []
    for (let slot = integers[at + BEST] as number; slot >= 0; slot--) {
      const count = this.#countIn(at, slot)
      if (count > 0) levels.push({ price: (slot * step) as Price, count: count as Count })
    }
    return levels
  }

  /** False, and no level changed, where the level would become negative. */
  add(at: number, price: Price, delta: Count): boolean {
    const { integers } = this.records
    if ((integers[at + STEP] as number) < 0 || price % (integers[at + STEP] as number) !== 0) this.#refine(at, price)
    const slot = price / (integers[at + STEP] as number)
    const { counts } = this.#slots
    const place = (integers[at + START] as number) + slot
    const before = counts[place] as number
    const after = before + delta
    if (after < 0) return false
    counts[place] = after
    if (before === 0 && after > 0) this.#onLevelAdded(at, slot)
    if (before > 0 && after === 0) this.#onLevelRemoved(at, slot)
    return true
  }

  /** Takes levels in any order; where a price is repeated the last one holds. No count may be negative. */
  replace(at: number, levels: readonly Level[]): void {
    this.clear(at)
    for (const { price, count } of levels) this.add(at, price, (count - this.sizeAt(at, price)) as Count)
  }

  /** Gives the slots back too: a market that is over costs no more than one that was never seen. */
  clear(at: number): void {
    this.#giveBack(at)
    this.records.integers.fill(NONE, at, at + LAST_LEVEL + 1)
  }

  #onLevelAdded(at: number, slot: number): void {
    const { integers } = this.records
    integers[at + LAST_LEVEL] = (integers[at + LAST_LEVEL] as number) + 1
    if (slot > (integers[at + BEST] as number)) integers[at + BEST] = slot
  }

  #onLevelRemoved(at: number, slot: number): void {
    const { integers } = this.records
    const left = (integers[at + LAST_LEVEL] as number) - 1
    integers[at + LAST_LEVEL] = left
    if (slot < (integers[at + BEST] as number)) return
    let below = slot - 1
    if (left === NONE) below = NONE
    else while (this.#countIn(at, below) === 0) below--
    integers[at + BEST] = below
  }

  #refine(at: number, price: Price): void {
    const { integers } = this.records
    const from = integers[at + STEP] as number
    let step = from < 0 ? CENT : from
    while (price % step !== 0) step /= 10
    const length = PRICE_MAX / step + 1
    const start = this.#slots.take(length)
    const best = integers[at + BEST] as number
    for (let slot = best; slot >= 0; slot--) this.#slots.counts[start + (slot * from) / step] = this.#countIn(at, slot)
    this.#giveBack(at)
    if (best > 0) integers[at + BEST] = (best * from) / step
    integers[at + STEP] = step
    integers[at + START] = start
    integers[at + LENGTH] = length
  }

  #giveBack(at: number): void {
    const { integers } = this.records
    if ((integers[at + STEP] as number) < 0) return
    const used = (integers[at + BEST] as number) + 1
    this.#slots.giveBack(integers[at + START] as number, integers[at + LENGTH] as number, used)
  }

  #countIn(at: number, slot: number): number {
    return this.#slots.counts[(this.records.integers[at + START] as number) + slot] as number
  }
}
