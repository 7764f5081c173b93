import type { QuoteAccepted, QuoteCreated, QuoteExecuted, RfqCreated, RfqDeleted } from './messages/communications.ts'
import type {
  CommandSent,
  ConnectionClosed,
  ConnectionFailed,
  ConnectionOpened,
  Heartbeat,
  Malformed,
  Ok,
  Rest,
  ServerError,
  Subscribed,
  Unknown,
  Unsubscribed
} from './messages/control.ts'
import type {
  Cfbenchmarks5hzValue,
  CfbenchmarksValue,
  IndexList,
  PythValue,
  UnderlyingList
} from './messages/index-feeds.ts'
import type { EventFeeUpdate, EventLifecycle, MarketLifecycle, MultivariateLookup } from './messages/lifecycle.ts'
import type { OrderbookDelta, OrderbookSnapshot, Ticker, TickerV2, Trade } from './messages/market-data.ts'
import type { Fill, MarketPosition, OrderGroupUpdate, UserOrder } from './messages/private.ts'

/** What the exchange says, one normalised shape per type, whatever era the frame is of. */
export type ServerMessage =
  | OrderbookSnapshot
  | OrderbookDelta
  | Ticker
  | TickerV2
  | Trade
  | MarketLifecycle
  | EventLifecycle
  | EventFeeUpdate
  | MultivariateLookup
  | Fill
  | UserOrder
  | MarketPosition
  | OrderGroupUpdate
  | RfqCreated
  | RfqDeleted
  | QuoteCreated
  | QuoteAccepted
  | QuoteExecuted
  | CfbenchmarksValue
  | Cfbenchmarks5hzValue
  | PythValue
  | IndexList
  | UnderlyingList
  | Subscribed
  | Ok
  | Unsubscribed
  | ServerError

/** A decoded frame of any kind. */
export type Message =
  | ServerMessage
  | CommandSent
  | ConnectionOpened
  | ConnectionClosed
  | ConnectionFailed
  | Heartbeat
  | Rest
  | Unknown
  | Malformed
