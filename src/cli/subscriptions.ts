import { InvalidArgumentError } from 'commander'
import { KwsError } from '../core/errors.ts'
import type { Channel } from '../protocol/channels.ts'
import { CHANNELS, isChannel } from '../protocol/channels.ts'
import type { SubscribeCommand } from '../protocol/commands.ts'
import { parseList } from './values.ts'

type Parameters = SubscribeCommand['params']

/** What each channel must or may be told besides its name (protocol reference, section 5.1). */
function parametersOf(channel: Channel, markets: readonly string[]): Omit<Parameters, 'channels'> {
  const ofMarkets = markets.length === 0 ? {} : { market_tickers: [...markets] }
  switch (channel) {
    case 'orderbook_delta':
      // Always said, since frames carry no mark of it and the exchange plans to change the default.
      return { ...ofMarkets, use_yes_price: false }
    case 'ticker':
      return markets.length === 0 ? {} : { ...ofMarkets, send_initial_snapshot: true }
    case 'trade':
    case 'fill':
    case 'market_positions':
    case 'user_orders':
      return ofMarkets
    case 'cfbenchmarks_value':
    case 'cfbenchmarks_value_5hz':
      return { index_ids: ['all'] }
    case 'pyth_value':
      return { underlying_tickers: ['all'] }
    case 'market_lifecycle_v2':
    case 'multivariate_market_lifecycle':
    case 'communications':
    case 'order_group_updates':
      return {}
  }
}

/** One subscribe command a channel. */
export function subscriptionsFor(channels: readonly Channel[], markets: readonly string[]): Parameters[] {
  if (channels.includes('orderbook_delta') && markets.length === 0) {
    throw new KwsError('usage', 'the exchange has no order books of all markets at once: name some with --markets')
  }
  return channels.map(channel => ({ channels: [channel], ...parametersOf(channel, markets) }))
}

export function parseChannels(text: string): Channel[] {
  return parseList(text).map(name => {
    if (!isChannel(name))
      throw new InvalidArgumentError(`there is no channel ${name}; there are ${CHANNELS.join(', ')}.`)
    return name
  })
}
