import { expect, test } from 'vitest'
import type { PracticeExchange } from '../../src/exchange/practice-exchange.ts'
import type { WireFrame } from './practice-client.ts'
import { PracticeClient, startExchange } from './practice-client.ts'

function seqsOf(frames: readonly WireFrame[]): (number | undefined)[] {
  return frames.map(frame => frame.seq)
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1)
}

function tickerOf({ msg }: WireFrame): string | undefined {
  return msg === undefined || Array.isArray(msg) ? undefined : msg.market_ticker
}

function eventTypeOf({ msg }: WireFrame): string | undefined {
  return msg === undefined || Array.isArray(msg) ? undefined : msg.event_type
}

/** Stops the markets, waits for all frames, and compares the folded books of the given markets with the truth. */
async function expectTrueBooks(
  exchange: PracticeExchange,
  client: PracticeClient,
  tickers: readonly string[],
  useYesPrice = false
): Promise<void> {
  exchange.pause()
  await client.drain()
  const books = client.books(1, useYesPrice)
  for (const ticker of tickers) expect(books.get(ticker)?.pairs()).toEqual(exchange.book(ticker))
  expect(seqsOf(client.of(1))).toEqual(upTo(client.of(1).length))
}

test('a subscription begins with its ack, then one snapshot per market, then deltas that fold to the book', async () => {
  const exchange = await startExchange()
  const client = await PracticeClient.connect(exchange)
  const tickers = exchange.tickers()
  const ack = await client.command('subscribe', { channels: ['orderbook_delta'], market_tickers: tickers })
  expect(ack).toMatchObject({ id: 1, type: 'subscribed', msg: { channel: 'orderbook_delta', sid: 1 } })
  expect(ack.sid).toBeUndefined()
  expect(ack.seq).toBeUndefined()
  await client.receive(500)
  expect(client.of(1).slice(0, 8).map(tickerOf)).toEqual(tickers)
  expect(
    new Set(
      client
        .of(1)
        .slice(0, 8)
        .map(frame => frame.type)
    )
  ).toEqual(new Set(['orderbook_snapshot']))
  await expectTrueBooks(exchange, client, tickers)
})

test('with use_yes_price NO levels arrive on the YES leg, from high to low', async () => {
  const exchange = await startExchange()
  const client = await PracticeClient.connect(exchange)
  const tickers = exchange.tickers()
  await client.command('subscribe', { channels: ['orderbook_delta'], market_tickers: tickers, use_yes_price: true })
  await client.receive(500)
  const first = client.of(1)[0]?.msg
  const asks = first === undefined || Array.isArray(first) ? [] : (first.no_dollars_fp ?? []).map(([price]) => price)
  expect(asks.length).toBeGreaterThan(1)
  expect(asks).toEqual([...asks].sort().reverse())
  await expectTrueBooks(exchange, client, tickers, true)
})

test('adding, removing and merging markets and asking for snapshots keeps one seq and true books', async () => {
  const exchange = await startExchange()
  const client = await PracticeClient.connect(exchange)
  const [a = '', b = '', c = '', d = ''] = exchange.tickers()
  await client.command('subscribe', { channels: ['orderbook_delta'], market_ticker: a })
  await client.receive(50)
  const added = await client.command('update_subscription', { sid: 1, action: 'add_markets', market_tickers: [b, c] })
  expect(added).toMatchObject({ type: 'ok', sid: 1, msg: { market_tickers: [a, b, c] } })
  await client.receive(100)
  const merged = await client.command('subscribe', { channels: ['orderbook_delta'], market_tickers: [a, d] })
  expect(merged).toMatchObject({ type: 'ok', sid: 1, msg: { market_tickers: [a, b, c, d] } })
  await client.receive(100)
  const asked = await client.command('update_subscription', { sid: 1, action: 'get_snapshot', market_tickers: [a] })
  expect(asked).toMatchObject({ type: 'orderbook_snapshot', sid: 1, msg: { market_ticker: a } })
  const removed = await client.command('update_subscription', {
    sids: [1],
    action: 'delete_markets',
    market_tickers: [b]
  })
  expect(removed).toMatchObject({ type: 'ok', sid: 1, msg: { market_tickers: [a, c, d] } })
  await client.receive(200)
  const after = client.of(1).filter(frame => (frame.seq ?? 0) > (removed.seq ?? 0))
  expect(after.length).toBeGreaterThan(100)
  expect(after.map(tickerOf)).not.toContain(b)
  const snapshots = client.of(1).filter(frame => frame.type === 'orderbook_snapshot')
  expect(snapshots.map(tickerOf)).toEqual([a, b, c, d, a])
  await expectTrueBooks(exchange, client, [a, c, d])
})

test('each channel has a sid of its own; tickers carry no seq and trades do', async () => {
  const exchange = await startExchange()
  const client = await PracticeClient.connect(exchange)
  await client.command('subscribe', { channels: ['ticker', 'trade'] })
  await client.receive(200)
  const list = await client.command('list_subscriptions')
  expect(list.msg).toEqual([
    { channel: 'ticker', sid: 1 },
    { channel: 'trade', sid: 2 }
  ])
  const trades = client.of(2)
  expect(seqsOf(trades)).toEqual(upTo(trades.length))
  expect(new Set(seqsOf(client.of(1)))).toEqual(new Set([undefined]))
  expect(new Set(client.of(1).map(tickerOf)).size).toBeGreaterThan(2)
})

