import { expect, test } from 'vitest'
import { parseFault } from '../../src/exchange/faults/fault-language.ts'
import { errorCode } from '../../src/protocol/error-codes.ts'
import { PracticeClient, startExchange } from './practice-client.ts'

interface Refused {
  readonly code: number
  readonly reason: string
  /** The channel of the subscription, sid 1, that there is when the command comes. */
  readonly channel?: string
  readonly cmd: string
  /** TICKER and OTHER stand for two markets of the exchange; the subscription covers the first. */
  readonly params?: object
  /** Whether the error is part of the run of `seq` of the subscription. */
  readonly scoped?: boolean
  readonly marketsPerSubscriptionMax?: number
}

const subscribe = (code: number, reason: string, params?: object): Refused => ({
  code,
  reason,
  cmd: 'subscribe',
  ...(params !== undefined && { params })
})

const update = (code: number, reason: string, params: object, scoped = false): Refused => ({
  code,
  reason,
  cmd: 'update_subscription',
  params,
  scoped
})

const REFUSED: readonly Refused[] = [
  subscribe(1, 'channels that are no list', { channels: 'ticker' }),
  subscribe(1, 'params that are no object', []),
  subscribe(1, 'a market that is no text', { channels: ['ticker'], market_ticker: 7 }),
  subscribe(2, 'a subscribe without params'),
  { code: 2, reason: 'an unsubscribe without params', cmd: 'unsubscribe' },
  { code: 2, reason: 'an update without params', cmd: 'update_subscription' },
  subscribe(3, 'no channels', {}),
  subscribe(3, 'an empty list of channels', { channels: [] }),
  { code: 4, reason: 'channels in place of sids', cmd: 'unsubscribe', params: { channels: ['ticker'] } },
  { code: 5, reason: 'an unknown command', cmd: 'dance', params: {} },
  { code: 7, reason: 'an unknown sid to unsubscribe', cmd: 'unsubscribe', params: { sids: [77] } },
  update(7, 'an unknown sid to update', { sid: 77, action: 'add_markets' }),
  subscribe(8, 'a channel of the past', { channels: ['ticker', 'ticker_v2'] }),
  subscribe(9, 'a channel that is not granted', { channels: ['ticker', 'fill'] }),
  subscribe(11, 'one and many tickers', { channels: ['trade'], market_ticker: 'A', market_tickers: ['B'] }),
  subscribe(11, 'an id that is none', { channels: ['ticker'], market_id: 'A' }),
  subscribe(11, 'ids on a channel that has none', { channels: ['trade'], market_ids: [crypto.randomUUID()] }),
  subscribe(11, 'an unknown user filter', { channels: ['communications'], user_filter: 'others' }),
  update(
    11,
    'one and many tickers to add',
    { sid: 1, action: 'add_markets', market_ticker: 'A', market_tickers: [] },
    true
  ),
  update(12, 'two sids to update', { sids: [1, 2], action: 'add_markets' }),
  update(12, 'a sid and a list of them', { sid: 1, sids: [1], action: 'add_markets' }),
  update(12, 'no sid to update', { action: 'add_markets' }),
  update(13, 'an unknown action', { sid: 1, action: 'dance' }, true),
  update(13, 'an action of an index feed on a book', { sid: 1, action: 'indexlist' }, true),
  {
    ...update(13, 'a snapshot of trades', { sid: 1, action: 'get_snapshot', market_tickers: ['TICKER'] }, true),
    channel: 'trade'
  },
  {
    ...update(13, 'markets on the lifecycle channel', { sid: 1, action: 'add_markets', market_ticker: 'TICKER' }, true),
    channel: 'market_lifecycle_v2'
  },
  subscribe(14, 'a book without markets', { channels: ['orderbook_delta'] }),
  subscribe(14, 'a book of no markets', { channels: ['orderbook_delta'], market_tickers: [] }),
  update(14, 'an update without markets', { sid: 1, action: 'add_markets' }, true),
  update(14, 'a snapshot of no markets', { sid: 1, action: 'get_snapshot', market_tickers: [] }, true),
  update(15, 'an update without action', { sid: 1 }),
  subscribe(19, 'a shard factor of 0', { channels: ['communications'], shard_factor: 0, shard_key: 0 }),
  subscribe(20, 'a shard key without factor', { channels: ['communications'], shard_key: 1 }),
  subscribe(21, 'a shard key beyond the factor', { channels: ['communications'], shard_factor: 4, shard_key: 4 }),
  subscribe(22, 'a shard factor above 100', { channels: ['communications'], shard_factor: 101, shard_key: 0 }),
  {
    ...update(24, 'an update of an index feed without indices', { sid: 1, action: 'subscribe_indices' }, true),
    channel: 'cfbenchmarks_value'
  },
  {
    ...subscribe(26, 'too many markets', { channels: ['orderbook_delta'], market_tickers: ['TICKER', 'OTHER'] }),
    marketsPerSubscriptionMax: 1
  },
  {
    ...update(26, 'a market too many', { sid: 1, action: 'add_markets', market_ticker: 'OTHER' }, true),
    marketsPerSubscriptionMax: 1
  },
  {
    ...update(28, 'an update of a price feed without underlyings', { sid: 1, action: 'subscribe_underlyings' }, true),
    channel: 'pyth_value'
  }
]

