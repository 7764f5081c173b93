import type { Microseconds } from '../../core/time.ts'
import type { Price } from '../../core/units.ts'
import type { Envelope, OfMarket, Side } from './envelope.ts'

/** A zone of the tick grid: from `start` to `end` prices move by `step`. */
export interface PriceRange {
  readonly start: Price
  readonly end: Price
  readonly step: Price
}

/** What a `created` event says of the market besides its times. */
export interface MarketMetadata {
  readonly name: string | null
  readonly title: string | null
  readonly yesSubTitle: string | null
  readonly noSubTitle: string | null
  readonly rulesPrimary: string | null
  readonly rulesSecondary: string | null
  readonly canCloseEarly: boolean | null
  readonly eventTicker: string | null
  readonly expectedExpirationTime: Microseconds | null
}

/**
 * Something happened in a market's life (sections 11.7 and 11.8). One shape for all event types: what the event does not
 * speak of is null. An ordinary opening or closing emits nothing.
 */
export interface MarketLifecycle extends Envelope, OfMarket {
  readonly type: 'market_lifecycle_v2' | 'multivariate_market_lifecycle'
  /** `created`, `activated`, `deactivated`, `close_date_updated`, `determined`, `settled`, …; an open set. */
  readonly eventType: string
  readonly exchangeIndex: number | null
  readonly openTime: Microseconds | null
  readonly closeTime: Microseconds | null
  readonly determinationTime: Microseconds | null
  readonly settledTime: Microseconds | null
  /** `yes`, `no`, `scalar`; may come twice, since a result can be amended. */
  readonly result: string | null
  /** Payout of a YES contract. */
  readonly settlementValue: Price | null
  /** True where trading is paused. */
  readonly isDeactivated: boolean | null
  readonly fractionalTradingEnabled: boolean | null
  readonly priceLevelStructure: string | null
  readonly priceRanges: readonly PriceRange[] | null
  readonly strikeType: string | null
  /** Strikes are not money: their decimal text as it was sent. */
  readonly floorStrike: string | null
  readonly capStrike: string | null
  readonly customStrike: Readonly<Record<string, unknown>> | null
  readonly yesSubTitle: string | null
  readonly metadata: MarketMetadata | null
}

export interface EventLifecycle extends Envelope {
  readonly type: 'event_lifecycle'
  readonly eventTicker: string
  readonly exchangeIndex: number | null
  readonly title: string | null
  readonly subtitle: string | null
  /** `MECNET`, `DIRECNET` or empty: how collateral is returned across the event's markets. */
  readonly collateralReturnType: string | null
  readonly seriesTicker: string | null
  readonly strikeDate: Microseconds | null
  readonly strikePeriod: string | null
}

/** Both overrides null: cleared, the series' own fee applies again. */
export interface EventFeeUpdate extends Envelope {
  readonly type: 'event_fee_update'
  readonly eventTicker: string
  readonly feeTypeOverride: string | null
  /** The wire's decimal text, such as `0.5`. */
  readonly feeMultiplierOverride: string | null
}

/** Of the `multivariate` channel, removed in August 2026. */
export interface MultivariateLookup extends Envelope, OfMarket {
  readonly type: 'multivariate_lookup'
  readonly collectionTicker: string
  readonly eventTicker: string
  readonly selectedMarkets: readonly SelectedMarket[]
}

export interface SelectedMarket {
  readonly eventTicker: string
  readonly marketTicker: string
  readonly side: Side
  readonly yesSettlementValue: Price | null
}
