import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { describe, expect, expectTypeOf, it, onTestFinished, vi } from 'vitest'
import { WebSocketServer } from 'ws'
import { systemClock } from '../src/core/clock.ts'
import { Authenticator } from '../src/exchange/authentication.ts'
import type { ChannelMessage, LiveEvent } from '../src/index.ts'
import { KalshiWebSocket } from '../src/index.ts'
import type { EventFeeUpdate, EventLifecycle, MarketLifecycle } from '../src/protocol/messages/lifecycle.ts'
import type { OrderbookDelta, OrderbookSnapshot, Ticker, Trade } from '../src/protocol/messages/market-data.ts'
import type { Fill } from '../src/protocol/messages/private.ts'
import { startExchange } from './exchange/practice-client.ts'
import { bookOf, eventsOf, SOON, socketTo, startFaulty } from './kalshi-socket.ts'

describe('types', () => {
  it('follow from the channel', () => {
    const socket = new KalshiWebSocket({ url: 'ws://127.0.0.1:1/' })
    socket.subscribeTicker({ onUpdate: message => expectTypeOf(message).toEqualTypeOf<Ticker>() })
    socket.subscribeTrades({ onUpdate: message => expectTypeOf(message).toEqualTypeOf<Trade>() })
    socket.subscribeOrderbookDelta({
      marketTickers: ['A'],
      onUpdate: message => expectTypeOf(message).toEqualTypeOf<OrderbookSnapshot | OrderbookDelta>()
    })
    socket.subscribeMarketLifecycle({
      onUpdate: message => expectTypeOf(message).toEqualTypeOf<MarketLifecycle | EventLifecycle | EventFeeUpdate>()
    })
    socket.subscribe('fill', { onUpdate: message => expectTypeOf(message).toEqualTypeOf<Fill>() })
    socket.subscribe('fill', { onUpdate: async () => {} })
    // @ts-expect-error -- order books are of named markets
    expect(() => socket.subscribeOrderbookDelta({})).toThrow('give marketTickers')
    // @ts-expect-error -- there is no such channel
    expect(() => socket.subscribe('fills')).toThrow('there is no channel fills; there are orderbook_delta, ticker,')
    // @ts-expect-error -- a ticker has no side
    socket.subscribeTicker({ onUpdate: message => message.side })
    expectTypeOf(socket).toExtend<AsyncIterable<ChannelMessage>>()
  })
})

describe('connection', () => {
  it('comes back after it was cut, with all subscriptions', async () => {
    const exchange = await startFaulty('drop#0@100ms')
    const [market = ''] = exchange.tickers()
    const events: LiveEvent[] = []
    const socket = socketTo(exchange, { onEvent: event => events.push(event) })
    socket.subscribeOrderbookDelta({ marketTickers: [market] })
    const running = socket.runForever()
    await vi.waitFor(() => expect(eventsOf(events, 'reconnect')).toHaveLength(1), SOON)
    exchange.pause()
    await vi.waitFor(() => expect(bookOf(socket, market)).toEqual(exchange.book(market)), SOON)
    await socket.close()
    await running
    expect(events.map(({ type }) => type)).toEqual(['connected', 'disconnected', 'connected', 'reconnect'])
    expect(socket.counters.reconnects).toBe(1)
  })

  it('repairs gaps, and tells of them', async () => {
    const exchange = await startFaulty('skip-seq:0.01')
    const markets = exchange.tickers().slice(0, 3)
    const events: LiveEvent[] = []
    const irregular = new Set<string>()
    const socket = socketTo(exchange, {
      onEvent: event => events.push(event),
      onIrregularity: ({ type }) => irregular.add(type)
    })
    socket.subscribeOrderbookDelta({ marketTickers: markets })
    const running = socket.runForever()
    await vi.waitFor(() => expect(eventsOf(events, 'repaired').length).toBeGreaterThan(1), SOON)
    await socket.close()
    await running
    expect(eventsOf(events, 'gap')[0]).toMatchObject({ channel: 'orderbook_delta', lost: 1 })
    expect(eventsOf(events, 'repaired')[0]).toMatchObject({ by: 'get_snapshot', markets: 3 })
    expect(irregular.has('gap')).toBe(true)
  })

  it('that is lost ends the run where it shall not come back', async () => {
    const exchange = await startFaulty('close=1012@50ms')
    const socket = socketTo(exchange, { autoReconnect: false })
    socket.subscribeTicker()
    await expect(socket.runForever()).rejects.toThrow(/^connection to ws:.* was closed with code 1012/)
    await expect(socket.runForever()).rejects.toThrow('the socket has been closed: make a new one')
  })

  it('is given up after as many attempts as are allowed', async () => {
    const exchange = await startFaulty('drop@50ms', 'refuse=503:0.999')
    const events: LiveEvent[] = []
    const socket = socketTo(exchange, { maxReconnectAttempts: 3, onEvent: event => events.push(event) })
    await expect(socket.runForever()).rejects.toThrow('HTTP 503')
    expect(eventsOf(events, 'connect_failed')).toHaveLength(3)
  })

  it('is authenticated by key id and private key', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const spki = publicKey.export({ type: 'spki', format: 'pem' }).toString()
    const authenticator = new Authenticator('key-1', spki, systemClock())
    const exchange = await startExchange({ authenticator })
    await using socket = new KalshiWebSocket({ url: exchange.url, keyId: 'key-1', privateKey: pem })
    await socket.connect()
    expect(exchange.counters.connections).toBe(1)
    const stranger = socketTo(exchange, { keyId: 'key-2', privateKey: pem })
    await expect(stranger.connect()).rejects.toThrow(/HTTP 401: check that the key id and private key belong together/)
  })

  it('is closed at the end of its scope, in order', async () => {
    const exchange = await startExchange()
    {
      await using socket = new KalshiWebSocket({ url: exchange.url })
      socket.subscribeTicker()
      await socket.connect()
      await socket.connect()
      expect(exchange.counters.connections).toBe(1)
    }
    await vi.waitFor(() => expect(exchange.counters.connections).toBe(0), SOON)
  })

  it('may be closed while it is still being made, or before', async () => {
    const exchange = await startExchange({ refuseUpgrade: { status: 503 } })
    const onEvent = vi.fn<(event: LiveEvent) => void>()
    const socket = socketTo(exchange, { onEvent })
    const running = socket.runForever()
    const connecting = socket.connect()
    await vi.waitFor(() => expect(onEvent).toHaveBeenCalled(), SOON)
    await Promise.all([socket.close(), expect(connecting).rejects.toThrow('stopped before it was open')])
    await running
    const other = socketTo(exchange)
    await other.close()
    await expect(other.connect()).rejects.toThrow('the socket has been closed: make a new one')
  })
})

