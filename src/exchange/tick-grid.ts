import type { Price } from '../core/units.ts'
import { ONE_DOLLAR, priceOf } from '../core/units.ts'
import type { PriceRange } from '../protocol/messages/lifecycle.ts'

/**
 * The prices that a market allows (protocol reference, section 13), ascending and without $0 and $1. A tick is a
 * position in them. Grids are symmetric: the complement of tick t is tick `prices.length - 1 - t`.
 */
export interface TickGrid {
  readonly structure: string
  readonly ranges: readonly PriceRange[]
  readonly prices: readonly Price[]
}

export const CENT_GRID = tickGrid('linear_cent', [[0, 10_000, 100]])

/** Tenths of a cent below $0.10 and above $0.90, cents between. */
export const TAPERED_GRID = tickGrid('tapered_deci_cent', [
  [0, 1_000, 10],
  [1_000, 9_000, 100],
  [9_000, 10_000, 10]
])

/** The highest tick whose price is less than the given one; -1 if there is none. */
export function tickBelow(grid: TickGrid, price: Price): number {
  let low = 0
  let high = grid.prices.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((grid.prices[middle] ?? ONE_DOLLAR) < price) low = middle + 1
    else high = middle
  }
  return low - 1
}

function tickGrid(
  structure: string,
  zones: readonly (readonly [start: number, end: number, step: number])[]
): TickGrid {
  const prices: Price[] = []
  for (const [start, end, step] of zones) {
    for (let price = start + step; price <= end && price < ONE_DOLLAR; price += step) prices.push(priceOf(price))
  }
  const ranges = zones.map(([start, end, step]) => ({ start: priceOf(start), end: priceOf(end), step: priceOf(step) }))
  return { structure, ranges, prices }
}
