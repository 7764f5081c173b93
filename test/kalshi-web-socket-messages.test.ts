import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { CallbackFailure, ChannelMessage, LiveEvent } from '../src/index.ts'
import { Occurrence } from '../src/live/occurrence.ts'
import { startExchange } from './exchange/practice-client.ts'
import { bookOf, eventsOf, SOON, socketTo } from './kalshi-socket.ts'

function onError({ error }: CallbackFailure): never {
  throw error
}

describe('callbacks', () => {
  it('get the messages of their channels, whether subscribed before or after connecting, and the tracker the books', async () => {
    const exchange = await startExchange()
    const [market = ''] = exchange.tickers()
    const socket = socketTo(exchange)
    const books: string[] = []
    const onUpdate = ({ type }: { type: string }) => void books.push(type)
    socket.subscribeOrderbookDelta({ marketTickers: [market], onUpdate })
    await socket.connect()
    const tickers: string[] = []
    const trades: string[] = []
    socket.subscribeTicker({ onUpdate: ({ marketTicker }) => void tickers.push(marketTicker) })
    socket.subscribe('trade', {
      marketTickers: [market],
      onUpdate: ({ marketTicker }) => void trades.push(marketTicker)
    })
    const running = socket.runForever()
    await vi.waitFor(() => expect(Math.min(books.length, trades.length)).toBeGreaterThan(5), SOON)
    await vi.waitFor(() => expect(new Set(tickers).size).toBeGreaterThan(3), SOON)
    exchange.pause()
    await vi.waitFor(() => expect(bookOf(socket, market)).toEqual(exchange.book(market)), SOON)
    expect(books[0]).toBe('orderbook_snapshot')
    expect(new Set(books.slice(1))).toEqual(new Set(['orderbook_delta']))
    expect(new Set(trades)).toEqual(new Set([market]))
    await socket.close()
    await running
  })

  it('share a channel, each with its markets, and what nobody wants any more is given up', async () => {
    const exchange = await startExchange()
    const [first = '', second = ''] = exchange.tickers()
    const socket = socketTo(exchange)
    const seen = { first: new Set<string>(), both: new Set<string>() }
    const both = socket.subscribeTicker({
      marketTickers: [first, second],
      onUpdate: ({ marketTicker }) => void seen.both.add(marketTicker)
    })
    socket.subscribeTicker({
      marketTickers: [first],
      onUpdate: ({ marketTicker }) => void seen.first.add(marketTicker)
    })
    const running = socket.runForever()
    await vi.waitFor(() => expect(seen.both.size).toBe(2), SOON)
    both.unsubscribe()
    seen.both.clear()
    seen.first.clear()
    await vi.waitFor(() => expect(socket.tracker.byTicker(second)?.tickerState).toBe('stale'), SOON)
    await vi.waitFor(() => expect(seen.first.size).toBe(1), SOON)
    expect(seen.both.size).toBe(0)
    const all = new Set<string>()
    socket.subscribeTicker({ onUpdate: ({ marketTicker }) => void all.add(marketTicker) })
    await vi.waitFor(() => expect(all.size).toBeGreaterThan(3), SOON)
    expect([...seen.first]).toEqual([first])
    await socket.close()
    await running
  })

  it('may unsubscribe while they are called, themselves and others', async () => {
    const exchange = await startExchange()
    const socket = socketTo(exchange)
    const calls: string[] = []
    const first = socket.subscribeTicker({
      onUpdate: () => {
        calls.push('first')
        first.unsubscribe()
        second.unsubscribe()
      }
    })
    const second = socket.subscribeTicker({ onUpdate: () => void calls.push('second') })
    const third = socket.subscribeTicker({ onUpdate: () => void calls.push('third') })
    const running = socket.runForever()
    await vi.waitFor(() => expect(calls.length).toBeGreaterThan(5), SOON)
    third.unsubscribe()
    expect(calls.slice(0, 3)).toEqual(['first', 'third', 'third'])
    await socket.close()
    await running
  })

  it('that throw are reported with their frame, and the others go on', async () => {
    const exchange = await startExchange()
    const failures: CallbackFailure[] = []
    const socket = socketTo(exchange, { onError: failure => failures.push(failure) })
    let good = 0
    socket.subscribeTicker({
      onUpdate: () => {
        throw new Error('mine')
      }
    })
    socket.subscribeTicker({ onUpdate: () => Promise.reject(new Error('late')) })
    socket.subscribeTicker({ onUpdate: () => void good++ })
    const running = socket.runForever()
    await vi.waitFor(() => expect(good).toBeGreaterThan(10), SOON)
    await socket.close()
    await running
    expect(failures).toHaveLength(socket.callbackFailures)
    expect(failures.length).toBe(2 * good)
    const [mine, late] = ['mine', 'late'].map(text => failures.find(({ error }) => (error as Error).message === text))
    expect(mine).toMatchObject({ callback: 'onUpdate', argument: { type: 'ticker' } })
    // Behind the opening, the command and its answer.
    expect(mine?.frame).toBeGreaterThanOrEqual(4)
    expect(mine?.time).toBeGreaterThan(1.7e15)
    expect({ ...late, error: undefined }).toEqual({ ...mine, error: undefined })
  })

  it('that throw are process warnings, the first five, where nobody listens', async () => {
    const exchange = await startExchange()
    const warnings: Error[] = []
    const keep = (warning: Error) => void warnings.push(warning)
    process.on('warning', keep)
    onTestFinished(() => void process.off('warning', keep))
    const socket = socketTo(exchange)
    socket.subscribeTrades({
      onUpdate: () => {
        throw new Error('mine')
      }
    })
    const running = socket.runForever()
    await vi.waitFor(() => expect(socket.callbackFailures).toBeGreaterThan(10), SOON)
    await socket.close()
    await running
    expect(warnings.map(({ name }) => name)).toEqual(Array(5).fill('KwsWarning'))
    expect(warnings[0]?.message).toMatch(/^onUpdate threw at frame \d+ \(trade of KX[^)]+\): mine$/)
  })

  it('end the run with what onError throws', async () => {
    const exchange = await startExchange()
    const socket = socketTo(exchange, { onError })
    socket.subscribeTrades({ onUpdate: () => Promise.reject(new Error('mine')) })
    await expect(socket.runForever()).rejects.toThrow('mine')
    const events = socketTo(exchange, {
      onError,
      onEvent: () => {
        throw new Error('of an event')
      }
    })
    await expect(events.runForever()).rejects.toThrow('of an event')
    const iterated = socketTo(exchange, { onError })
    iterated.subscribeTrades({ onUpdate: () => Promise.reject(new Error('mine')) })
    const iterating = (async () => {
      for await (const message of iterated) expect(message.type).toBe('trade')
    })()
    await expect(iterating).rejects.toThrow('mine')
  })
})

