import { KwsError } from '../core/errors.ts'
import type { Channel } from '../protocol/channels.ts'
import { CHANNELS, isChannel } from '../protocol/channels.ts'
import type { WantedChannel } from './wanted.ts'

/**
 * What each channel must or may be told besides its name (protocol reference, section 5.1); `markets` null for all.
 * Channels that cannot be cut down to some markets are wanted as a whole.
 */
export function parametersOf(channel: Channel, markets: ReadonlySet<string> | null): Omit<WantedChannel, 'channel'> {
  switch (channel) {
    case 'orderbook_delta':
      // Always said, since frames carry no mark of it and the exchange plans to change the default.
      return { params: { use_yes_price: false }, markets }
    case 'ticker':
      return { params: markets === null ? {} : { send_initial_snapshot: true }, markets }
    case 'trade':
    case 'fill':
    case 'market_positions':
    case 'user_orders':
      return { params: {}, markets }
    case 'cfbenchmarks_value':
    case 'cfbenchmarks_value_5hz':
      return { params: { index_ids: ['all'] }, markets: null }
    case 'pyth_value':
      return { params: { underlying_tickers: ['all'] }, markets: null }
    case 'market_lifecycle_v2':
    case 'multivariate_market_lifecycle':
    case 'communications':
    case 'order_group_updates':
      return { params: {}, markets: null }
  }
}

/** Whether the exchange sends the messages of some markets alone. */
export function takesMarkets(channel: Channel): boolean {
  return parametersOf(channel, new Set()).markets !== null
}

/** Throws a `KwsError` where a subscription cannot be meant so. A program may be JavaScript, where no type has been checked. */
export function checkSubscription(channel: string, tickers: unknown): void {
  if (!isChannel(channel)) {
    throw new KwsError('usage', `there is no channel ${channel}; there are ${CHANNELS.join(', ')}`)
  }
  if (channel === 'orderbook_delta' && tickers === undefined) {
    throw new KwsError('usage', 'the exchange has no order books of all markets at once: give marketTickers')
  }
  if (tickers !== undefined && (!Array.isArray(tickers) || tickers.length === 0)) {
    throw new KwsError('usage', `marketTickers of ${channel} must be a list of one or more, or be left out for all`)
  }
}
