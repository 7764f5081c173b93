import { once } from 'node:events'
import { expect, onTestFinished, test, vi } from 'vitest'
import { WebSocketServer } from 'ws'
import { systemClock } from '../../src/core/clock.ts'
import type { FrameSink } from '../../src/core/frame.ts'
import { frameAt } from '../../src/core/frame.ts'
import type { LiveEvent } from '../../src/live/live-event.ts'
import type { LiveFeedOptions } from '../../src/live/live-feed.ts'
import { LiveFeed } from '../../src/live/live-feed.ts'
import type { WantedChannel } from '../../src/live/wanted.ts'
import { Pipeline, run } from '../../src/pipeline.ts'
import { ManualClock, settle } from '../exchange/faults/manual-clock.ts'
import { startExchange } from '../exchange/practice-client.ts'

const SOON = { interval: 1, timeout: 10_000 }

/** Keeps the commands that were sent, without their ids. */
class SentCommands implements FrameSink {
  readonly commands: { cmd: string; params: Record<string, unknown> }[] = []

  accept(batch: Parameters<FrameSink['accept']>[0]): void {
    for (let row = 0; row < batch.length; row++) {
      const { direction, kind, payload } = frameAt(batch, row)
      if (direction !== 'sent' || kind !== 'text') continue
      const { cmd, params } = JSON.parse(Buffer.from(payload).toString()) as (typeof this.commands)[number]
      this.commands.push({ cmd, params })
    }
  }

  async close(): Promise<void> {}
}

/** A feed that is read, and what it has sent. */
async function follow(url: string, options: Partial<LiveFeedOptions> = {}) {
  const feed = await LiveFeed.connect({ url, clock: systemClock(), subscriptions: [], ...options })
  const sent = new SentCommands()
  const pipeline = new Pipeline({ scanners: [], sinks: [], observer: feed })
  const running = run(feed, [sent, pipeline])
  onTestFinished(async () => {
    feed.stop()
    await running
  })
  return { feed, sent: sent.commands, tracker: pipeline.tracker }
}

function ticker(markets: ReadonlySet<string> | null): WantedChannel & { markets: ReadonlySet<string> | null } {
  return { channel: 'ticker', params: {}, markets }
}

function subscribe(markets: object): object {
  return { cmd: 'subscribe', params: { channels: ['ticker'], ...markets } }
}

function unsubscribe(sid: number): object {
  return { cmd: 'unsubscribe', params: { sids: [sid] } }
}

function update(sid: number, action: string, ...markets: readonly string[]): object {
  return { cmd: 'update_subscription', params: { sids: [sid], action, market_tickers: markets } }
}

test('a channel that is wanted later is subscribed to on the open connection', async () => {
  const exchange = await startExchange()
  const [market = ''] = exchange.tickers()
  const { feed, sent, tracker } = await follow(exchange.url, { subscriptions: [{ channels: ['ticker'] }] })
  feed.want({ channel: 'orderbook_delta', params: { use_yes_price: false }, markets: new Set([market]) })
  await vi.waitFor(() => expect(tracker.byTicker(market)?.bookState).toBe('fresh'), SOON)
  expect(sent).toEqual([
    { cmd: 'subscribe', params: { channels: ['ticker'] } },
    { cmd: 'subscribe', params: { channels: ['orderbook_delta'], use_yes_price: false, market_tickers: [market] } }
  ])
  expect(feed.connectionsOpen).toBe(1)
  expect(feed.marketsSubscribed()).toEqual({ ticker: 0, orderbook_delta: 1 })
  const channels = [1, 2, 3, null].map(sid => feed.channelOf(0, sid))
  expect(channels).toEqual(['ticker', 'orderbook_delta', null, null])
})

test('from some markets to all, back to some, and to none: each time the subscription is ended and begun anew', async () => {
  const exchange = await startExchange()
  const [first = '', second = ''] = exchange.tickers()
  const wanted = ticker(new Set([first]))
  const { feed, sent } = await follow(exchange.url, { subscriptions: [wanted] })
  const sids = () => [1, 2, 3].filter(sid => feed.channelOf(0, sid) === 'ticker')
  await vi.waitFor(() => expect(sids()).toEqual([1]), SOON)
  for (const [markets, expected] of [
    [null, [2]],
    [new Set([second]), [3]],
    [new Set<string>(), []]
  ] as const) {
    wanted.markets = markets
    feed.resubscribe()
    await vi.waitFor(() => expect(sids()).toEqual(expected), SOON)
  }
  expect(sent).toEqual([
    subscribe({ market_tickers: [first] }),
    unsubscribe(1),
    subscribe({}),
    unsubscribe(2),
    subscribe({ market_tickers: [second] }),
    unsubscribe(3)
  ])
})

