import type { Count, Price } from '../../core/units.ts'
import type { Microseconds } from '../../core/time.ts'
import type { Envelope, OfMarket, Side } from './envelope.ts'

/** An aggregated price level of bids. */
export interface Level {
  readonly price: Price
  readonly count: Count
}

/** Replaces the market's order book (section 11.1). Levels as sent: sort before relying on an order. */
export interface OrderbookSnapshot extends Envelope, OfMarket {
  readonly type: 'orderbook_snapshot'
  readonly yes: readonly Level[]
  /** On the NO leg always: a subscription with `use_yes_price` is converted by the decoder. */
  readonly no: readonly Level[]
}

/** Changes one level of the order book by a signed count (section 11.1). */
export interface OrderbookDelta extends Envelope, OfMarket {
  readonly type: 'orderbook_delta'
  readonly side: Side
  /** On the side's own leg always: a subscription with `use_yes_price` is converted by the decoder. */
  readonly price: Price
  readonly delta: Count
  readonly exchangeTime: Microseconds | null
  /** Only where the subscriber's own order caused the change. */
  readonly clientOrderId: string | null
  readonly subaccount: number | null
}

/** The conflated, unsequenced top of a market (section 11.2). */
export interface Ticker extends Envelope, OfMarket {
  readonly type: 'ticker'
  /** The last trade on the YES leg; null where nothing has traded. */
  readonly price: Price | null
  /** Null where the side is empty. */
  readonly yesBid: Price | null
  readonly yesAsk: Price | null
  readonly yesBidSize: Count | null
  readonly yesAskSize: Count | null
  readonly lastTradeSize: Count | null
  /** Contracts since the market opened. */
  readonly volume: Count | null
  readonly openInterest: Count | null
  /** Whole dollars; observed to be half the number of contracts, rounded down. */
  readonly dollarVolume: number | null
  readonly dollarOpenInterest: number | null
  readonly exchangeTime: Microseconds | null
}

/** The partial tickers of an experiment that ended in February 2026: null means unchanged. */
export interface TickerV2 extends Envelope, OfMarket {
  readonly type: 'ticker_v2'
  readonly price: Price | null
  readonly yesBid: Price | null
  readonly yesAsk: Price | null
  readonly volumeDelta: Count | null
  readonly openInterestDelta: Count | null
  readonly dollarVolumeDelta: number | null
  readonly dollarOpenInterestDelta: number | null
  readonly exchangeTime: Microseconds | null
}

/** An execution (section 11.3): a taker of `takerSide` took resting bids of the other side at its complement. */
export interface Trade extends Envelope, OfMarket {
  readonly type: 'trade'
  /** UUID-shaped; null in the oldest captures. */
  readonly tradeId: string | null
  readonly yesPrice: Price
  readonly noPrice: Price
  readonly count: Count
  readonly takerSide: Side
  /** Off the book: displayed depth is not consumed. */
  readonly isBlockTrade: boolean
  readonly exchangeTime: Microseconds | null
}
