import type { Microseconds } from '../core/time.ts'
import type { Count, Price } from '../core/units.ts'
import { movers } from './movers.ts'
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
}

export const BUILT_IN_SCANNERS: Readonly<Record<string, (options: ScannerOptions) => Scanner>> = {
  movers,
  opportunities
}
