import { expect, test } from 'vitest'
import { PracticeClient, startExchange } from './practice-client.ts'

interface Refused {
  readonly code: number
  readonly reason: string
  readonly cmd: string
  readonly params?: object
  /** Whether the error is part of the run of `seq` of the subscription. */
  readonly scoped?: boolean
}

const REFUSED: readonly Refused[] = [
  { code: 1, reason: 'a field of the wrong type', cmd: 'subscribe', params: { channels: 'ticker' } },
  { code: 2, reason: 'a subscribe without params', cmd: 'subscribe' },
  { code: 2, reason: 'an unsubscribe without params', cmd: 'unsubscribe' },
  { code: 3, reason: 'no channels', cmd: 'subscribe', params: {} },
  { code: 3, reason: 'an empty list of channels', cmd: 'subscribe', params: { channels: [] } },
  { code: 4, reason: 'channels in place of sids', cmd: 'unsubscribe', params: { channels: ['ticker'] } },
  { code: 5, reason: 'an unknown command', cmd: 'dance', params: {} },
  { code: 7, reason: 'an unknown sid to unsubscribe', cmd: 'unsubscribe', params: { sids: [77] } },
  {
    code: 7,
    reason: 'an unknown sid to update',
    cmd: 'update_subscription',
    params: { sid: 77, action: 'add_markets' }
  },
  { code: 8, reason: 'a channel of the past', cmd: 'subscribe', params: { channels: ['ticker', 'ticker_v2'] } },
  {
    code: 11,
    reason: 'one and many tickers',
    cmd: 'subscribe',
    params: { channels: ['trade'], market_ticker: 'A', market_tickers: ['B'] }
  },
  {
    code: 12,
    reason: 'two sids to update',
    cmd: 'update_subscription',
    params: { sids: [1, 2], action: 'add_markets' }
  },
  { code: 12, reason: 'no sid to update', cmd: 'update_subscription', params: { action: 'add_markets' } },
  {
    code: 13,
    reason: 'an unknown action',
    cmd: 'update_subscription',
    params: { sid: 1, action: 'dance' },
    scoped: true
  },
  { code: 14, reason: 'a book without markets', cmd: 'subscribe', params: { channels: ['orderbook_delta'] } },
  {
    code: 14,
    reason: 'an update without markets',
    cmd: 'update_subscription',
    params: { sid: 1, action: 'add_markets' },
    scoped: true
  },
  { code: 15, reason: 'an update without action', cmd: 'update_subscription', params: { sid: 1 } }
]

test.each(REFUSED)('error $code answers $reason', async ({ code, cmd, params, scoped = false }) => {
  const exchange = await startExchange({ rate: 0 })
  const client = await PracticeClient.connect(exchange)
  const [ticker = ''] = exchange.tickers()
  await client.command('subscribe', { channels: ['orderbook_delta'], market_tickers: [ticker] })
  const error = await client.command(cmd, params)
  expect(error).toMatchObject({ type: 'error', msg: { code, msg: expect.stringMatching(/^[A-Z]/) } })
  expect([error.sid, error.seq]).toEqual(scoped ? [1, 2] : [undefined, undefined])
  const next = await client.command('unsubscribe', { sids: [1] })
  expect(next).toMatchObject({ type: 'unsubscribed', seq: scoped ? 3 : 2 })
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

test('a snapshot can be asked of a book only', async () => {
  const exchange = await startExchange({ rate: 0 })
  const client = await PracticeClient.connect(exchange)
  await client.command('subscribe', { channels: ['trade', 'market_lifecycle_v2'] })
  const params = { market_tickers: exchange.tickers() }
  const ofTrades = await client.command('update_subscription', { sid: 1, action: 'get_snapshot', ...params })
  expect(ofTrades).toMatchObject({ type: 'error', sid: 1, seq: 1, msg: { code: 13 } })
  const ofLifecycle = await client.command('update_subscription', { sid: 2, action: 'add_markets', ...params })
  expect(ofLifecycle).toMatchObject({ type: 'error', sid: 2, seq: 1, msg: { code: 13 } })
})
