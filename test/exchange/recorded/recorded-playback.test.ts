import { once } from 'node:events'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { ExchangeServer } from '../../../src/exchange/exchange-server.ts'
import { PracticeClient } from '../practice-client.ts'
import type { RecordedRun } from './recorded-markets.ts'
import { recordMarkets } from './recorded-markets.ts'
import { control, serveRecording } from './serve.ts'

/** Not the order in which they were recorded, so that their `sid`s differ. */
const CHANNELS = ['trade', 'market_lifecycle_v2', 'orderbook_delta', 'ticker']

async function subscribeToAll(client: PracticeClient, tickers: readonly string[], useYesPrice = false): Promise<void> {
  for (const channel of CHANNELS) {
    const params = { channels: [channel], market_tickers: tickers, use_yes_price: useYesPrice }
    client.socket.send(JSON.stringify({ id: 100 + CHANNELS.indexOf(channel), cmd: 'subscribe', params }))
  }
  await client.until(frame => frame.id === 100 + CHANNELS.length - 1)
}

/** The sid and seq at the top level, which come before `msg` in what the exchange writes. */
function withoutNumbers(text: string): string {
  return text.replace(/"sid":\d+/, '"sid":#').replace(/"seq":\d+/, '"seq":#')
}

function dataOf(client: PracticeClient): string[] {
  return client.texts.filter(text => !text.includes('"type":"subscribed"'))
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1)
}

/** The books of the sid of `orderbook_delta` and those of the recording's end are the same. */
function expectBooks(client: PracticeClient, run: RecordedRun, useYesPrice = false): void {
  const books = client.books(3, useYesPrice)
  expect(new Map([...books].map(([ticker, book]) => [ticker, book.pairs()]))).toEqual(run.books)
}

test.each(['max', 1000, 20] as const)(
  'at speed %s every frame is served as recorded, but for sid and seq',
  async speed => {
    const run = await recordMarkets()
    const client = await PracticeClient.connect(await serveRecording(run.path, { speed }))
    await subscribeToAll(client, run.tickers)
    while (dataOf(client).length < run.texts.length) await client.receive(1)
    expect(dataOf(client).map(withoutNumbers)).toEqual(run.texts.map(withoutNumbers))
    for (const [index, channel] of CHANNELS.entries()) {
      const frames = client.of(index + 1)
      const expected = channel === 'ticker' ? frames.map(() => undefined) : upTo(frames.length)
      expect(frames.map(frame => frame.seq)).toEqual(expected)
    }
    expectBooks(client, run)
  }
)

test.each([
  { recorded: true, asked: false },
  { recorded: false, asked: true },
  { recorded: true, asked: true }
])('recorded with use_yes_price $recorded and asked for with $asked, books are true', async ({ recorded, asked }) => {
  const run = await recordMarkets({ useYesPrice: recorded })
  const server = await serveRecording(run.path)
  const client = await PracticeClient.connect(server)
  await subscribeToAll(client, run.tickers, asked)
  while (dataOf(client).length < run.texts.length) await client.receive(1)
  expect(client.of(3).length).toBeGreaterThan(200)
  expectBooks(client, run, asked)
  const late = await PracticeClient.connect(server)
  await subscribeToAll(late, run.tickers, asked)
  expectBooks(late, run, asked)
})

test('a client that subscribes in the middle gets the book of that moment, and then what follows', async () => {
  const run = await recordMarkets()
  const server = await serveRecording(run.path, { waitForClients: 0, speed: 1 })
  await control(server, '/seek', { to: '+1500ms' })
  await control(server, '/pause')
  const client = await PracticeClient.connect(server)
  await subscribeToAll(client, run.tickers)
  expect(client.of(3).map(frame => frame.type)).toEqual(run.tickers.map(() => 'orderbook_snapshot'))
  expect(client.of(3)[0]).toMatchObject({ seq: 1, sending_ts_ms: expect.any(Number) })
  await expectTrueBooks(server, client, run.tickers)
  await control(server, '/speed', { speed: 'max' })
  await control(server, '/resume')
  await vi.waitFor(() => expectBooks(client, run), { timeout: 5_000 })
})

async function expectTrueBooks(
  server: ExchangeServer,
  client: PracticeClient,
  tickers: readonly string[]
): Promise<void> {
  await client.drain()
  for (const ticker of tickers) {
    const { body } = await control(server, `/book/${ticker}`)
    const sides = { yes: body['yes'], no: body['no'] } as Record<'yes' | 'no', readonly [string, string][]>
    expect(client.books(3).get(ticker)?.pairs()).toEqual({ yes: toPairs(sides.yes), no: toPairs(sides.no) })
  }
}

function toPairs(pairs: readonly [string, string][]): number[][] {
  return pairs.map(pair => pair.map(text => Number(text.replace('.', ''))))
}

test('a step is one frame of the recording', async () => {
  const run = await recordMarkets()
  const server = await serveRecording(run.path, { speed: 1 })
  await control(server, '/pause')
  const client = await PracticeClient.connect(server)
  await subscribeToAll(client, run.tickers)
  await vi.waitFor(async () => expect((await control(server, '/step')).body['counters']).toMatchObject({ rows: 9 }))
  for (const count of [1, 2, 3]) {
    await control(server, '/step')
    await client.drain()
    expect(dataOf(client).map(withoutNumbers)).toEqual(run.texts.slice(0, count).map(withoutNumbers))
  }
})

