import type { Command } from 'commander'
import { MARKETS_MAX } from '../pipeline.ts'
import { parsePositive } from './values.ts'

/** Which markets are known, and how many. */
export interface MarketFlags {
  readonly multivariate?: true
  readonly maxMarkets: number
}

export function addMarketOptions(command: Command): Command {
  return command
    .option('--multivariate', 'combinations of markets (KXMVE…) too')
    .option(
      '--max-markets <n>',
      'beyond it, markets are forgotten: settled, then longest idle',
      parsePositive,
      MARKETS_MAX
    )
}
