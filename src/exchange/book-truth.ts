import type { Count, Price } from '../core/units.ts'

/** An order book as the exchange itself knows it: bids only, ascending, each side on its own leg. */
export interface BookTruth {
  readonly yes: readonly PriceAndCount[]
  readonly no: readonly PriceAndCount[]
}

export type PriceAndCount = readonly [price: Price, count: Count]
