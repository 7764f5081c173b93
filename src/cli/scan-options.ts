import type { Command } from 'commander'
import { InvalidArgumentError, Option } from 'commander'
import type { Microseconds } from '../core/time.ts'
import type { Count, Money, Price } from '../core/units.ts'
import { countFromContracts, moneyFromDollars, priceFromDollars, ratioFromText } from '../core/units.ts'
import { reasonOf } from '../core/errors.ts'
import type { FeeSchedule } from '../market/fees.ts'
import { USUAL_FEES } from '../market/fees.ts'
import type { OpportunityFilter } from '../scan/opportunities.ts'
import { OPPORTUNITY_FILTERS } from '../scan/opportunities.ts'
import { BUILT_IN_SCANNERS } from '../scan/registry.ts'
import type { Horizon } from '../sink/outcomes/horizon.ts'
import type { MarketFlags } from './market-options.ts'
import { parseList, parseMicroseconds, parsePositive } from './values.ts'

/** The flags of whatever runs scanners. */
export interface ScanFlags extends MarketFlags {
  readonly markets?: readonly string[] | undefined
  readonly top: number
  readonly strict?: true
  readonly period?: Microseconds
  readonly by?: 'change' | 'volume'
  readonly minChange?: Price
  readonly filter?: readonly OpportunityFilter[]
  readonly minVolume?: Count
  readonly maxSpread?: Price
  readonly minProfit?: Money
  readonly exclusive?: readonly string[]
  readonly exhaustive?: ReadonlyMap<string, number>
  readonly feeMultipliers?: ReadonlyMap<string, FeeSchedule>
  readonly minFlow?: Count
  readonly minPressure?: number
  /** Of `replay` alone: what is not over cannot be looked back on. */
  readonly outcomes?: readonly Horizon[]
}

/** What scanners can be named, for help. */
export const SCANNERS = `${Object.keys(BUILT_IN_SCANNERS).join(', ')}, or files, .js or .ts (default: movers)`

export function addScanOptions(command: Command): Command {
  return command
    .option('--markets <tickers>', 'only these markets', parseList)
    .option('--top <n>', 'rows of the table', parsePositive, 10)
    .option('--strict', 'end at the first scanner that throws')
    .option(
      '--period <time>',
      'movers, momentum: what is measured, is measured over it (default: 5m, 1m)',
      parseMicroseconds
    )
    .addOption(new Option('--by <order>', 'movers: rank by it (default: change)').choices(['change', 'volume']))
    .option('--min-change <dollars>', 'movers: smallest change of a signal (default: 0.02)', parseChange)
    .option('--filter <names>', `opportunities: some of ${OPPORTUNITY_FILTERS.join(', ')} (default: all)`, parseFilters)
    .option('--min-volume <contracts>', 'opportunities: markets with less are left out', parseContracts)
    .option('--max-spread <dollars>', 'opportunities: markets with more are left out', parseDollars)
    .option('--min-profit <dollars>', 'arbitrage: smallest profit of a signal, after fees (default: 0.01)', parseMoney)
    .option(
      '--exclusive <tickers>',
      'arbitrage: at most one market of these events or series resolves to yes',
      parseList
    )
    .option('--exhaustive <ticker=n,...>', 'arbitrage: exactly one of the n markets of such an event does', parseCounts)
    .option(
      '--fee-multipliers <series=m,...>',
      'arbitrage: of series, whatever the exchange tells of their fees',
      parseMultipliers
    )
    .option('--min-flow <contracts>', 'momentum: smallest flow of a signal (default: 100)', parseContracts)
    .option('--min-pressure <ratio>', 'momentum: smallest pressure of a signal (default: 1)', parseHundredths)
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

function parseMoney(text: string): Money {
  return parsed(() => moneyFromDollars(text))
}

function parseHundredths(text: string): number {
  if (!/^\d+(\.\d{1,2})?$/.test(text)) throw new InvalidArgumentError('write a ratio such as 1.5.')
  return Math.round(100 * Number(text))
}

/** `KXHIGHNY=6,KXRATE=5` */
function parseCounts(text: string): ReadonlyMap<string, number> {
  return parsePairs(text, parsePositive)
}

/** `KXINX=0.5` */
function parseMultipliers(text: string): ReadonlyMap<string, FeeSchedule> {
  return parsePairs(text, value => ({ ...USUAL_FEES, multiplier: parsed(() => ratioFromText(value)) }))
}

function parsePairs<Value>(text: string, parseValue: (text: string) => Value): ReadonlyMap<string, Value> {
  return new Map(
    parseList(text).map(pair => {
      const [, name = '', value = ''] = /^([^=]+)=([^=]+)$/.exec(pair) ?? []
      if (name === '') throw new InvalidArgumentError('write pairs separated by commas, such as KXHIGHNY=6.')
      return [name, parseValue(value)] as const
    })
  )
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
