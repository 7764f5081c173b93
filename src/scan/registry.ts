import type { Microseconds } from '../core/time.ts'
import type { Count, Money, Price } from '../core/units.ts'
import type { SeriesFees } from '../market/fees.ts'
import { arbitrage } from './arbitrage.ts'
import { momentum } from './momentum.ts'
import { movers } from './movers.ts'
import { newMarkets } from './new-markets.ts'
import type { OpportunityFilter } from './opportunities.ts'
import { opportunities } from './opportunities.ts'
import type { Scanner } from './scanner.ts'

/** What the command line can say to the built-in scanners. Each has its defaults. */
export interface ScannerOptions {
  readonly period?: Microseconds
  readonly by?: 'change' | 'volume'
  readonly minChange?: Price
  readonly filters?: readonly OpportunityFilter[]
  readonly minVolume?: Count
  readonly maxSpread?: Price
  readonly minProfit?: Money
  readonly exclusive?: ReadonlySet<string>
  readonly exhaustive?: ReadonlyMap<string, number>
  readonly seriesFees?: SeriesFees
  readonly minFlow?: Count
  readonly minPressure?: number
}

export const BUILT_IN_SCANNERS: Readonly<Record<string, (options: ScannerOptions) => Scanner>> = {
  movers,
  opportunities,
  arbitrage,
  'new-markets': newMarkets,
  momentum
}
