import type { Microseconds } from '../core/time.ts'
import { formatTime } from '../core/time.ts'
import type { Money } from '../core/units.ts'
import { formatCount, formatMoney, formatPrice, moneyFromDollars, ONE_DOLLAR } from '../core/units.ts'
import type { MarketEvent } from '../market/market-event.ts'
import type { MarketTracker } from '../market/market-tracker.ts'
import type { Quote } from '../market/market.ts'
import type { Basket } from './basket.ts'
import type { EventKnowledge } from './riskless.ts'
import { bothSides, noOfEach, yesOfAll } from './riskless.ts'
import type { Finding, RankTable, ScanContext, Scanner } from './scanner.ts'

export interface ArbitrageOptions extends EventKnowledge {
  /** Smallest profit of a signal, after fees. Default: $0.01. */
  readonly minProfit?: Money
}

/**
 * Baskets that pay more at settlement than they cost now, fees included, whatever the outcome. `all-no`: NO of markets
 * that exclude each other. `all-yes`: YES of all markets of an event that has no other outcome. `yes-and-no`: both sides
 * of one market. Emitted when one appears, and again whenever its profit is higher than any told since. Only fresh quotes
 * of markets that trade are counted on, at their best prices and sizes.
 */
export function arbitrage(options: ArbitrageOptions = {}): Scanner {
  const { minProfit = moneyFromDollars('0.01') } = options
  const quotes: (Quote | null | undefined)[] = []
  /** By kind, then by event or market. */
  const chances = {
    'all-no': new Map<string, Chance>(),
    'all-yes': new Map<string, Chance>(),
    'yes-and-no': new Map<string, Chance>()
  }

  const note = (subject: string, kind: ArbitrageKind, basket: Basket | null, { now, emit }: ScanContext) => {
    const chance = chances[kind].get(subject)
    if (basket === null || basket.profit < minProfit) {
      if (chance !== undefined) chance.told = 0
      return
    }
    if (basket.profit <= (chance?.told ?? 0)) return
    const best = chance !== undefined && chance.basket.profit >= basket.profit ? chance : { basket, at: now }
    chances[kind].set(subject, { subject, kind, basket: best.basket, at: best.at, told: basket.profit })
    emit(findingOf(subject, kind, basket))
  }
  const examine = (event: MarketEvent, context: ScanContext) => {
    // Most events can be left at that, by the quotes as they were last seen.
    const { bids, asks } = sumsOf(event, quotes)
    note(event.ticker, 'all-no', bids > ONE_DOLLAR ? noOfEach(event, context.now, options) : null, context)
    note(event.ticker, 'all-yes', asks < ONE_DOLLAR ? yesOfAll(event, context.now, options) : null, context)
  }

  return {
    name: 'arbitrage',
    channels: ['ticker', 'orderbook_delta', 'market_lifecycle_v2'],
    onMessage(message, context) {
      const { tracker } = context
      if (message.type === 'event_lifecycle' || message.type === 'event_fee_update') {
        const event = tracker.event(message.eventTicker)
        if (event !== undefined) examine(event, context)
        return
      }
      const market = 'market' in message ? tracker.market(message.market) : undefined
      if (market === undefined) return
      const { quote } = market
      // Most changes of a book lie behind its best prices; a lifecycle event may change whether they can be taken.
      if (isSameQuote(quote, quotes[market.number]) && !('eventType' in message)) return
      quotes[market.number] = quote
      const event = tracker.event(market.eventTicker)
      if (event === undefined) return
      const both = isCrossed(quote) ? bothSides(market, event, context.now, options) : null
      note(market.ticker, 'yes-and-no', both, context)
      examine(event, context)
    },
    onForgotten(markets, { tracker }) {
      for (const { number } of markets) quotes[number] = undefined
      for (const kind of KINDS) forgetUnknown(chances[kind], tracker)
    },
    rank({ tracker, now }, top) {
      const isOpen = (chance: Chance) => (basketNow(chance, tracker, now, options)?.profit ?? 0) >= minProfit
      return table(
        Object.values(chances).flatMap(ofKind => [...ofKind.values()]),
        isOpen,
        top
      )
    }
  }
}

