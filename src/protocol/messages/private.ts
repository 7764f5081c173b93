import type { Microseconds } from '../../core/time.ts'
import type { Count, Money, Price } from '../../core/units.ts'
import type { Envelope, OfMarket, Side } from './envelope.ts'

/** An execution of the subscriber's own order (section 11.4). */
export interface Fill extends Envelope, OfMarket {
  readonly type: 'fill'
  readonly tradeId: string
  readonly orderId: string
  readonly clientOrderId: string | null
  readonly exchangeIndex: number | null
  readonly isTaker: boolean
  readonly yesPrice: Price
  readonly count: Count
  /** Null before January 2026. */
  readonly fee: Money | null
  /** Signed: YES contracts are positive, NO contracts negative. */
  readonly postPosition: Count | null
  /** The outcome that the fill moved the position towards; null before September 2025, when nothing told it for sure. */
  readonly outcomeSide: Side | null
  /** As sent. Its meaning next to `action` depended on the interface that placed the order: prefer `outcomeSide`. */
  readonly side: Side | null
  /** `buy`, `sell`, `sell_partial`, `sell_to_close` or empty; an open set. */
  readonly action: string | null
  readonly subaccount: number | null
  readonly exchangeTime: Microseconds | null
}

/** The state of the subscriber's own order after a change (channel `user_orders`, section 11.5). */
export interface UserOrder extends Envelope, OfMarket {
  readonly type: 'user_order'
  readonly orderId: string
  readonly userId: string | null
  readonly clientOrderId: string | null
  readonly orderGroupId: string | null
  readonly exchangeIndex: number | null
  /** `resting`, `canceled`, `executed` or `unknown`; an open set. */
  readonly status: string
  readonly outcomeSide: Side | null
  readonly yesPrice: Price
  readonly initialCount: Count
  readonly remainingCount: Count
  readonly fillCount: Count
  readonly takerFillCost: Money | null
  readonly makerFillCost: Money | null
  readonly takerFees: Money | null
  readonly makerFees: Money | null
  readonly selfTradePreventionType: string | null
  /** `Trade`, `Amend`, `ExpiryCancel`, …; an open set. */
  readonly lastUpdateReason: string | null
  readonly createdTime: Microseconds | null
  readonly lastUpdateTime: Microseconds | null
  readonly expirationTime: Microseconds | null
  readonly subaccount: number | null
}

/** The subscriber's own position in a market (channel `market_positions`, section 11.6). */
export interface MarketPosition extends Envelope, OfMarket {
  readonly type: 'market_position'
  readonly userId: string | null
  /** Signed: YES contracts are positive, NO contracts negative. */
  readonly position: Count
  readonly positionCost: Money | null
  readonly realizedPnl: Money | null
  readonly feesPaid: Money | null
  readonly positionFeeCost: Money | null
  readonly volume: Count | null
  readonly subaccount: number | null
}

/** Something happened to a group of the subscriber's own orders (section 11.10). */
export interface OrderGroupUpdate extends Envelope {
  readonly type: 'order_group_updates'
  /** `created`, `triggered`, `reset`, `deleted`, `limit_updated`; an open set. */
  readonly eventType: string
  readonly orderGroupId: string
  readonly contractsLimit: Count | null
  readonly exchangeTime: Microseconds | null
}
