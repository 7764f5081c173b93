import type { Microseconds } from '../../core/time.ts'
import type { Count, Price } from '../../core/units.ts'
import type { FeeSchedule } from '../../market/fees.ts'
import type { Side } from '../../protocol/messages/envelope.ts'
import type { PriceRange } from '../../protocol/messages/lifecycle.ts'
import type { BookTruth } from '../book-truth.ts'

/** What the REST endpoints tell of an exchange, wherever its markets come from. */
export interface RestDirectory {
  /** Ascending by `ordinal`. */
  markets(): Iterable<RestMarket>
  market(ticker: string): RestMarket | undefined
  event(ticker: string): RestEvent | undefined
  /** Of all markets, as they first came. */
  series(): Iterable<RestSeries>
  book(ticker: string): BookTruth | undefined
  /** Ascending by `ordinal`; how many are kept is the directory's to say. */
  trades(): readonly RestTrade[]
  /** Whether the exchange trades. */
  readonly isActive: boolean
}

/** The words of the `status` field, which are not those of the `status` filter (protocol reference, section 14). */
export type RestMarketStatus = 'initialized' | 'inactive' | 'active' | 'closed' | 'determined' | 'finalized'

/** A market as of now. What the directory does not know is null and left out of the answer, or told as empty. */
export interface RestMarket {
  /** The place in the listing, which never changes and is never given again: what a cursor points at. */
  readonly ordinal: number
  readonly ticker: string
  readonly eventTicker: string
  readonly seriesTicker: string
  readonly status: RestMarketStatus
  readonly title: string
  readonly yesSubtitle: string
  readonly noSubtitle: string
  readonly rules: string
  readonly createdTime: Microseconds | null
  readonly updatedTime: Microseconds | null
  readonly openTime: Microseconds | null
  readonly closeTime: Microseconds | null
  readonly expirationTime: Microseconds | null
  readonly settledTime: Microseconds | null
  /** Of the top of the book; null where a side is empty or unknown. */
  readonly yesBid: Price | null
  readonly yesBidSize: Count | null
  readonly yesAsk: Price | null
  readonly yesAskSize: Count | null
  /** Of the last trade, on the YES leg. */
  readonly lastPrice: Price | null
  /** Contracts since the market opened. */
  readonly volume: Count
  readonly openInterest: Count
  readonly result: Side | 'scalar' | null
  /** Payout of a YES contract. */
  readonly settlementValue: Price | null
  readonly priceLevelStructure: string
  readonly priceRanges: readonly PriceRange[]
  readonly strike: RestStrike | null
}

/** What a market's result is measured against. Strikes are not money. */
export interface RestStrike {
  readonly type: string
  readonly floor: number | null
  readonly cap: number | null
}

export interface RestEvent {
  readonly ticker: string
  readonly seriesTicker: string
  readonly title: string
  readonly subtitle: string
  /** `MECNET` where at most one of its markets can resolve to yes. */
  readonly collateralReturnType: string
  readonly markets: readonly RestMarket[]
}

export interface RestSeries {
  readonly ticker: string
  readonly title: string
  readonly fees: FeeSchedule | null
}

export interface RestTrade {
  /** Counts the trades of the directory: what a cursor points at. */
  readonly ordinal: number
  readonly tradeId: string
  readonly ticker: string
  readonly yesPrice: Price
  readonly count: Count
  readonly takerSide: Side
  readonly isBlockTrade: boolean
  readonly time: Microseconds
}
