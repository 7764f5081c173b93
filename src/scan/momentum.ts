import type { Microseconds } from '../core/time.ts'
import { SECOND } from '../core/time.ts'
import type { Count } from '../core/units.ts'
import { addCounts, countFromContracts, countOf, formatCount, formatPrice, priceOf } from '../core/units.ts'
import type { Market, Quote } from '../market/market.ts'
import type { Side } from '../protocol/messages/envelope.ts'
import type { Finding, RankTable, ScanContext, Scanner } from './scanner.ts'
import { TradeFlow } from './trade-flow.ts'

export interface MomentumOptions {
  /** Trades of this long ago and since then count. Default: 1 minute. */
  readonly period?: Microseconds
  /** Smallest flow of a signal: contracts that takers bought of one side more than of the other. Default: 100. */
  readonly minFlow?: Count
  /** Smallest pressure of a signal, in hundredths. Default: 100, the flow is as large as what it runs into. */
  readonly minPressure?: number
}

/**
 * Takers who buy one side faster than the book holds against them. The flow of a market is what takers bought of YES less
 * what they bought of NO over a period, block trades left out; its pressure is the flow divided by what rests against it:
 * the contracts within $0.05 of the best price of the side that is bought, or where there is no fresh book the size that
 * the fresh ticker tells. `buying-yes` and `buying-no` are emitted with the trade that makes flow and pressure large
 * enough, and again only after the pressure has been below half of that. Without fresh data nothing is emitted.
 */
export function momentum(options: MomentumOptions = {}): Scanner {
  const { period = (60 * SECOND) as Microseconds, minFlow = countFromContracts(100), minPressure = 100 } = options
  const watched: (Watched | undefined)[] = []

  /** Forgets what was told when the flow has turned or has become weak. */
  const settle = (entry: Watched, state: State) => {
    if (entry.told !== state.side || 2 * state.pressure < minPressure) entry.told = null
  }
  const examine = (entry: Watched, state: State, { emit }: ScanContext) => {
    settle(entry, state)
    if (entry.told !== null || state.flow < minFlow || state.pressure < minPressure) return
    entry.told = state.side
    emit({ market: entry.market.ticker, kind: `buying-${state.side}`, values: describe(state) })
  }

  return {
    name: 'momentum',
    channels: ['trade', 'ticker', 'orderbook_delta'],
    onMessage(message, context) {
      if (message.type !== 'trade') return
      const { tracker, now } = context
      const market = tracker.market(message.market)
      if (market === undefined) return
      const entry = (watched[market.number] ??= watch(market, period, now))
      if (!isFirstTime(entry) || message.isBlockTrade) return
      const before = stateOf(entry, market.quote, now)
      if (before !== null) settle(entry, before)
      entry.flow.add(now, message.takerSide, message.count)
      const state = stateOf(entry, market.quote, now)
      if (state !== null) examine(entry, state, context)
    },
    onForgotten(markets) {
      for (const { number } of markets) watched[number] = undefined
    },
    rank({ now }, top) {
      return table(watched, now, top)
    }
  }
}

interface Watched {
  readonly market: Market
  readonly flow: TradeFlow
  /** Contracts of the trades so far: a trade that is repeated does not add to them. */
  traded: Count
  /** The side of the last signal, until the pressure has fallen. */
  told: Side | null
}

/** Who is buying, and what is in the way. */
interface State {
  readonly side: Side
  /** Contracts of the side more than of the other. */
  readonly flow: Count
  readonly boughtYes: Count
  readonly boughtNo: Count
  readonly resting: Count
  /** In hundredths; infinite where nothing rests. */
  readonly pressure: number
  readonly quote: Quote
}

const NEAR = priceOf(500)
const NONE = countFromContracts(0)

function watch(market: Market, period: Microseconds, now: Microseconds): Watched {
  return { market, flow: new TradeFlow(period, now), traded: NONE, told: null }
}

/** The tracker has left out a trade that it knows already. */
function isFirstTime(entry: Watched): boolean {
  const { tradedVolume } = entry.market
  const isNew = tradedVolume !== entry.traded
  entry.traded = tradedVolume
  return isNew
}

function stateOf({ market, flow }: Watched, quote: Quote | null, now: Microseconds): State | null {
  if (quote === null) return null
  const boughtYes = flow.bought(now, 'yes')
  const boughtNo = flow.bought(now, 'no')
  const side = boughtYes >= boughtNo ? 'yes' : 'no'
  const resting = restingAgainst(side, market, quote)
  if (resting === null) return null
  const net = countOf(Math.abs(boughtYes - boughtNo))
  const pressure = resting === 0 ? (net === 0 ? 0 : Infinity) : Math.floor((100 * net) / resting)
  return { side, flow: net, boughtYes, boughtNo, resting, pressure, quote }
}

/** Who buys YES takes NO bids, and the other way round. */
function restingAgainst(side: Side, { book }: Market, quote: Quote): Count | null {
  if (quote.source === 'ticker') {
    const [price, size] = side === 'yes' ? [quote.ask, quote.askSize] : [quote.bid, quote.bidSize]
    return price === null ? NONE : size
  }
  const levels = book.levels(side === 'yes' ? 'no' : 'yes')
  const least = (levels[0]?.price ?? 0) - NEAR
  return levels.filter(({ price }) => price >= least).reduce((sum, { count }) => addCounts(sum, count), NONE)
}

function describe({ flow, boughtYes, boughtNo, resting, pressure, quote }: State): Finding['values'] {
  return {
    flow: formatCount(flow),
    boughtYes: formatCount(boughtYes),
    boughtNo: formatCount(boughtNo),
    resting: formatCount(resting),
    pressure: Number.isFinite(pressure) ? pressure / 100 : null,
    bid: quote.bid === null ? null : formatPrice(quote.bid),
    ask: quote.ask === null ? null : formatPrice(quote.ask)
  }
}

/** The highest pressure first, then the largest flow; equal ones by ticker. */
function table(watched: readonly (Watched | undefined)[], now: Microseconds, top: number): RankTable {
  const rows = watched
    .filter(entry => entry !== undefined)
    .flatMap(({ market, ...entry }) => {
      const state = stateOf({ market, ...entry }, market.lastQuote, now)
      return state === null || state.flow === 0 ? [] : [{ market, state }]
    })
    .sort((a, b) => compare(a.state, b.state) || (a.market.ticker < b.market.ticker ? -1 : 1))
    .slice(0, top)
    .map(({ market, state }) => {
      const { flow, boughtYes, boughtNo, resting, pressure, bid, ask } = describe(state)
      const data = market.quote?.source ?? 'stale'
      const cells = [flow, boughtYes, boughtNo, resting, pressure, bid, ask]
      return [market.ticker, `buying-${state.side}`, ...cells.map(cell => String(cell ?? '-')), data]
    })
  return { columns: ['market', 'kind', 'flow', 'yes', 'no', 'resting', 'pressure', 'bid', 'ask', 'data'], rows }
}

function compare(a: State, b: State): number {
  return a.pressure === b.pressure ? b.flow - a.flow : b.pressure - a.pressure
}
