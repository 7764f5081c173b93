import type { Command } from 'commander'
import { InvalidArgumentError, Option } from 'commander'
import type { Microseconds } from '../core/time.ts'
import type { Count, Price } from '../core/units.ts'
import { countFromContracts, priceFromDollars } from '../core/units.ts'
import { reasonOf } from '../core/errors.ts'
import type { OpportunityFilter } from '../scan/opportunities.ts'
import { OPPORTUNITY_FILTERS } from '../scan/opportunities.ts'
import { parseList, parseMicroseconds, parsePositive } from './values.ts'

/** The flags of whatever runs scanners. */
export interface ScanFlags {
  readonly markets?: readonly string[]
  readonly top: number
  readonly strict?: true
  readonly period?: Microseconds
  readonly by?: 'change' | 'volume'
  readonly minChange?: Price
  readonly filter?: readonly OpportunityFilter[]
  readonly minVolume?: Count
  readonly maxSpread?: Price
}

export function addScanOptions(command: Command): Command {
  return command
    .option('--markets <tickers>', 'only these markets', parseList)
    .option('--top <n>', 'rows of the table', parsePositive, 10)
    .option('--strict', 'end at the first scanner that throws')
    .option('--period <time>', 'movers: changes are measured over it (default: 5m)', parseMicroseconds)
    .addOption(new Option('--by <order>', 'movers: rank by it (default: change)').choices(['change', 'volume']))
    .option('--min-change <dollars>', 'movers: smallest change of a signal (default: 0.02)', parseChange)
    .option('--filter <names>', `opportunities: some of ${OPPORTUNITY_FILTERS.join(', ')} (default: all)`, parseFilters)
    .option('--min-volume <contracts>', 'opportunities: markets with less are left out', parseContracts)
    .option('--max-spread <dollars>', 'opportunities: markets with more are left out', parseDollars)
}

function parseDollars(text: string): Price {
  return parsed(() => priceFromDollars(text))
}

/** Every price is a change of nothing. */
function parseChange(text: string): Price {
  const change = parseDollars(text)
  if (change === 0) throw new InvalidArgumentError('write a change above 0, such as 0.02.')
  return change
}

function parseContracts(text: string): Count {
  return parsed(() => countFromContracts(text))
}

function parsed<Value>(parse: () => Value): Value {
  try {
    return parse()
  } catch (error) {
    throw new InvalidArgumentError(`${reasonOf(error)}.`)
  }
}

function parseFilters(text: string): OpportunityFilter[] {
  return parseList(text).map(name => {
    const filter = OPPORTUNITY_FILTERS.find(known => known === name)
    if (filter === undefined) throw new InvalidArgumentError(`there are ${OPPORTUNITY_FILTERS.join(', ')}.`)
    return filter
  })
}