test('seeking back and forth tells all books anew', async () => {
  const run = await recordMarkets()
  const server = await serveRecording(run.path)
  const client = await PracticeClient.connect(server)
  await subscribeToAll(client, run.tickers)
  while (dataOf(client).length < run.texts.length) await client.receive(1)
  await control(server, '/pause')
  for (const to of ['+1s', '+2500ms', '+800ms', '+1h']) {
    const { status, body } = await control(server, '/seek', { to })
    expect([status, body['isPaused']]).toEqual([200, true])
    await expectTrueBooks(server, client, run.tickers)
  }
  await control(server, '/seek', { to: '+500ms' })
  await control(server, '/resume')
  await vi.waitFor(() => expectBooks(client, run), { timeout: 5_000 })
  const frames = client.of(3)
  expect(frames.map(frame => frame.seq)).toEqual(upTo(frames.length))
})

test('what lies before --from has happened but is not served', async () => {
  const run = await recordMarkets()
  const client = await PracticeClient.connect(await serveRecording(run.path, { from: '+2s' }))
  await subscribeToAll(client, run.tickers)
  expect(client.of(3).map(frame => frame.type)).toEqual(run.tickers.map(() => 'orderbook_snapshot'))
  await vi.waitFor(() => expectBooks(client, run), { timeout: 5_000 })
  expect(dataOf(client).length).toBeLessThan(run.texts.length / 2)
})

test('a recording that loops begins again and again', async () => {
  const run = await recordMarkets({ frames: 60 })
  const server = await serveRecording(run.path, { atEnd: 'loop' })
  const client = await PracticeClient.connect(server)
  await subscribeToAll(client, run.tickers)
  while (dataOf(client).length < 3 * run.texts.length) await client.receive(1)
  const texts = run.texts.map(withoutNumbers)
  expect(
    dataOf(client)
      .slice(0, 3 * texts.length)
      .map(withoutNumbers)
  ).toEqual([...texts, ...texts, ...texts])
})

test('at the end connections are closed, if that was asked for', async () => {
  const run = await recordMarkets({ frames: 60 })
  const client = await PracticeClient.connect(await serveRecording(run.path, { atEnd: 'close' }))
  const closed = once(client.socket, 'close')
  await subscribeToAll(client, run.tickers)
  expect((await closed)[0]).toBe(1000)
  expect(dataOf(client)).toHaveLength(run.texts.length)
})

test('the clock starts when so many clients have subscribed, and none misses anything', async () => {
  const run = await recordMarkets()
  const server = await serveRecording(run.path, { waitForClients: 2 })
  const first = await PracticeClient.connect(server)
  await subscribeToAll(first, run.tickers)
  const second = await PracticeClient.connect(server)
  await first.drain()
  expect(dataOf(first)).toEqual([])
  await subscribeToAll(second, run.tickers)
  for (const client of [first, second]) {
    while (dataOf(client).length < run.texts.length) await client.receive(1)
    expect(dataOf(client).map(withoutNumbers)).toEqual(run.texts.map(withoutNumbers))
  }
})

test('with a clock per connection each gets everything from the start', async () => {
  const run = await recordMarkets()
  const server = await serveRecording(run.path, { perConnection: true })
  for (let time = 0; time < 3; time++) {
    const client = await PracticeClient.connect(server)
    await subscribeToAll(client, run.tickers)
    while (dataOf(client).length < run.texts.length) await client.receive(1)
    expect(dataOf(client).map(withoutNumbers)).toEqual(run.texts.map(withoutNumbers))
    client.socket.terminate()
  }
})

test('at full speed a client that does not read is waited for', async () => {
  const run = await recordMarkets({ frames: 60_000 })
  const server = await serveRecording(run.path, { bufferedBytesMax: 8 * 1024 * 1024 })
  const client = await PracticeClient.connect(server)
  onTestFinished(() => client.socket.terminate())
  await subscribeToAll(client, run.tickers)
  client.socket.pause()
  const look = async () => {
    const { body } = await control(server, '')
    return body['clients'] as { readonly bufferedBytes: number; readonly frames: number }[]
  }
  let [before, now] = [-1, 0]
  while (now !== before) {
    before = now
    await new Promise(resolve => setTimeout(resolve, 100))
    now = (await look())[0]?.frames ?? 0
  }
  expect(now).toBeLessThan(run.texts.length)
  expect((await look())[0]?.bufferedBytes).toBeLessThan(6 * 1024 * 1024)
  client.socket.resume()
  while (dataOf(client).length < run.texts.length) await client.receive(run.texts.length - dataOf(client).length)
  expectBooks(client, run)
})

test('at the speed of life a client that does not read is cut off, and told why when it reads on', async () => {
  const run = await recordMarkets({ frames: 60_000 })
  const server = await serveRecording(run.path, { speed: 200, bufferedBytesMax: 100_000 })
  const client = await PracticeClient.connect(server)
  await subscribeToAll(client, run.tickers)
  client.socket.pause()
  await vi.waitFor(
    async () => expect((await control(server, '')).body['clients']).toMatchObject([{ subscriptions: [] }]),
    { timeout: 20_000, interval: 20 }
  )
  const closed = once(client.socket, 'close')
  client.socket.resume()
  expect((await closed)[0]).toBe(1008)
  const last = client.frames.slice(-CHANNELS.length)
  expect(last.map(frame => frame.msg)).toEqual(CHANNELS.map(() => ({ code: 25, msg: 'Subscription buffer overflow' })))
})
