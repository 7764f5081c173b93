import { InvalidArgumentError } from 'commander'
import { KwsError } from '../core/errors.ts'
import { parametersOf } from '../live/channel-parameters.ts'
import type { WantedChannel } from '../live/wanted.ts'
import type { Channel } from '../protocol/channels.ts'
import { CHANNELS, isChannel } from '../protocol/channels.ts'
import type { LiveFlags } from './live-options.ts'
import { parseList } from './values.ts'

/** Of all markets. */
export const DEFAULT_CHANNELS: readonly Channel[] = ['ticker', 'trade', 'market_lifecycle_v2']

/** Order books too where markets are named, by whatever name. */
export function defaultChannels({ markets, series, events }: LiveFlags): readonly Channel[] {
  const areNamed = [markets, series, events].some(names => names !== undefined)
  return areNamed ? [...DEFAULT_CHANNELS, 'orderbook_delta'] : DEFAULT_CHANNELS
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
