import type { Microseconds } from '../core/time.ts'
import { SECOND } from '../core/time.ts'
import type { Count, Price } from '../core/units.ts'
import { countFromContracts, formatCount, formatPrice, ONE_DOLLAR, priceOf, spreadOf } from '../core/units.ts'
import type { Market, Quote } from '../market/market.ts'
import type { RankTable, ScanContext, Scanner } from './scanner.ts'

export const OPPORTUNITY_FILTERS = ['close-race', 'high-volume', 'wide-spread', 'expiring-soon'] as const
export type OpportunityFilter = (typeof OPPORTUNITY_FILTERS)[number]

export interface OpportunitiesOptions {
  /** Default: all. */
  readonly filters?: readonly OpportunityFilter[]
  /** Contracts that must have been traded. Default: none, but 10,000 for `high-volume`. */
  readonly minVolume?: Count
  /** Markets with a wider spread are left out. Default: none. */
  readonly maxSpread?: Price
}

/**
 * Markets that come to fulfil a condition: `close-race` (the mid is within $0.05 of $0.50), `high-volume`, `wide-spread`
 * (at least $0.10 between bid and ask), `expiring-soon` (closes within the hour). The condition's name is the kind of the
 * signal, emitted when a market enters it, and again only after it has left. Only markets with a bid and an ask that can
 * be relied on are looked at: a stale one leaves all conditions.
 */
export function opportunities(options: OpportunitiesOptions = {}): Scanner {
  const filters = options.filters ?? OPPORTUNITY_FILTERS
  /** By market number, a bit for each filter that the market is within. */
  const entered: number[] = []

  const examine = (market: Market, { now, emit }: ScanContext) => {
    const before = entered[market.number] ?? 0
    const candidate = candidateOf(market, market.quote, now, options)
    let inside = 0
    let bit = 1
    for (const filter of filters) {
      if (candidate !== null && fulfils(filter, candidate, now, options)) {
        inside |= bit
        if ((before & bit) === 0) emit({ market: market.ticker, kind: filter, values: describe(candidate, now) })
      }
      bit *= 2
    }
    entered[market.number] = inside
  }

  return {
    name: 'opportunities',
    channels: ['ticker', 'trade', 'market_lifecycle_v2', 'orderbook_delta'],
    timerEvery: (10 * SECOND) as Microseconds,
    onMessage(message, context) {
      if (!('market' in message)) return
      const market = context.tracker.market(message.market)
      if (market !== undefined) examine(market, context)
    },
    // A market comes close to its end in silence too.
    onTimer(context) {
      if (!filters.includes('expiring-soon')) return
      for (const market of context.tracker.markets()) examine(market, context)
    },
    // Zero rather than nothing: an array of small integers alone is read faster.
    onForgotten(markets) {
      for (const { number } of markets) entered[number] = 0
    },
    rank({ tracker, now }, top) {
      const candidates = Array.from(tracker.markets(), market => candidateOf(market, market.lastQuote, now, options))
      const entries = filters.flatMap(filter =>
        candidates.flatMap(candidate =>
          candidate !== null && fulfils(filter, candidate, now, options) ? [{ filter, candidate }] : []
        )
      )
      return table(entries, now, top)
    }
  }
}

/** A market whose bid and ask are known. */
interface Candidate {
  readonly market: Market
  readonly bid: Price
  readonly ask: Price
  readonly spread: Price
}

const HALF = priceOf(ONE_DOLLAR / 2)
const CLOSE_TO_HALF = priceOf(500)
const WIDE = priceOf(1_000)
const HIGH_VOLUME = countFromContracts(10_000)
const SOON = (3_600 * SECOND) as Microseconds

/** What all conditions ask for: a bid and an ask, a market that is not over, and the spread that was asked for. */
function candidateOf(
  market: Market,
  quote: Quote | null,
  now: Microseconds,
  { maxSpread }: OpportunitiesOptions
): Candidate | null {
  if (quote === null || quote.bid === null || quote.ask === null || isOver(market, now)) return null
  const spread = spreadOf(quote.bid, quote.ask)
  return maxSpread !== undefined && spread > maxSpread ? null : { market, bid: quote.bid, ask: quote.ask, spread }
}

function fulfils(
  filter: OpportunityFilter,
  candidate: Candidate,
  now: Microseconds,
  { minVolume }: OpportunitiesOptions
): boolean {
  const volumeWanted = minVolume ?? (filter === 'high-volume' ? HIGH_VOLUME : 0)
  return meets(filter, candidate, now) && candidate.market.volume >= volumeWanted
}

function isOver(market: Market, now: Microseconds): boolean {
  const status = market.statusAt(now)
  return status === 'closed' || status === 'determined' || status === 'settled'
}

function meets(filter: OpportunityFilter, { market, bid, ask, spread }: Candidate, now: Microseconds): boolean {
  switch (filter) {
    case 'close-race':
      return Math.abs(bid + ask - 2 * HALF) <= 2 * CLOSE_TO_HALF
    case 'high-volume':
      return true
    case 'wide-spread':
      return spread >= WIDE
    case 'expiring-soon':
      return market.closeTime !== null && market.closeTime - now <= SOON
  }
}

function describe({ market, bid, ask, spread }: Candidate, now: Microseconds): Record<string, string | number | null> {
  return {
    bid: formatPrice(bid),
    ask: formatPrice(ask),
    spread: formatPrice(spread),
    volume: formatCount(market.volume),
    secondsToClose: market.closeTime === null ? null : Math.max(0, Math.floor((market.closeTime - now) / SECOND))
  }
}

/** Most traded first; equal ones by ticker. */
function table(
  entries: readonly { readonly filter: OpportunityFilter; readonly candidate: Candidate }[],
  now: Microseconds,
  top: number
): RankTable {
  const rows = entries
    .toSorted(
      (a, b) => b.candidate.market.volume - a.candidate.market.volume || compareTickers(a.candidate, b.candidate)
    )
    .slice(0, top)
    .map(({ filter, candidate }) => {
      const { bid, ask, spread, volume, secondsToClose } = describe(candidate, now)
      const data = candidate.market.quote?.source ?? 'stale'
      const cells = [candidate.market.ticker, filter, bid, ask, spread, volume, secondsToClose, data]
      return cells.map(cell => String(cell ?? '-'))
    })
  return { columns: ['market', 'kind', 'bid', 'ask', 'spread', 'volume', 'closes in s', 'data'], rows }
}

function compareTickers(a: Candidate, b: Candidate): number {
  if (a.market.ticker === b.market.ticker) return 0
  return a.market.ticker < b.market.ticker ? -1 : 1
}
