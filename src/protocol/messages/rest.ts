import type { Microseconds } from '../../core/time.ts'
import type { Count, Price } from '../../core/units.ts'
import type { OfMarket } from './envelope.ts'

/** A market as REST lists it (protocol reference, section 14). Its prices may be 15 seconds old and have no `seq`. */
export interface ListedMarket extends OfMarket {
  readonly eventTicker: string | null
  readonly title: string | null
  readonly yesSubTitle: string | null
  /** `initialized`, `inactive`, `active`, `closed`, `determined`, `disputed`, `amended`, `finalized`; an open set. */
  readonly status: string | null
  readonly openTime: Microseconds | null
  readonly closeTime: Microseconds | null
  /** Null where the side is empty. */
  readonly yesBid: Price | null
  readonly yesAsk: Price | null
  readonly yesBidSize: Count | null
  readonly yesAskSize: Count | null
  /** Null where nothing has traded. */
  readonly lastPrice: Price | null
  readonly volume: Count | null
  readonly openInterest: Count | null
  readonly result: string | null
  readonly priceLevelStructure: string | null
}

/** A series as REST lists it (protocol reference, section 15). What it does not say is null. */
export interface ListedSeries {
  readonly ticker: string
  /** `quadratic`, `quadratic_with_maker_fees`, `quadratic_with_combo_maker_fees`, `flat`; an open set. */
  readonly feeType: string | null
  /** The wire's decimal text, such as `0.5`. */
  readonly feeMultiplier: string | null
}

/** One page of `GET /markets`. */
export interface MarketsPage {
  readonly markets: readonly ListedMarket[]
  /** Empty on the last page. */
  readonly cursor: string
}