describe('wrong use', () => {
  it('is told in one line', async () => {
    expect(() => new KalshiWebSocket()).toThrow(
      'external-api-ws.kalshi.com needs credentials: give keyId and privateKey'
    )
    expect(() => new KalshiWebSocket({ environment: 'demo', keyId: 'key-1' })).toThrow(
      /demo.kalshi.co needs credentials/
    )
    expect(() => new KalshiWebSocket({ url: 'http://127.0.0.1/' })).toThrow('is no WebSocket URL')
    const exchange = await startExchange()
    const socket = socketTo(exchange)
    expect(() => socket.subscribeTicker({ marketTickers: [] })).toThrow(
      /^marketTickers of ticker must be a list of one/
    )
    // @ts-expect-error -- one ticker is no list
    expect(() => socket.subscribeTicker({ marketTickers: 'KXTEST-A' })).toThrow(/must be a list of one or more/)
    const running = socket.runForever()
    await expect(socket.runForever()).rejects.toThrow('the socket is being read already')
    await expect(socket[Symbol.asyncIterator]().next()).rejects.toThrow('the socket is being read already')
    await socket.close()
    await running
  })
})

it('tells the events of combinations apart from all others by their subscription', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => {
    for (const client of server.clients) client.terminate()
    server.close()
  })
  server.on('connection', client => {
    client.on('message', (data: Buffer) => {
      const { id, params } = JSON.parse(data.toString()) as { id: number; params: { channels?: string[] } }
      const channel = params.channels?.[0]
      if (channel === undefined) return
      client.send(JSON.stringify({ id, type: 'subscribed', msg: { channel, sid: id } }))
      const msg = { event_ticker: `OF-${channel}`, title: 'T', subtitle: 'S', series_ticker: 'OF', exchange_index: 0 }
      client.send(
        JSON.stringify({ type: 'event_lifecycle', sid: id, seq: 1, msg: { ...msg, collateral_return_type: '' } })
      )
    })
  })
  await once(server, 'listening')
  const socket = socketTo({ url: `ws://127.0.0.1:${(server.address() as { port: number }).port}/` })
  const seen: string[] = []
  socket.subscribe('multivariate_market_lifecycle', {
    onUpdate: message => void seen.push(`combination ${message.type === 'event_lifecycle' ? message.eventTicker : ''}`)
  })
  socket.subscribeMarketLifecycle({
    onUpdate: message => void seen.push(`other ${message.type === 'event_lifecycle' ? message.eventTicker : ''}`)
  })
  const running = socket.runForever()
  await vi.waitFor(() => expect(seen).toHaveLength(2), SOON)
  await socket.close()
  await running
  expect(seen.sort()).toEqual(['combination OF-multivariate_market_lifecycle', 'other OF-market_lifecycle_v2'])
})
