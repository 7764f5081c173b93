import { z } from 'zod'
import {
  readCount,
  readMoney,
  readPrice,
  required,
  timeFromMilliseconds,
  timeFromSeconds,
  timeFromText
} from '../eras.ts'
import { reader } from './reader.ts'
import { decimal, flag, frame, integer, optionalSide, text, ticker } from './wire.ts'

/** The channels of the subscriber's own account: `fill`, `user_orders`, `market_positions`, `order_group_updates`. */

export const readFill = reader(
  frame(['fill'], {
    trade_id: z.string(),
    order_id: z.string(),
    client_order_id: text,
    market_ticker: ticker,
    market_id: text,
    exchange_index: integer,
    is_taker: z.boolean(),
    yes_price: integer,
    yes_price_dollars: decimal,
    no_price: integer,
    no_price_dollars: decimal,
    count: integer,
    count_fp: decimal,
    fee_cost: decimal,
    post_position: integer,
    post_position_fp: decimal,
    outcome_side: optionalSide,
    book_side: text,
    side: optionalSide,
    action: text,
    purchased_side: optionalSide,
    subaccount: integer,
    ts: integer,
    ts_ms: integer
  }),
  ({ msg }, envelope, markets) => ({
    type: 'fill',
    market: markets.add(msg.market_ticker),
    marketTicker: msg.market_ticker,
    tradeId: msg.trade_id,
    orderId: msg.order_id,
    clientOrderId: msg.client_order_id ?? null,
    exchangeIndex: msg.exchange_index ?? null,
    isTaker: msg.is_taker,
    yesPrice: required('yes_price_dollars', readPrice('yes_price', msg.yes_price_dollars, msg.yes_price)),
    count: required('count_fp', readCount('count', msg.count_fp, msg.count)),
    fee: readMoney('fee_cost', msg.fee_cost),
    postPosition: readCount('post_position', msg.post_position_fp, msg.post_position),
    outcomeSide: msg.outcome_side ?? msg.purchased_side ?? null,
    side: msg.side ?? null,
    action: msg.action ?? null,
    subaccount: msg.subaccount ?? null,
    exchangeTime: timeFromMilliseconds('ts_ms', msg.ts_ms) ?? timeFromSeconds('ts', msg.ts),
    ...envelope
  })
)

/** Born in February 2026, after the last change of units. */
export const readUserOrder = reader(
  frame(['user_order'], {
    order_id: z.string(),
    user_id: text,
    client_order_id: text,
    order_group_id: text,
    ticker,
    exchange_index: integer,
    status: z.string(),
    outcome_side: optionalSide,
    book_side: text,
    side: optionalSide,
    is_yes: flag,
    yes_price_dollars: decimal,
    initial_count_fp: decimal,
    remaining_count_fp: decimal,
    fill_count_fp: decimal,
    taker_fill_cost_dollars: decimal,
    maker_fill_cost_dollars: decimal,
    taker_fees_dollars: decimal,
    maker_fees_dollars: decimal,
    self_trade_prevention_type: text,
    last_update_reason: text,
    created_time: text,
    created_ts_ms: integer,
    last_update_time: text,
    last_updated_ts_ms: integer,
    expiration_time: text,
    expiration_ts_ms: integer,
    subaccount_number: integer
  }),
  ({ msg }, envelope, markets) => ({
    type: 'user_order',
    market: markets.add(msg.ticker),
    marketTicker: msg.ticker,
    orderId: msg.order_id,
    userId: msg.user_id ?? null,
    clientOrderId: msg.client_order_id ?? null,
    orderGroupId: msg.order_group_id ?? null,
    exchangeIndex: msg.exchange_index ?? null,
    status: msg.status,
    outcomeSide: msg.outcome_side ?? msg.side ?? null,
    yesPrice: required('yes_price_dollars', readPrice('yes_price', msg.yes_price_dollars)),
    initialCount: required('initial_count_fp', readCount('initial_count', msg.initial_count_fp)),
    remainingCount: required('remaining_count_fp', readCount('remaining_count', msg.remaining_count_fp)),
    fillCount: required('fill_count_fp', readCount('fill_count', msg.fill_count_fp)),
    takerFillCost: readMoney('taker_fill_cost', msg.taker_fill_cost_dollars),
    makerFillCost: readMoney('maker_fill_cost', msg.maker_fill_cost_dollars),
    takerFees: readMoney('taker_fees', msg.taker_fees_dollars),
    makerFees: readMoney('maker_fees', msg.maker_fees_dollars),
    selfTradePreventionType: msg.self_trade_prevention_type ?? null,
    lastUpdateReason: msg.last_update_reason ?? null,
    createdTime:
      timeFromText('created_time', msg.created_time) ?? timeFromMilliseconds('created_ts_ms', msg.created_ts_ms),
    lastUpdateTime:
      timeFromText('last_update_time', msg.last_update_time) ??
      timeFromMilliseconds('last_updated_ts_ms', msg.last_updated_ts_ms),
    expirationTime:
      timeFromText('expiration_time', msg.expiration_time) ??
      timeFromMilliseconds('expiration_ts_ms', msg.expiration_ts_ms),
    subaccount: msg.subaccount_number ?? null,
    ...envelope
  })
)

export const readMarketPosition = reader(
  frame(['market_position'], {
    user_id: text,
    market_ticker: ticker,
    market_id: text,
    position: integer,
    position_fp: decimal,
    position_cost: integer,
    position_cost_dollars: decimal,
    realized_pnl: integer,
    realized_pnl_dollars: decimal,
    fees_paid: integer,
    fees_paid_dollars: decimal,
    position_fee_cost: integer,
    position_fee_cost_dollars: decimal,
    volume: integer,
    volume_fp: decimal,
    subaccount: integer
  }),
  ({ msg }, envelope, markets) => ({
    type: 'market_position',
    market: markets.add(msg.market_ticker),
    marketTicker: msg.market_ticker,
    userId: msg.user_id ?? null,
    position: required('position_fp', readCount('position', msg.position_fp, msg.position)),
    positionCost: readMoney('position_cost', msg.position_cost_dollars, msg.position_cost),
    realizedPnl: readMoney('realized_pnl', msg.realized_pnl_dollars, msg.realized_pnl),
    feesPaid: readMoney('fees_paid', msg.fees_paid_dollars, msg.fees_paid),
    positionFeeCost: readMoney('position_fee_cost', msg.position_fee_cost_dollars, msg.position_fee_cost),
    volume: readCount('volume', msg.volume_fp, msg.volume),
    subaccount: msg.subaccount ?? null,
    ...envelope
  })
)

export const readOrderGroupUpdate = reader(
  frame(['order_group_updates'], {
    event_type: z.string(),
    order_group_id: z.string(),
    contracts_limit: integer,
    contracts_limit_fp: decimal,
    ts_ms: integer
  }),
  ({ msg }, envelope) => ({
    type: 'order_group_updates',
    eventType: msg.event_type,
    orderGroupId: msg.order_group_id,
    contractsLimit: readCount('contracts_limit', msg.contracts_limit_fp, msg.contracts_limit),
    exchangeTime: timeFromMilliseconds('ts_ms', msg.ts_ms),
    ...envelope
  })
)
