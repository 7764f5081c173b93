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
import type { EventFeeUpdate, EventLifecycle, MarketLifecycle, MultivariateLookup } from './messages/lifecycle.ts'
import type { OrderbookDelta, OrderbookSnapshot, Ticker, TickerV2, Trade } from './messages/market-data.ts'

/** A decoded frame: one normalised shape per type, whatever era the frame is of. */
export type Message =
  | OrderbookSnapshot
  | OrderbookDelta
  | Ticker
  | TickerV2
  | Trade
  | MarketLifecycle
  | EventLifecycle
  | EventFeeUpdate
  | MultivariateLookup
  | Subscribed
  | Ok
  | Unsubscribed
  | ServerError
  | CommandSent
  | ConnectionOpened
  | ConnectionClosed
  | ConnectionFailed
  | Heartbeat
  | Rest
  | Unknown
  | Malformed
