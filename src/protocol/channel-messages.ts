import type { Channel } from './channels.ts'
import type { Message } from './messages.ts'
import type { QuoteAccepted, QuoteCreated, QuoteExecuted, RfqCreated, RfqDeleted } from './messages/communications.ts'
import type { Cfbenchmarks5hzValue, CfbenchmarksValue, PythValue } from './messages/index-feeds.ts'
import type { EventFeeUpdate, EventLifecycle, MarketLifecycle } from './messages/lifecycle.ts'
import type { OrderbookDelta, OrderbookSnapshot, Ticker, Trade } from './messages/market-data.ts'
import type { Fill, MarketPosition, OrderGroupUpdate, UserOrder } from './messages/private.ts'

/** Which messages each channel carries today (protocol reference, section 11), replies to commands apart. */
export interface ChannelMessages {
  readonly orderbook_delta: OrderbookSnapshot | OrderbookDelta
  readonly ticker: Ticker
  readonly trade: Trade
  readonly fill: Fill
  readonly market_positions: MarketPosition
  readonly market_lifecycle_v2: MarketLifecycle | EventLifecycle | EventFeeUpdate
  readonly multivariate_market_lifecycle: MarketLifecycle | EventLifecycle
  readonly communications: RfqCreated | RfqDeleted | QuoteCreated | QuoteAccepted | QuoteExecuted
  readonly order_group_updates: OrderGroupUpdate
  readonly user_orders: UserOrder
  readonly cfbenchmarks_value: CfbenchmarksValue
  readonly cfbenchmarks_value_5hz: Cfbenchmarks5hzValue
  readonly pyth_value: PythValue
}

export type ChannelMessage = ChannelMessages[Channel]

/** `event_lifecycle` comes on two channels: which one, only the `sid` tells. */
const CHANNEL_OF: Readonly<Record<ChannelMessage['type'], Channel>> = {
  orderbook_snapshot: 'orderbook_delta',
  orderbook_delta: 'orderbook_delta',
  ticker: 'ticker',
  trade: 'trade',
  fill: 'fill',
  market_position: 'market_positions',
  market_lifecycle_v2: 'market_lifecycle_v2',
  event_lifecycle: 'market_lifecycle_v2',
  event_fee_update: 'market_lifecycle_v2',
  multivariate_market_lifecycle: 'multivariate_market_lifecycle',
  rfq_created: 'communications',
  rfq_deleted: 'communications',
  quote_created: 'communications',
  quote_accepted: 'communications',
  quote_executed: 'communications',
  order_group_updates: 'order_group_updates',
  user_order: 'user_orders',
  cfbenchmarks_value: 'cfbenchmarks_value',
  cfbenchmarks_value_5hz: 'cfbenchmarks_value_5hz',
  pyth_value: 'pyth_value'
}

const CHANNELS_BY_TYPE: ReadonlyMap<string, Channel> = new Map(Object.entries(CHANNEL_OF))

/** Undefined for what is of no channel: replies, heartbeats, events of the connection. */
export function channelOf(type: Message['type']): Channel | undefined {
  return CHANNELS_BY_TYPE.get(type)
}

export function isChannelMessage(message: Message): message is ChannelMessage {
  return CHANNELS_BY_TYPE.has(message.type)
}