describe('iteration', () => {
  it('gives every message that is subscribed to, with the tracker as it stood at it', async () => {
    const exchange = await startExchange({ rate: 20_000 })
    const [market = ''] = exchange.tickers()
    const socket = socketTo(exchange)
    const called: ChannelMessage[] = []
    const onUpdate = (message: ChannelMessage) => called.push(message)
    socket.subscribeTicker({ onUpdate })
    socket.subscribeOrderbookDelta({ marketTickers: [market], onUpdate })
    const iterated: ChannelMessage[] = []
    const volumes: unknown[] = []
    for await (const message of socket) {
      iterated.push(message)
      if (message.type === 'ticker') {
        volumes.push([message.volume, socket.tracker.byTicker(message.marketTicker)?.latestTicker?.volume])
      }
      if (called.length !== iterated.length) break
      // Let more come in than is taken, so that batches are long.
      if (iterated.length % 200 === 0) await new Promise(resolve => setTimeout(resolve, 5))
      if (iterated.length === 1000) break
    }
    expect(iterated).toHaveLength(1000)
    expect(iterated).toEqual(called)
    expect(new Set(iterated.map(({ type }) => type)).size).toBeGreaterThan(1)
    expect(volumes).toEqual(
      iterated.flatMap(message => (message.type === 'ticker' ? [[message.volume, message.volume]] : []))
    )
  })

  it('ends after what had arrived when the socket is closed, even from within', async () => {
    const exchange = await startExchange()
    const socket = socketTo(exchange)
    socket.subscribeTicker()
    let after = 0
    let isClosed = false
    for await (const _ of socket) {
      if (isClosed) after++
      else {
        await new Promise(resolve => setTimeout(resolve, 20))
        await socket.close()
        isClosed = true
      }
    }
    expect(after).toBeGreaterThan(0)
    await vi.waitFor(() => expect(exchange.counters.connections).toBe(0), SOON)
  })

  it('that is left closes the connection', async () => {
    const exchange = await startExchange()
    const socket = socketTo(exchange)
    socket.subscribeTicker()
    for await (const message of socket) {
      expect(message.type).toBe('ticker')
      break
    }
    await vi.waitFor(() => expect(exchange.counters.connections).toBe(0), SOON)
    expect(() => socket.subscribeTrades()).toThrow('the socket has been closed: make a new one')
  })

  it('that is slow holds back the exchange and loses nothing', async () => {
    const exchange = await startExchange({ rate: 20_000, roundLength: 1e9, bufferedBytesMax: 1e9 })
    const events: LiveEvent[] = []
    const bufferBytesMax = 100_000
    const paused = new Occurrence()
    const onEvent = (event: LiveEvent) => {
      events.push(event)
      if (event.type === 'paused') paused.resolve()
    }
    const socket = socketTo(exchange, { bufferBytesMax, onEvent })
    socket.subscribeOrderbookDelta({ marketTickers: exchange.tickers() })
    const seqs: (number | null)[] = []
    for await (const message of socket) {
      seqs.push(message.seq)
      if (seqs.length === 20) await paused.promise
      if (eventsOf(events, 'resumed').length > 0 && seqs.length > 2_000) break
    }
    expect(seqs).toEqual(seqs.map((_, index) => index + 1))
    // One read of the socket may go beyond.
    const bytes = events.flatMap(event => (event.type === 'paused' ? [event.bytes] : []))
    expect(Math.max(...bytes)).toBeLessThan(bufferBytesMax + 100_000)
    expect(socket.counters).toMatchObject({ gaps: 0, reconnects: 0, pauses: expect.any(Number) })
  })
})
