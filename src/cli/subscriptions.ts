import { InvalidArgumentError } from 'commander'
import { KwsError } from '../core/errors.ts'
import type { WantedChannel } from '../live/wanted.ts'
import type { Channel } from '../protocol/channels.ts'
import { CHANNELS, isChannel } from '../protocol/channels.ts'
import { parseList } from './values.ts'

/** What each channel must or may be told besides its name (protocol reference, section 5.1). */
function parametersOf(channel: Channel, markets: ReadonlySet<string> | null): Omit<WantedChannel, 'channel'> {
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

/** What to subscribe to on these channels; `markets` null for all markets. */
export function wantedChannels(channels: readonly Channel[], markets: ReadonlySet<string> | null): WantedChannel[] {
  if (channels.includes('orderbook_delta') && markets === null) {
    throw new KwsError(
      'usage',
      'the exchange has no order books of all markets at once: name some with --markets, --series or --events'
    )
  }
  return channels.map(channel => ({ channel, ...parametersOf(channel, markets) }))
}

export function parseChannels(text: string): Channel[] {
  return parseList(text).map(name => {
    if (!isChannel(name))
      throw new InvalidArgumentError(`there is no channel ${name}; there are ${CHANNELS.join(', ')}.`)
    return name
  })
}
