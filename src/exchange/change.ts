import type { Count, Price } from '../core/units.ts'
import type { Channel } from '../protocol/channels.ts'
import type { Side } from '../protocol/messages/envelope.ts'
import type { PriceRange } from '../protocol/messages/lifecycle.ts'
import type { Level } from '../protocol/messages/market-data.ts'

/**
 * Something that happened on the exchange and that one frame tells: what the frame will say, but not yet when, nor to
 * whom. `type` is the type of that frame.
 */
export type Change = BookReplaced | BookChanged | QuoteChanged | Traded | EventCreated | MarketLifecycleChange

/** Opening and closing are no changes: nothing tells of them but the times that were announced (section 11.7). */
export type MarketLifecycleChange =
  | MarketCreated
  | MarketPaused
  | CloseDateUpdated
  | MetadataUpdated
  | StructureUpdated
  | MarketDetermined
  | MarketSettled

export interface MarketName {
  readonly ticker: string
  readonly id: string
}

interface OfMarket {
  readonly market: MarketName
}

export interface BookReplaced extends OfMarket {
  readonly type: 'orderbook_snapshot'
  /** Ascending, each side on its own leg. */
  readonly yes: readonly Level[]
  readonly no: readonly Level[]
}

export interface BookChanged extends OfMarket {
  readonly type: 'orderbook_delta'
  readonly side: Side
  readonly price: Price
  readonly delta: Count
}

/** The top of the book and the totals of the market, as they are after the changes before. */
export interface QuoteChanged extends OfMarket {
  readonly type: 'ticker'
  /** Of the last trade, on the YES leg; null before the first. */
  readonly lastPrice: Price | null
  readonly lastCount: Count
  /** $0 with a size of 0 where there is no bid, and an ask of $1 where there is none. */
  readonly yesBid: Price
  readonly yesBidSize: Count
  readonly yesAsk: Price
  readonly yesAskSize: Count
  readonly volume: Count
  readonly openInterest: Count
}

export interface Traded extends OfMarket {
  readonly type: 'trade'
  readonly tradeId: string
  readonly yesPrice: Price
  readonly count: Count
  readonly takerSide: Side
}

export interface EventCreated {
  readonly type: 'event_lifecycle'
  readonly eventTicker: string
  readonly seriesTicker: string
  readonly title: string
  readonly subtitle: string
  /** `MECNET` where exactly one of its markets will resolve to yes, else empty. */
  readonly collateralReturnType: 'MECNET' | ''
}

interface OfMarketLifecycle extends OfMarket {
  readonly type: 'market_lifecycle_v2'
}

/** What a market's result is measured against; a strike that is not known yet is null. */
export interface Strike {
  readonly type: string
  readonly floor: number | null
  readonly cap: number | null
}

export interface MarketCreated extends OfMarketLifecycle {
  readonly eventType: 'created'
  readonly eventTicker: string
  readonly title: string
  readonly subtitle: string
  /** After how many changes of the whole exchange it will open and close: times are the server's to know. */
  readonly opensAfter: number
  readonly closesAfter: number
  readonly structure: string
  readonly ranges: readonly PriceRange[]
  readonly strike: Strike | null
}

interface MarketPaused extends OfMarketLifecycle {
  readonly eventType: 'deactivated' | 'activated'
}

interface CloseDateUpdated extends OfMarketLifecycle {
  readonly eventType: 'close_date_updated'
  readonly closesAfter: number
}

interface MetadataUpdated extends OfMarketLifecycle {
  readonly eventType: 'metadata_updated'
  readonly strike: Strike
  readonly subtitle: string
}

interface StructureUpdated extends OfMarketLifecycle {
  readonly eventType: 'price_level_structure_updated'
  readonly structure: string
  readonly ranges: readonly PriceRange[]
}

export interface MarketDetermined extends OfMarketLifecycle {
  readonly eventType: 'determined'
  readonly result: Side | 'scalar'
  /** Payout of a YES contract. */
  readonly settlementValue: Price
}

interface MarketSettled extends OfMarketLifecycle {
  readonly eventType: 'settled'
}

/** The channel that a change is published on. */
export function channelOf(change: Change): Channel {
  switch (change.type) {
    case 'orderbook_snapshot':
    case 'orderbook_delta':
      return 'orderbook_delta'
    case 'ticker':
    case 'trade':
      return change.type
    case 'event_lifecycle':
    case 'market_lifecycle_v2':
      return 'market_lifecycle_v2'
  }
}
