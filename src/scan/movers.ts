import type { Microseconds } from '../core/time.ts'
import { SECOND } from '../core/time.ts'
import type { Price, TwiceMid } from '../core/units.ts'
import { formatCount, formatMid, formatPrice, priceOf } from '../core/units.ts'
import type { Market, Quote } from '../market/market.ts'
import { PriceHistory } from './price-history.ts'
import type { RankTable, Scanner } from './scanner.ts'

export interface MoversOptions {
  /** Changes are measured against the price this long ago. Default: 5 minutes. */
  readonly period?: Microseconds
  /** What the table is ranked by. Default: change. */
  readonly by?: 'change' | 'volume'
  /** A signal is emitted at each further multiple of this change. Default: $0.02. */
  readonly minChange?: Price
}

/**
 * Largest change of the price over a period. The price of a market is the mid of its quote (fresh book, else fresh
 * ticker) or, where one side is empty, the last trade. A market with neither, or with stale data only, is left out until
 * it is heard of again. A `move` is emitted when the change reaches another multiple of `minChange`; it may be emitted
 * again after the change has fallen half a step below that multiple.
 */
export function movers(options: MoversOptions = {}): Scanner {
  const { period = (300 * SECOND) as Microseconds, by = 'change', minChange = priceOf(200) } = options
  const watched: (Watched | undefined)[] = []

  return {
    name: 'movers',
    channels: ['ticker', 'trade', 'orderbook_delta'],
    onMessage(message, { tracker, now, emit }) {
      if (!('market' in message)) return
      const market = tracker.market(message.market)
      const price = market === undefined ? null : priceIn(market)
      if (market === undefined || price === null) return
      const known = watched[market.number]
      if (known === undefined) {
        watched[market.number] = { market, history: new PriceHistory(period, now, price), step: 0 }
        return
      }
      known.history.record(now, price)
      const reference = known.history.reference(now)
      if (!reachesStep(known, price - reference, 2 * minChange)) return
      emit({ market: market.ticker, kind: 'move', values: describe(market, market.quote, reference, price) })
    },
    onForgotten(markets) {
      for (const { number } of markets) watched[number] = undefined
    },
    rank({ now }, top) {
      return rankWatched(watched, now, by, top)
    }
  }
}

interface Watched {
  readonly market: Market
  readonly history: PriceHistory
  /** The multiple of the smallest change for which a signal was emitted last; signed. */
  step: number
}

function priceIn(market: Market): TwiceMid | null {
  const mid = market.quote?.twiceMid ?? null
  if (mid !== null) return mid
  return market.lastPrice === null ? null : twice(market.lastPrice)
}

function twice(price: Price): TwiceMid {
  return (2 * price) as TwiceMid
}

/** Whether the change has reached a multiple further out; remembers it, with half a step of hysteresis on the way back. */
function reachesStep(watched: Watched, change: number, minChange: number): boolean {
  const step = Math.trunc(change / minChange)
  const previous = watched.step
  if (Math.abs(step) > Math.abs(previous) || step * previous < 0) {
    watched.step = step
    return true
  }
  if (Math.abs(change) < (Math.abs(previous) - 0.5) * minChange) watched.step = step
  return false
}

function describe(market: Market, quote: Quote | null, from: TwiceMid, to: TwiceMid): Record<string, string | null> {
  return {
    from: formatMid(from),
    to: formatMid(to),
    change: formatMid((to - from) as TwiceMid),
    bid: quote?.bid == null ? null : formatPrice(quote.bid),
    ask: quote?.ask == null ? null : formatPrice(quote.ask),
    volume: formatCount(market.volume)
  }
}

function rankWatched(
  watched: readonly (Watched | undefined)[],
  now: Microseconds,
  by: 'change' | 'volume',
  top: number
): RankTable {
  const ranked = watched
    .filter(entry => entry !== undefined)
    .map(({ market, history }) => ({ market, from: history.reference(now), to: history.latest() }))
    .map(row => ({ ...row, weight: by === 'volume' ? row.market.volume : Math.abs(row.to - row.from) }))
    .sort((a, b) => b.weight - a.weight || (a.market.ticker < b.market.ticker ? -1 : 1))
    .slice(0, top)
  return {
    columns: ['market', 'bid', 'ask', 'from', 'to', 'change', 'volume', 'data'],
    rows: ranked.map(({ market, from, to }) => {
      const quote = market.lastQuote
      const { bid, ask, change, volume } = describe(market, quote, from, to)
      const data = market.quote === null ? 'stale' : market.quote.source
      return [market.ticker, bid ?? '-', ask ?? '-', formatMid(from), formatMid(to), change ?? '', volume ?? '', data]
    })
  }
}
