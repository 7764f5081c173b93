import type { Price } from '../core/units.ts'
import { ONE_DOLLAR, priceOf } from '../core/units.ts'
import type { PriceRange } from '../protocol/messages/lifecycle.ts'

/**
 * The prices that a market allows (protocol reference, section 13), never $0 or $1. Grids are symmetric: the complement
 * of a price is a price.
 */
export interface TickGrid {
  readonly structure: string
  /** Adjoining zones from $0 to $1. */
  readonly ranges: readonly PriceRange[]
}

export const CENT_GRID = tickGrid('linear_cent', [[0, 10_000, 100]])

/** Tenths of a cent. */
export const DECI_GRID = tickGrid('deci_cent', [[0, 10_000, 10]])

/** Tenths of a cent below $0.10 and above $0.90, cents between. */
export const TAPERED_GRID = tickGrid('tapered_deci_cent', [
  [0, 1_000, 10],
  [1_000, 9_000, 100],
  [9_000, 10_000, 10]
])

/** Hundredths of a cent. */
export const CENTI_GRID = tickGrid('center_centi_edge_centi_cent', [[0, 10_000, 1]])

export function lowestPrice({ ranges }: TickGrid): Price {
  return ranges[0]?.step ?? ONE_DOLLAR
}

/** The highest price of the grid that is less than a limit; undefined if there is none. */
export function priceBelow({ ranges }: TickGrid, limit: number): Price | undefined {
  for (let zone = ranges.length - 1; zone >= 0; zone--) {
    const range = ranges[zone]
    if (range === undefined || limit <= range.start) continue
    const price = range.start + (Math.ceil((limit - range.start) / range.step) - 1) * range.step
    return price === 0 ? undefined : priceOf(price)
  }
  return undefined
}

function tickGrid(
  structure: string,
  zones: readonly (readonly [start: number, end: number, step: number])[]
): TickGrid {
  const ranges = zones.map(([start, end, step]) => ({ start: priceOf(start), end: priceOf(end), step: priceOf(step) }))
  return { structure, ranges }
}
