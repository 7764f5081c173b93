/** What can be subscribed to (protocol reference, section 5.1). A channel carries several message types. */
export const CHANNELS = [
  'orderbook_delta',
  'ticker',
  'trade',
  'fill',
  'market_positions',
  'market_lifecycle_v2',
  'multivariate_market_lifecycle',
  'communications',
  'order_group_updates',
  'user_orders',
  'cfbenchmarks_value',
  'cfbenchmarks_value_5hz',
  'pyth_value'
] as const

export type Channel = (typeof CHANNELS)[number]

export function isChannel(name: string): name is Channel {
  return (CHANNELS as readonly string[]).includes(name)
}
