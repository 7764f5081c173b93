import type { Command } from '../protocol/commands.ts'
import { isTerminal } from '../protocol/error-codes.ts'
import type {
  CommandSent,
  ConnectionClosed,
  ConnectionFailed,
  Malformed,
  ServerError,
  Unknown,
  Unsubscribed
} from '../protocol/messages/control.ts'
import type { Deviation } from './irregularity.ts'
import type { MarketIndex } from './market-index.ts'
import type { MarketState } from './market-state.ts'
import type { Subscription, Subscriptions } from './subscriptions.ts'

/** What tells that books and tickers are not, or will not be, kept up to date. */
export type ControlMessage =
  CommandSent | ConnectionClosed | ConnectionFailed | Malformed | ServerError | Unknown | Unsubscribed

export function applyControl(
  message: ControlMessage,
  subscription: Subscription,
  subscriptions: Subscriptions,
  markets: MarketIndex
): Deviation | null {
  let deviation: Deviation | null = null
  switch (message.type) {
    case 'command':
      applyCommand(message.command, subscription.connection, subscriptions, markets)
      break
    case 'connection_closed':
    case 'connection_failed':
      subscriptions.close(subscription.connection)
      break
    case 'malformed':
      applyMalformed(message, subscription, markets)
      deviation = { type: 'malformed', wireType: message.wireType, reason: message.reason }
      break
    case 'error':
      if (message.sid !== null && isTerminal(message.code)) subscription.invalidate()
      deviation = { type: 'server_error', code: message.code, reason: message.reason }
      break
    case 'unknown':
      deviation = { type: 'unknown_type', wireType: message.wireType, reason: message.reason }
      break
    case 'unsubscribed':
      subscription.invalidate()
      break
  }
  return deviation
}

/** Markets that are taken out of a subscription get no more updates. Those named by id cannot be told. */
function applyCommand(command: Command, connection: number, subscriptions: Subscriptions, markets: MarketIndex): void {
  if (command.cmd !== 'update_subscription' || command.params.action !== 'delete_markets') return
  const { sid, sids = [], market_ticker: ticker, market_tickers: tickers = [] } = command.params
  for (const removed of ticker === undefined ? tickers : [ticker, ...tickers]) {
    const market = markets.find(removed)
    if (market === undefined) continue
    for (const from of sid === undefined ? sids : [sid, ...sids]) spoil(market, subscriptions.of(connection, from))
  }
}

function spoil({ bookOrigin, tickerOrigin }: MarketState, subscription: Subscription): void {
  if (bookOrigin.isFrom(subscription)) bookOrigin.spoil()
  if (tickerOrigin.isFrom(subscription)) tickerOrigin.spoil()
}

/**
 * An update was lost on the way. Whose and which kind, the frame tells unless that is lost too; a malformed trade has
 * cost the book nothing.
 */
function applyMalformed(message: Malformed, subscription: Subscription, markets: MarketIndex): void {
  const { wireType, marketTicker, sid } = message
  const mayBeOfBook = wireType === null || wireType.startsWith('orderbook_')
  if (marketTicker === null) {
    if (mayBeOfBook && sid !== null) subscription.invalidate()
    return
  }
  const market = markets.find(marketTicker)
  if (market === undefined) return
  const { bookOrigin, tickerOrigin } = market
  const isOwner = sid === null ? bookOrigin.isOfConnection(subscription.connection) : bookOrigin.isFrom(subscription)
  if (mayBeOfBook && isOwner) bookOrigin.spoil()
  if (wireType?.startsWith('ticker') === true && tickerOrigin.isFrom(subscription)) tickerOrigin.spoil()
}
