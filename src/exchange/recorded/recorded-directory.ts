import type { Microseconds } from '../../core/time.ts'
import { countOf } from '../../core/units.ts'
import type { Market, MarketStatus } from '../../market/market.ts'
import type { BookTruth } from '../book-truth.ts'
import type {
  RestDirectory,
  RestEvent,
  RestMarket,
  RestMarketStatus,
  RestSeries,
  RestTrade
} from '../rest/rest-directory.ts'
import type { FollowedTrade } from './market-follower.ts'
import type { RecordedMarkets } from './recorded-markets.ts'

/** What the REST endpoints tell of recorded markets: what their frames have told so far, and nothing else. */
export class RecordedDirectory implements RestDirectory {
  readonly isActive = true
  readonly #markets: RecordedMarkets

  constructor(markets: RecordedMarkets) {
    this.#markets = markets
  }

  *markets(): Generator<RestMarket> {
    for (const market of this.#markets.tracker.markets()) yield toRest(market, this.#markets.now)
  }

  market(ticker: string): RestMarket | undefined {
    const market = this.#markets.tracker.byTicker(ticker)
    return market && toRest(market, this.#markets.now)
  }

  event(ticker: string): RestEvent | undefined {
    const event = this.#markets.tracker.event(ticker)
    return (
      event && {
        ticker,
        seriesTicker: event.seriesTicker,
        title: event.title ?? '',
        subtitle: event.subtitle ?? '',
        collateralReturnType: event.collateralReturnType ?? '',
        markets: event.markets.map(market => toRest(market, this.#markets.now))
      }
    )
  }

  *series(): Generator<RestSeries> {
    const { tracker } = this.#markets
    const tickers = new Set(Array.from(tracker.markets(), market => market.seriesTicker))
    for (const ticker of tickers) yield { ticker, title: '', fees: tracker.seriesFees(ticker) ?? null }
  }

  book(ticker: string): BookTruth | undefined {
    return this.#markets.truth(ticker)
  }

  trades(): readonly RestTrade[] {
    return this.#markets.trades.map(toTrade)
  }
}

function toRest(market: Market, now: Microseconds): RestMarket {
  const { number, ticker, eventTicker, seriesTicker, title, openTime, closeTime, settledAt, lastQuote } = market
  return {
    ordinal: number,
    ticker,
    eventTicker,
    seriesTicker,
    status: STATUS[market.statusAt(now)],
    title: title ?? '',
    yesSubtitle: '',
    noSubtitle: '',
    rules: '',
    createdTime: null,
    updatedTime: market.updatedAt,
    openTime,
    closeTime,
    expirationTime: null,
    settledTime: settledAt,
    yesBid: lastQuote?.bid ?? null,
    yesBidSize: lastQuote?.bidSize ?? null,
    yesAsk: lastQuote?.ask ?? null,
    yesAskSize: lastQuote?.askSize ?? null,
    lastPrice: market.lastPrice,
    volume: market.volume,
    openInterest: market.latestTicker?.openInterest ?? countOf(0),
    result: resultOf(market.result),
    settlementValue: market.settlementValue,
    priceLevelStructure: market.priceLevelStructure ?? '',
    priceRanges: [],
    strike: null
  }
}

/** Of a market that no lifecycle frame spoke of is known that it had data, and so that it was open. */
const STATUS: Readonly<Record<MarketStatus, RestMarketStatus>> = {
  unknown: 'active',
  unopened: 'initialized',
  active: 'active',
  paused: 'inactive',
  closed: 'closed',
  determined: 'determined',
  settled: 'finalized'
}

function resultOf(result: string | null): RestMarket['result'] {
  return result === 'yes' || result === 'no' || result === 'scalar' ? result : null
}

function toTrade({ ordinal, trade, receivedAt }: FollowedTrade): RestTrade {
  return {
    ordinal,
    tradeId: trade.tradeId ?? '',
    ticker: trade.marketTicker,
    yesPrice: trade.yesPrice,
    count: trade.count,
    takerSide: trade.takerSide,
    isBlockTrade: trade.isBlockTrade,
    time: trade.exchangeTime ?? receivedAt
  }
}
