import type { Channel } from '../protocol/channels.ts'
import type { SubscribeCommand } from '../protocol/commands.ts'

type Parameters = SubscribeCommand['params']

/** What each channel must or may be told besides its name (protocol reference, section 5.1). */
export function parametersOf(channel: Channel, markets: readonly string[]): Omit<Parameters, 'channels'> {
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