const KINDS = ['all-no', 'all-yes', 'yes-and-no'] as const
type ArbitrageKind = (typeof KINDS)[number]

/** What has been found of an event or a market. */
interface Chance {
  readonly subject: string
  readonly kind: ArbitrageKind
  /** The most profitable one so far, and when it was found. */
  readonly basket: Basket
  readonly at: Microseconds
  /** The highest profit told since it appeared last; 0 while there is none. */
  told: number
}

/** What was found of markets, and of events that have none any more. */
function forgetUnknown(chances: Map<string, Chance>, tracker: MarketTracker): void {
  for (const { subject, kind } of chances.values()) {
    const isKnown =
      kind === 'yes-and-no' ? tracker.byTicker(subject) !== undefined : tracker.byEvent(subject).length > 0
    if (!isKnown) chances.delete(subject)
  }
}

function isSameQuote(a: Quote | null, b: Quote | null | undefined): boolean {
  if (a === null || b === null || b === undefined) return a === b
  return a.bid === b.bid && a.ask === b.ask && a.bidSize === b.bidSize && a.askSize === b.askSize
}

function isCrossed(quote: Quote | null): boolean {
  return quote !== null && quote.bid !== null && quote.ask !== null && quote.bid > quote.ask
}

/** An ask that is missing counts as a dollar, so that no sum of all asks seems cheap without it. */
function sumsOf(
  { markets }: MarketEvent,
  quotes: readonly (Quote | null | undefined)[]
): Record<'bids' | 'asks', number> {
  let bids = 0
  let asks = 0
  for (const { number } of markets) {
    bids += quotes[number]?.bid ?? 0
    asks += quotes[number]?.ask ?? ONE_DOLLAR
  }
  return { bids, asks }
}

function findingOf(
  market: string,
  kind: ArbitrageKind,
  { offers, count, cost, fees, payout, profit }: Basket
): Finding {
  return {
    market,
    kind,
    values: {
      count: formatCount(count),
      cost: formatMoney(cost),
      fees: formatMoney(fees),
      payout: formatMoney(payout),
      profit: formatMoney(profit),
      buy: offers.map(({ ticker, side, ask }) => `${ticker} ${side} ${formatPrice(ask)}`).join(', ')
    }
  }
}

function basketNow(
  { subject, kind }: Chance,
  tracker: MarketTracker,
  now: Microseconds,
  knowledge: EventKnowledge
): Basket | null {
  if (kind === 'yes-and-no') {
    const market = tracker.byTicker(subject)
    const event = market && tracker.event(market.eventTicker)
    return market === undefined || event === undefined ? null : bothSides(market, event, now, knowledge)
  }
  const event = tracker.event(subject)
  if (event === undefined) return null
  return kind === 'all-no' ? noOfEach(event, now, knowledge) : yesOfAll(event, now, knowledge)
}

/** The best that was found of each, the most profitable first; equal ones by name. */
function table(chances: Chance[], isOpen: (chance: Chance) => boolean, top: number): RankTable {
  const rows = chances
    .sort((a, b) => b.basket.profit - a.basket.profit || compare(a.subject, b.subject) || compare(a.kind, b.kind))
    .slice(0, top)
    .map(chance => {
      const { offers, count, cost, fees, profit } = chance.basket
      const found = formatTime(BigInt(chance.at) * 1000n).slice(11, 23)
      const cells = [String(offers.length), formatCount(count), ...[cost, fees, profit].map(formatMoney)]
      return [chance.subject, chance.kind, ...cells, found, isOpen(chance) ? 'open' : 'over']
    })
  return { columns: ['event or market', 'kind', 'legs', 'count', 'cost', 'fees', 'profit', 'found', 'now'], rows }
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}
