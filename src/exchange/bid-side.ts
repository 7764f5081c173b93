import type { Count } from '../core/units.ts'
import { countOf } from '../core/units.ts'
import type { Level } from '../protocol/messages/market-data.ts'
import type { TickGrid } from './tick-grid.ts'

/** The resting bids of one outcome, by tick. */
export class BidSide {
  readonly #grid: TickGrid
  /** Hundredths of a contract. */
  readonly #counts: Float64Array
  #best = -1
  #total = 0

  constructor(grid: TickGrid) {
    this.#grid = grid
    this.#counts = new Float64Array(grid.prices.length)
  }

  /** The highest tick with a bid; -1 if the side is empty. */
  get best(): number {
    return this.#best
  }

  /** Hundredths of a contract over all levels. */
  get total(): number {
    return this.#total
  }

  countAt(tick: number): Count {
    return countOf(this.#counts[tick] ?? 0)
  }

  /** The next tick with a bid below the given one; -1 if there is none. */
  bidBelow(tick: number): number {
    let below = tick - 1
    while (below >= 0 && this.#counts[below] === 0) below--
    return below
  }

  change(tick: number, delta: Count): void {
    const count = this.countAt(tick) + delta
    if (count < 0) throw new RangeError(`tick ${tick} would hold ${count} hundredths of a contract`)
    this.#counts[tick] = count
    this.#total += delta
    if (count > 0) this.#best = Math.max(this.#best, tick)
    else if (tick === this.#best) this.#best = this.bidBelow(tick)
  }

  clear(): void {
    this.#counts.fill(0)
    this.#best = -1
    this.#total = 0
  }

  /** All levels, ascending. */
  levels(): Level[] {
    const levels: Level[] = []
    for (const [tick, price] of this.#grid.prices.entries()) {
      const count = this.countAt(tick)
      if (count > 0) levels.push({ price, count })
    }
    return levels
  }
}
