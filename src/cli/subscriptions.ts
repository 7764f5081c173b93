import { InvalidArgumentError } from 'commander'
import { KwsError } from '../core/errors.ts'
import { parametersOf } from '../live/channel-parameters.ts'
import type { Channel } from '../protocol/channels.ts'
import { CHANNELS, isChannel } from '../protocol/channels.ts'
import type { SubscribeCommand } from '../protocol/commands.ts'
import { parseList } from './values.ts'

type Parameters = SubscribeCommand['params']

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