test('a ticker subscription to some markets gets only those, at once if it asks to', async () => {
  const exchange = await startExchange({ rate: 0 })
  const client = await PracticeClient.connect(exchange)
  const [a = '', b = ''] = exchange.tickers()
  await client.command('subscribe', { channels: ['ticker'], market_tickers: [a], send_initial_snapshot: true })
  await client.drain()
  expect(client.of(1).map(tickerOf)).toEqual([a])
  const ok = await client.command('update_subscription', { sid: 1, action: 'add_markets', market_ticker: b })
  expect(ok).toMatchObject({ type: 'ok', sid: 1, msg: { market_tickers: [a, b] } })
  expect(ok.seq).toBeUndefined()
})

test('skip_ticker_ack leaves the markets out of every later ok', async () => {
  const exchange = await startExchange({ rate: 0 })
  const client = await PracticeClient.connect(exchange)
  const [a = '', b = ''] = exchange.tickers()
  await client.command('subscribe', { channels: ['orderbook_delta'], market_ticker: a, skip_ticker_ack: true })
  const ok = await client.command('update_subscription', { sid: 1, action: 'add_markets', market_tickers: [b] })
  expect(ok).toMatchObject({ type: 'ok', sid: 1, seq: 2, msg: {} })
  expect(ok.msg).toEqual({})
})

test('an unsubscribed sid is silent and never used again', async () => {
  const exchange = await startExchange()
  const client = await PracticeClient.connect(exchange)
  await client.command('subscribe', { channels: ['trade', 'ticker'] })
  await client.receive(100)
  const reply = await client.command('unsubscribe', { sids: [1] })
  expect(reply).toMatchObject({ type: 'unsubscribed', sid: 1, seq: client.of(1).length })
  expect(reply.msg).toBeUndefined()
  await client.receive(50)
  expect(client.of(1).at(-1)).toEqual(reply)
  const again = await client.command('subscribe', { channels: ['trade'] })
  expect(again).toMatchObject({ type: 'subscribed', msg: { channel: 'trade', sid: 3 } })
})

test('private channels can be subscribed to and stay silent', async () => {
  const exchange = await startExchange()
  const client = await PracticeClient.connect(exchange)
  const channels = ['fill', 'user_orders', 'market_positions', 'communications', 'order_group_updates']
  await client.command('subscribe', { channels })
  await client.command('subscribe', { channels: ['trade'] })
  await client.until(frame => frame.type === 'trade')
  const others = client.frames.filter(frame => frame.type !== 'trade')
  expect(others.map(frame => frame.type)).toEqual(Array.from({ length: 6 }, () => 'subscribed'))
})

test('unknown markets are met with silence', async () => {
  const exchange = await startExchange({ rate: 0 })
  const client = await PracticeClient.connect(exchange)
  const [a = ''] = exchange.tickers()
  await client.command('subscribe', { channels: ['orderbook_delta'], market_tickers: ['KXNOWHERE-1', a] })
  await client.drain()
  expect(client.of(1).map(tickerOf)).toEqual([a])
})

test('a closed market is emptied, determined and settled, and leaves the subscription', async () => {
  const exchange = await startExchange({ roundLength: 400 })
  const client = await PracticeClient.connect(exchange)
  await client.command('subscribe', { channels: ['market_lifecycle_v2'] })
  await client.command('subscribe', { channels: ['orderbook_delta'], market_tickers: exchange.tickers() })
  const settled = await client.until(frame => eventTypeOf(frame) === 'settled')
  const ticker = tickerOf(settled)
  const told = client.frames.filter(frame => tickerOf(frame) === ticker)
  expect(told.at(-1)).toEqual(settled)
  expect(told.some(frame => eventTypeOf(frame) === 'determined')).toBe(true)
  const emptied = told.findLast(frame => frame.type === 'orderbook_snapshot')
  expect(emptied).toMatchObject({ sid: 2 })
  expect(emptied?.msg).not.toHaveProperty('yes_dollars_fp')
  const params = { sid: 2, action: 'delete_markets', market_ticker: ticker }
  const ok = await client.command('update_subscription', params)
  expect(ok).toMatchObject({ type: 'ok', msg: { market_tickers: expect.not.arrayContaining([ticker]) } })
})

test('a market that is created during a run can be added and its book is true', async () => {
  const exchange = await startExchange({ roundLength: 1_000 })
  const client = await PracticeClient.connect(exchange)
  const [first = ''] = exchange.tickers()
  await client.command('subscribe', { channels: ['orderbook_delta'], market_ticker: first })
  await client.command('subscribe', { channels: ['market_lifecycle_v2'] })
  const created = await client.until(frame => eventTypeOf(frame) === 'created')
  const ticker = tickerOf(created) ?? ''
  expect(created.msg).toMatchObject({ additional_metadata: { event_ticker: ticker.replace(/-T0$/, '') } })
  await client.command('update_subscription', { sid: 1, action: 'add_markets', market_ticker: ticker })
  await client.until(frame => tickerOf(frame) === ticker && frame.type === 'orderbook_delta')
  await expectTrueBooks(exchange, client, [ticker])
})
