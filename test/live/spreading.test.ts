import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { slotOf, wantedOf } from '../../src/live/wanted.ts'
import type { Command } from '../../src/protocol/commands.ts'
import { follow, LoopbackServer, Occurrence } from './loopback.ts'
import { numbered } from './talk.ts'

test('a market is always carried by the same connection', () => {
  const tickers = ['KXBTC15M-26NOV241500-00', 'KXHIGHNY-26NOV24-B40.5', 'KXPRESPARTY-28-D', 'KX-1', 'KX-2', '']
  expect(tickers.map(ticker => slotOf(ticker, 4))).toEqual([3, 1, 0, 0, 1, 1])
  expect(tickers.map(ticker => slotOf(ticker, 1))).toEqual([0, 0, 0, 0, 0, 0])
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 200 }), (ticker, slots) => {
      const slot = slotOf(ticker, slots)
      expect(Number.isInteger(slot) && slot >= 0 && slot < slots).toBe(true)
      expect(slotOf(ticker, slots)).toBe(slot)
    })
  )
})

test('markets are spread evenly', () => {
  const counts = [0, 0, 0, 0]
  for (const ticker of numbered(10_000)) {
    const slot = slotOf(ticker, 4)
    counts[slot] = (counts[slot] ?? 0) + 1
  }
  for (const count of counts) expect(Math.abs(count - 2_500)).toBeLessThan(250)
})

test('every market is asked for once over all connections, and channels as a whole on the first', async () => {
  const commands: Command[][] = []
  const enough = new Occurrence()
  const server = await LoopbackServer.start(['accept'], socket => {
    const own: Command[] = []
    commands.push(own)
    socket.on('message', (data: Buffer) => {
      const command = JSON.parse(data.toString()) as Command
      own.push(command)
      if (command.cmd === 'subscribe') {
        const { channels } = command.params
        socket.send(
          JSON.stringify({ type: 'subscribed', id: command.id, msg: { channel: channels[0], sid: own.length } })
        )
      }
      // One channel of all markets, and two of 1,000 on each of three connections.
      if (commands.flat().length === 7) enough.resolve()
    })
  })
  const markets = numbered(1_000)
  const { feed, ended } = await follow({
    url: server.url,
    connections: 3,
    subscriptions: [
      { channels: ['trade'] },
      { channels: ['orderbook_delta', 'ticker'], market_tickers: markets, use_yes_price: false }
    ]
  })
  await enough.seen
  const asked = commands.map(own =>
    own.map(({ params }) => params as { channels: string[]; market_tickers?: string[] })
  )
  expect(asked.filter(own => own.some(({ channels }) => channels[0] === 'trade'))).toHaveLength(1)
  for (const channel of ['orderbook_delta', 'ticker']) {
    const named = asked.map(own => own.find(({ channels }) => channels[0] === channel)?.market_tickers ?? [])
    expect(named.flat().toSorted()).toEqual(markets)
    const slots = named.map(tickers => new Set(tickers.map(ticker => slotOf(ticker, 3))))
    expect(slots.map(({ size }) => size)).toEqual([1, 1, 1])
  }
  feed.stop()
  await ended
})

test('what is asked for is read channel by channel', () => {
  expect(
    wantedOf([
      { channels: ['ticker', 'trade'], market_ticker: 'A', market_tickers: ['B', 'A'], send_initial_snapshot: true },
      { channels: ['market_lifecycle_v2'] }
    ])
  ).toEqual([
    { channel: 'ticker', params: { send_initial_snapshot: true }, markets: new Set(['A', 'B']) },
    { channel: 'trade', params: { send_initial_snapshot: true }, markets: new Set(['A', 'B']) },
    { channel: 'market_lifecycle_v2', params: {}, markets: null }
  ])
})
