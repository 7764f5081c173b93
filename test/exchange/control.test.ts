import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { systemClock } from '../../src/core/clock.ts'
import { Authenticator } from '../../src/exchange/authentication.ts'
import { PracticeExchange } from '../../src/exchange/practice-exchange.ts'
import { parseCredentials, signedHeaders, WEBSOCKET_PATH } from '../../src/live/signing.ts'
import { PracticeClient, startExchange } from './practice-client.ts'
import { control } from './recorded/serve.ts'

test('the control endpoint tells the position, the clients and the counters', async () => {
  const exchange = await startExchange({ rate: 0 })
  const client = await PracticeClient.connect(exchange)
  await client.command('subscribe', { channels: ['orderbook_delta'], market_tickers: exchange.tickers().slice(0, 2) })
  await client.command('subscribe', { channels: ['trade'] })
  const { status, body } = await control(exchange, '')
  expect(status).toBe(200)
  expect(body).toMatchObject({
    source: 'synthetic',
    position: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    speed: '1x',
    isPaused: false,
    server: { connections: 1, frames: client.frames.length },
    clients: [
      {
        connection: 0,
        subscriptions: [
          { channel: 'orderbook_delta', sid: 1, markets: 2 },
          { channel: 'trade', sid: 2, markets: 'all' }
        ]
      }
    ]
  })
})

test('a pause holds, a step lets one thing happen, and a resume lets it go on', async () => {
  const exchange = await startExchange()
  expect((await control(exchange, '/pause')).body).toMatchObject({ isPaused: true })
  const { changes } = exchange.counters
  await control(exchange, '/step')
  expect(exchange.counters.changes).toBeGreaterThan(changes)
  const stepped = exchange.counters.changes
  await new Promise(resolve => setTimeout(resolve, 30))
  expect(exchange.counters.changes).toBe(stepped)
  await control(exchange, '/resume')
  await vi.waitFor(() => expect(exchange.counters.changes).toBeGreaterThan(stepped))
})

function toPairs(side: unknown): number[][] {
  return (side as [string, string][]).map(([price, count]) => [
    Math.round(Number(price) * 1e4),
    Math.round(Number(count) * 100)
  ])
}

test('the true book is told in dollars and contracts', async () => {
  const exchange = await startExchange()
  await control(exchange, '/pause')
  const [ticker = ''] = exchange.tickers()
  const { body } = await control(exchange, `/book/${ticker}`)
  expect({ yes: toPairs(body['yes']), no: toPairs(body['no']) }).toEqual(exchange.book(ticker))
  expect(JSON.stringify(body)).toMatch(/^\{"yes":\[\["0\.\d{4}","\d+\.\d\d"\]/)
  expect((await control(exchange, '/book/NOTHING')).status).toBe(404)
})

test.each([
  ['/seek', { to: '+5m' }, 400],
  ['/speed', { speed: 'max' }, 400],
  ['/speed', { speed: 'fast' }, 400],
  ['/speed', {}, 400],
  ['/fault', { fault: 'dance' }, 400],
  ['/dance', {}, 404],
  ['/book/A/B', undefined, 404]
])('%s with %j is answered with %s in one line', async (path, body, status) => {
  const answer = await control(await startExchange({ rate: 0 }), path, body)
  expect(answer.status).toBe(status)
  expect(answer.body).toMatchObject({ error: { message: expect.stringMatching(/^[^\n]+$/) } })
})

test('the speed of synthetic markets multiplies their rate', async () => {
  const exchange = await startExchange({ rate: 100 })
  await control(exchange, '/speed', { speed: '100x' })
  const { changes } = exchange.counters
  await vi.waitFor(() => expect(exchange.counters.changes - changes).toBeGreaterThan(2_000), { timeout: 5_000 })
})

test('a fault can be injected into a server that was started without any', async () => {
  const exchange = await startExchange({ rate: 0 })
  const client = await PracticeClient.connect(exchange)
  await client.command('list_subscriptions')
  const closed = once(client.socket, 'close')
  expect((await control(exchange, '/fault', { fault: 'drop' })).status).toBe(200)
  expect((await closed)[0]).toBe(1006)
})

test('REST answers from the same markets', async () => {
  const exchange = await startExchange({ rate: 0 })
  const [ticker = ''] = exchange.tickers()
  const response = await fetch(`http://127.0.0.1:${exchange.port}/trade-api/v2/markets/${ticker}`)
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({ market: { ticker } })
})

test('with a key only who signs is let in', async () => {
  const clock = systemClock()
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = (key: typeof publicKey) => key.export({ type: key.type === 'public' ? 'spki' : 'pkcs8', format: 'pem' })
  const authenticator = new Authenticator('key-1', String(pem(publicKey)), clock)
  const exchange = await startExchange({ rate: 0, authenticator })
  const refused = new WebSocket(exchange.url)
  const [response] = await once(refused, 'unexpected-response').then(([, answer]) => [answer as { statusCode: number }])
  expect(response?.statusCode).toBe(401)
  refused.on('error', () => undefined)
  refused.terminate()
  const credentials = parseCredentials('key-1', String(pem(privateKey)))
  const headers = signedHeaders(credentials, WEBSOCKET_PATH, Number(clock.wall() / 1_000_000n))
  const socket = new WebSocket(exchange.url, { headers })
  onTestFinished(() => socket.terminate())
  await once(socket, 'open')
  expect(exchange.counters.connections).toBe(1)
})

test('an address that others can reach needs a key', async () => {
  await expect(PracticeExchange.start({ clock: systemClock(), host: '0.0.0.0' })).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('--require-auth')
  })
})
