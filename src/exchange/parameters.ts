import type { Channel } from '../protocol/channels.ts'
import { isChannel } from '../protocol/channels.ts'
import type { SubscribeCommand, UpdateSubscriptionCommand } from '../protocol/commands.ts'
import type { MarketSource } from './market-source.ts'
import type { Shard } from './subscription.ts'
import { scopeOf } from './subscription.ts'

type SubscribeParameters = SubscribeCommand['params']
type UpdateParameters = UpdateSubscriptionCommand['params']

/** What a connection may ask for. */
export interface Permissions {
  /** Channels that are not granted: error 9. */
  readonly deniedChannels: ReadonlySet<Channel>
  /** More in one subscription earn error 26. */
  readonly marketsPerSubscriptionMax: number
  /** More commands within a second earn error 27. */
  readonly commandsPerSecondMax: number
}

const SHARD_FACTOR_MAX = 100
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The error that a subscribe earns whatever the exchange's state is (protocol reference, section 7). */
export function errorOfSubscribe(params: SubscribeParameters, { deniedChannels }: Permissions): number | undefined {
  if (params.channels.some(name => !isChannel(name))) return 8
  const channels = channelsOf(params)
  if (channels.some(channel => deniedChannels.has(channel))) return 9
  const { user_filter: userFilter } = params
  if (userFilter !== undefined && userFilter !== '' && userFilter !== 'self') return 11
  if (!areMarketsClear(params) || (marketIdsOf(params).length > 0 && channels.some(channel => channel !== 'ticker'))) {
    return 11
  }
  if (channels.includes('orderbook_delta') && !namesMarkets(params)) return 14
  return errorOfShard(params)
}

/** The error that an update of a subscription of a channel earns. */
export function errorOfUpdate(params: UpdateParameters, channel: Channel): number | undefined {
  const scope = scopeOf(channel)
  switch (params.action) {
    case 'add_markets':
    case 'delete_markets':
      if (scope !== 'markets') return 13
      if (!areMarketsClear(params) || (marketIdsOf(params).length > 0 && channel !== 'ticker')) return 11
      return namesMarkets(params) ? undefined : 14
    case 'get_snapshot':
      if (channel !== 'orderbook_delta') return 13
      if (!areMarketsClear(params) || marketIdsOf(params).length > 0) return 11
      return namesMarkets(params) ? undefined : 14
    case 'subscribe_indices':
    case 'unsubscribe_indices':
      if (scope !== 'indices') return 13
      return isNamed(params.index_ids) ? undefined : 24
    case 'indexlist':
      return scope === 'indices' ? undefined : 13
    case 'subscribe_underlyings':
    case 'unsubscribe_underlyings':
      if (scope !== 'underlyings') return 13
      return isNamed(params.underlying_tickers) ? undefined : 28
    case 'underlying_list':
      return scope === 'underlyings' ? undefined : 13
    default:
      return 13
  }
}

/** Without those that were asked for twice; unknown names are left out. */
export function channelsOf({ channels }: SubscribeParameters): readonly Channel[] {
  return [...new Set(channels.filter(isChannel))]
}

/** The part that was asked for; undefined for the whole. */
export function shardOf({ shard_factor: factor, shard_key: key = 0 }: SubscribeParameters): Shard | undefined {
  return factor === undefined ? undefined : { factor, key }
}

/**
 * What a command for a channel names; undefined for all. About markets that it does not know the exchange is silent, so
 * they are left out. An index feed stays silent until something is named (section 5.1).
 */
export function subjectsOf(
  params: SubscribeParameters | UpdateParameters,
  channel: Channel,
  source: MarketSource
): readonly string[] | undefined {
  switch (scopeOf(channel)) {
    case 'markets':
      return namesMarkets(params) ? knownMarketsOf(params, source) : undefined
    case 'indices':
      return allOr(params.index_ids)
    case 'underlyings':
      return allOr(params.underlying_tickers)
    case undefined:
      return undefined
  }
}

function errorOfShard({ shard_factor: factor, shard_key: key }: SubscribeParameters): number | undefined {
  if (factor === undefined) return key === undefined ? undefined : 20
  if (factor <= 0) return 19
  if (factor > SHARD_FACTOR_MAX) return 22
  return key !== undefined && (key < 0 || key >= factor) ? 21 : undefined
}

interface MarketParameters {
  readonly market_ticker?: string | undefined
  readonly market_tickers?: readonly string[] | undefined
  readonly market_id?: string | undefined
  readonly market_ids?: readonly string[] | undefined
}

/** One form excludes the others, and ids must look like ids. */
function areMarketsClear(params: MarketParameters): boolean {
  const { market_ticker, market_tickers, market_id, market_ids } = params
  const forms = [market_ticker, market_tickers, market_id, market_ids].filter(form => form !== undefined)
  return forms.length <= 1 && marketIdsOf(params).every(id => UUID.test(id))
}

function namesMarkets(params: MarketParameters): boolean {
  return tickersOf(params).length + marketIdsOf(params).length > 0
}

function knownMarketsOf(params: MarketParameters, source: MarketSource): readonly string[] {
  const ids = marketIdsOf(params).map(id => source.tickerOf(id))
  return [...tickersOf(params), ...ids.filter(ticker => ticker !== undefined)].filter(ticker => source.has(ticker))
}

function tickersOf({ market_ticker, market_tickers }: MarketParameters): readonly string[] {
  return market_ticker === undefined ? (market_tickers ?? []) : [market_ticker]
}

function marketIdsOf({ market_id, market_ids }: MarketParameters): readonly string[] {
  return market_id === undefined ? (market_ids ?? []) : [market_id]
}

function isNamed(names: readonly string[] | undefined): boolean {
  return names !== undefined && names.length > 0
}

function allOr(names: readonly string[] | undefined): readonly string[] | undefined {
  return names?.includes('all') === true ? undefined : (names ?? [])
}
