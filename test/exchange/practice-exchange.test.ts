import { once } from 'node:events'
import { expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { systemClock } from '../../src/core/clock.ts'
import { PracticeExchange } from '../../src/exchange/practice-exchange.ts'
import { PracticeClient, startExchange } from './practice-client.ts'

async function statusOf(url: string): Promise<number | undefined> {
  const socket = new WebSocket(url)
  return new Promise((resolve, reject) => {
    socket.on('unexpected-response', (_, response) => {
      response.resume()
      resolve(response.statusCode)
    })
    socket.on('open', () => reject(new Error('the upgrade was let through')))
    socket.on('error', reject)
  })
}

test('only the path of the protocol can be upgraded', async () => {
  const exchange = await startExchange()
  expect(await statusOf(`ws://127.0.0.1:${exchange.port}/trade-api/ws/v1`)).toBe(404)
  const response = await fetch(`http://127.0.0.1:${exchange.port}/trade-api/v3/markets`)
  expect(response.status).toBe(404)
})

test('an exchange told to refuse answers every upgrade with that status', async () => {
  const exchange = await startExchange({ refuseUpgrade: { status: 401 } })
  expect(await statusOf(exchange.url)).toBe(401)
})

test('a ping with the body heartbeat comes in time', async () => {
  const exchange = await startExchange({ rate: 0, heartbeatSeconds: 0.02 })
  const client = await PracticeClient.connect(exchange)
  const [first] = await once(client.socket, 'ping')
  const [second] = await once(client.socket, 'ping')
  expect(String(first)).toBe('heartbeat')
  expect(String(second)).toBe('heartbeat')
})

test('closing ends every connection with 1001 and frees the port', async () => {
  const exchange = await startExchange()
  const client = await PracticeClient.connect(exchange)
  const closed = once(client.socket, 'close')
  await exchange.close()
  expect((await closed)[0]).toBe(1001)
  const next = await startExchange({ port: exchange.port })
  expect(next.port).toBe(exchange.port)
})

test('a port in use is told in one line', async () => {
  const exchange = await startExchange()
  await expect(PracticeExchange.start({ clock: systemClock(), port: exchange.port })).rejects.toMatchObject({
    name: 'KwsError',
    code: 'connection',
    message: expect.stringMatching(new RegExp(`^cannot listen on 127.0.0.1:${exchange.port} .*EADDRINUSE`))
  })
})

test('a pause stops the markets but not the replies', async () => {
  const exchange = await startExchange()
  const client = await PracticeClient.connect(exchange)
  await client.command('subscribe', { channels: ['trade', 'ticker'] })
  await client.receive(10)
  exchange.pause()
  const { changes } = exchange.counters
  await client.drain()
  const got = client.frames.length
  expect(await client.command('list_subscriptions')).toMatchObject({ type: 'ok' })
  expect(client.frames.length).toBe(got + 1)
  expect(exchange.counters.changes).toBe(changes)
  exchange.resume()
  await client.receive(1)
  expect(exchange.counters.changes).toBeGreaterThan(changes)
})

test('frames sent are counted, those to clients that have left included', async () => {
  const exchange = await startExchange()
  const client = await PracticeClient.connect(exchange)
  await client.command('subscribe', { channels: ['ticker'] })
  await client.receive(20)
  exchange.pause()
  await client.drain()
  expect(exchange.counters).toMatchObject({ connections: 1, frames: client.frames.length })
  client.socket.terminate()
  await vi.waitFor(() => expect(exchange.counters.connections).toBe(0))
  expect(exchange.counters.frames).toBe(client.frames.length)
})

test('a client that does not read is cut off', async () => {
  const exchange = await startExchange({ rate: 50_000, roundLength: 1e9, bufferedBytesMax: 100_000 })
  const client = await PracticeClient.connect(exchange)
  onTestFinished(() => client.socket.terminate())
  await client.command('subscribe', { channels: ['orderbook_delta'], market_tickers: exchange.tickers() })
  client.socket.pause()
  await vi.waitFor(() => expect(exchange.counters.connections).toBe(0), { timeout: 20_000, interval: 20 })
  client.socket.resume()
  expect((await once(client.socket, 'close'))[0]).toBe(1006)
})