/** The codes that no command earns here, and why. */
const NOT_EARNED: Readonly<Record<number, string>> = {
  6: 'retired: since October 2025 a repeated subscribe adds its markets',
  10: 'no command earns it: a fault sends it, see below',
  16: 'retired: about unknown markets the exchange is silent',
  17: 'retired',
  18: 'a timeout between the servers of the exchange, of which there is one here',
  23: 'no public channel takes match ids',
  25: 'reading too slowly earns it, not a command: a fault sends it, see below',
  27: 'the number of commands earns it, whatever they are, see below'
}

test('every code from 1 to 28 is earned by a command or has a reason why not', () => {
  const earned = new Set(REFUSED.map(({ code }) => code))
  const codes = Array.from({ length: 28 }, (_, index) => index + 1)
  expect(codes.filter(code => earned.has(code) === code in NOT_EARNED)).toEqual([])
})

test.each(REFUSED)('error $code answers $reason', async row => {
  const { code, channel = 'orderbook_delta', cmd, params, scoped = false, marketsPerSubscriptionMax } = row
  const permissions = {
    deniedChannels: new Set(['fill' as const]),
    ...(marketsPerSubscriptionMax !== undefined && { marketsPerSubscriptionMax })
  }
  const exchange = await startExchange({ rate: 0, permissions })
  const client = await PracticeClient.connect(exchange)
  const [ticker = '', other = ''] = exchange.tickers()
  await client.command('subscribe', { channels: [channel], market_tickers: [ticker] })
  await client.drain()
  const lastSeq = client.of(1).at(-1)?.seq ?? 0
  const named = JSON.stringify(params)?.replaceAll('TICKER', ticker).replaceAll('OTHER', other)
  const error = await client.command(cmd, named === undefined ? undefined : JSON.parse(named))
  expect(error).toMatchObject({ type: 'error', msg: { code, msg: errorCode(code)?.name } })
  expect([error.sid, error.seq]).toEqual(scoped ? [1, lastSeq + 1] : [undefined, undefined])
  const next = await client.command('unsubscribe', { sids: [1] })
  expect(next).toMatchObject({ type: 'unsubscribed', seq: lastSeq + (scoped ? 2 : 1) })
})

test.each(['no JSON', '[]', '3', '{"id":"x","cmd":7}'])('error 1 answers %s, without an id', async text => {
  const client = await PracticeClient.connect(await startExchange({ rate: 0 }))
  client.socket.send(text)
  const error = await client.until(() => true)
  expect(error).toMatchObject({ type: 'error', msg: { code: 1, msg: 'Unable to process message' } })
  expect(error).not.toHaveProperty('id')
})

test('error 1 answers a binary frame', async () => {
  const client = await PracticeClient.connect(await startExchange({ rate: 0 }))
  client.socket.send(Buffer.from('{"id":1,"cmd":"list_subscriptions"}'))
  expect(await client.until(() => true)).toMatchObject({ type: 'error', msg: { code: 1 } })
})

test('error 27 answers more commands than a second may bring', async () => {
  const exchange = await startExchange({ rate: 0, permissions: { commandsPerSecondMax: 3 } })
  const client = await PracticeClient.connect(exchange)
  for (let id = 1; id <= 10; id++) client.socket.send(JSON.stringify({ id, cmd: 'list_subscriptions' }))
  const error = await client.until(frame => frame.type === 'error')
  expect(error).toMatchObject({ id: 4, msg: { code: 27, msg: 'Too many requests' } })
})

test.each([10, 25])('error %d ends a subscription, which can be made anew', async code => {
  const faults = { faults: [parseFault(`error=${code} every 50ms`)], seed: 1, log: () => undefined }
  const client = await PracticeClient.connect(await startExchange({ rate: 0, faults }))
  await client.command('subscribe', { channels: ['trade'] })
  const error = await client.until(frame => frame.type === 'error')
  expect(error).toMatchObject({ sid: 1, seq: 1, msg: { code, msg: errorCode(code)?.name } })
  const again = await client.command('subscribe', { channels: ['trade'] })
  expect(again).toMatchObject({ type: 'subscribed', msg: { channel: 'trade', sid: 2 } })
})
