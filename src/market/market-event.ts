import type { FeeSchedule } from './fees.ts'
import type { Market } from './market.ts'

/** An event and its markets. What no frame has told is null. */
export interface MarketEvent {
  readonly ticker: string
  /** Derived from the ticker by convention until an event tells it. */
  readonly seriesTicker: string
  readonly title: string | null
  readonly subtitle: string | null
  /** `MECNET` and `DIRECNET` tell that collateral is returned across the event's markets; may be empty. */
  readonly collateralReturnType: string | null
  /** What its series is charged: as REST has told, else as most are. Null where the multiplier cannot be read. */
  readonly seriesFees: FeeSchedule | null
  /** Both null where the series' own fee applies. The multiplier is decimal text. */
  readonly feeTypeOverride: string | null
  readonly feeMultiplierOverride: string | null
  readonly markets: readonly Market[]
}
