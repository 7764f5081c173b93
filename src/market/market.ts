import type { Microseconds } from '../core/time.ts'
import type { Count, Price, TwiceMid } from '../core/units.ts'
import type { Side } from '../protocol/messages/envelope.ts'
import type { Ticker } from '../protocol/messages/market-data.ts'
import type { OrderBookView } from './order-book.ts'
import type { Freshness } from './origin.ts'

/**
 * Where a market is in its life. Opening and closing emit nothing (protocol reference, section 11.7), so they are told by
 * the time; `unknown` where no lifecycle event has told enough, as in captures of order books alone.
 */
export type MarketStatus = 'unknown' | 'unopened' | 'active' | 'paused' | 'closed' | 'determined' | 'settled'

/** One market after the frames so far. What no frame has told is null. */
export interface Market {
  /** In the `MarketTable`. */
  readonly number: number
  readonly ticker: string
  /** Derived from the ticker by convention until an event tells it. */
  readonly eventTicker: string
  readonly seriesTicker: string
  readonly title: string | null
  readonly openTime: Microseconds | null
  readonly closeTime: Microseconds | null
  readonly isPaused: boolean | null
  readonly determinedAt: Microseconds | null
  readonly settledAt: Microseconds | null
  /** `yes`, `no`, `scalar`; may be amended until the market is settled. */
  readonly result: string | null
  /** Payout of a YES contract. */
  readonly settlementValue: Price | null
  readonly priceLevelStructure: string | null

  readonly book: OrderBookView
  readonly bookState: Freshness
  readonly latestTicker: LatestTicker | null
  readonly tickerState: Freshness
  readonly lastTrade: LastTrade | null
  /** The last trade on the YES leg, from the trade or the ticker that came last. */
  readonly lastPrice: Price | null
  /** Contracts of the trades that were seen, each once. */
  readonly tradedVolume: Count
  /** Contracts since the market opened, where a ticker told; else `tradedVolume`. */
  readonly volume: Count
  /** Receive time of the last frame that spoke of the market. */
  readonly updatedAt: Microseconds

  /** The best prices that can be relied on: of the fresh book, else of the fresh ticker, else null. */
  readonly quote: Quote | null
  /** The best prices that were known last, stale or not: for screens, never for a decision. */
  readonly lastQuote: Quote | null
  /** How far the mid has moved since the first one seen; the same of the last price where there is no mid. */
  readonly change: TwiceMid | null
  statusAt(now: Microseconds): MarketStatus
}

/** The top of a market on the YES leg. */
export interface Quote {
  readonly source: 'book' | 'ticker'
  readonly bid: Price | null
  readonly ask: Price | null
  readonly bidSize: Count | null
  readonly askSize: Count | null
  readonly twiceMid: TwiceMid | null
}

/** What is kept of the latest ticker. */
export type LatestTicker = Pick<
  Ticker,
  'price' | 'yesBid' | 'yesAsk' | 'yesBidSize' | 'yesAskSize' | 'volume' | 'openInterest'
>

export interface LastTrade {
  /** On the YES leg. */
  readonly price: Price
  readonly count: Count
  readonly takerSide: Side
  /** Receive time. */
  readonly time: Microseconds
}