test('where no market is kept, the new ones are added before the others are deleted, so that it is never empty', async () => {
  const exchange = await startExchange()
  const [first = '', second = '', third = ''] = exchange.tickers()
  const wanted = ticker(new Set([first, second]))
  const { feed, sent } = await follow(exchange.url, { subscriptions: [wanted] })
  await vi.waitFor(() => expect(feed.channelOf(0, 1)).toBe('ticker'), SOON)
  wanted.markets = new Set([second, third])
  feed.resubscribe()
  await vi.waitFor(() => expect(sent.length).toBe(3), SOON)
  wanted.markets = new Set([first])
  feed.resubscribe()
  await vi.waitFor(() => expect(sent.length).toBe(5), SOON)
  expect(sent.slice(1)).toEqual([
    update(1, 'delete_markets', first),
    update(1, 'add_markets', third),
    update(1, 'add_markets', first),
    update(1, 'delete_markets', second, third)
  ])
})

test('of several connections only the first asks for all markets', async () => {
  const exchange = await startExchange()
  const wanted = ticker(new Set(exchange.tickers()))
  const { feed, sent } = await follow(exchange.url, { subscriptions: [wanted], connections: 2 })
  const channels = () => [0, 1].map(connection => [1, 2].map(sid => feed.channelOf(connection, sid)))
  await vi.waitFor(() => expect(channels()).toEqual([['ticker', null], ['ticker', null]]), SOON) // prettier-ignore
  wanted.markets = null
  feed.resubscribe()
  await vi.waitFor(() => expect(channels()).toEqual([[null, 'ticker'], [null, null]]), SOON) // prettier-ignore
  expect(sent.filter(({ cmd, params }) => cmd === 'subscribe' && params['market_tickers'] === undefined)).toHaveLength(
    1
  )
})

test('a feed that is stopped ends though nobody reads it, and keeps what has come', async () => {
  const exchange = await startExchange()
  const feed = await LiveFeed.connect({ url: exchange.url, clock: systemClock(), subscriptions: [{ channels: ['ticker'] }] }) // prettier-ignore
  await vi.waitFor(() => expect(feed.queued).toBeGreaterThan(10), SOON)
  feed.stop()
  await feed.ended
  const queued = feed.queued
  let rows = 0
  for await (const batch of feed) rows += batch.length
  expect(rows).toBe(queued)
})

test('a feed that is stopped while it opens does not open', async () => {
  const exchange = await startExchange({ refuseUpgrade: { status: 503 } })
  const failures = vi.fn<(event: LiveEvent) => void>()
  const feed = new LiveFeed({ url: exchange.url, clock: systemClock(), subscriptions: [], onEvent: failures })
  const opening = feed.open()
  await vi.waitFor(() => expect(failures).toHaveBeenCalled(), SOON)
  feed.stop()
  await expect(opening).rejects.toThrow('the feed was stopped before it was open')
  await feed.ended
})

test('a command is not sent again while its answer waits to be looked at', async () => {
  const commands: string[] = []
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => server.close())
  server.on('connection', socket => {
    socket.on('message', (data: Buffer) => {
      commands.push(data.toString())
      if (commands.length > 1) return
      const envelope = { id: 1, type: 'subscribed', msg: { channel: 'ticker', sid: 1 } }
      socket.send(JSON.stringify(envelope))
    })
  })
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const clock = new ManualClock()
  const url = `ws://127.0.0.1:${port}/`
  const subscriptions = [{ channels: ['ticker'] }]
  const feed = await LiveFeed.connect({ url, clock, subscriptions, silenceSecondsMax: Infinity })
  // The opening, the command and its answer.
  await vi.waitFor(() => expect(feed.queued).toBe(3), SOON)
  await clock.advance(60_000)
  expect(feed.queued).toBe(3)
  const pipeline = new Pipeline({ scanners: [], sinks: [], observer: feed })
  for await (const batch of feed) {
    // In hand it has not been looked at either.
    await clock.advance(60_000)
    await pipeline.accept(batch)
    if (feed.channelOf(0, 1) !== null) break
  }
  await settle()
  expect(commands).toHaveLength(1)
})
