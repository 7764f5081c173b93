import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { listMarkets } from '../../src/live/listing.ts'
import { RestClient } from '../../src/live/rest-client.ts'
import { Universe } from '../../src/live/universe.ts'

const clock = systemClock()
const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  closers.push(
    () => server.closeAllConnections(),
    () => server.close()
  )
  await new Promise(resolve => server.once('listening', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/trade-api/v2`
}

function client(url: string, requestsPerSecond = 1000): { readonly rest: RestClient; readonly recorded: string[][] } {
  const recorded: string[][] = []
  const record = (request: string, body: string) => recorded.push([request, body])
  return { rest: new RestClient({ url, clock, record, requestsPerSecond, random: () => 0 }), recorded }
}

const signal = new AbortController().signal

describe('REST client', () => {
  it('reads page after page and records each request with its body', async () => {
    const url = await serve((request, response) => {
      const cursor = new URL(request.url ?? '', 'http://host').searchParams.get('cursor')
      response.end(`{"markets":[],"cursor":"${cursor === null ? 'next' : ''}"}`)
    })
    const { rest, recorded } = client(url)
    await rest.readMarkets({ status: 'open' }, signal)
    expect(recorded).toEqual([
      ['GET /trade-api/v2/markets?limit=1000&status=open', '{"markets":[],"cursor":"next"}'],
      ['GET /trade-api/v2/markets?limit=1000&status=open&cursor=next', '{"markets":[],"cursor":""}']
    ])
  })

  it('tries again what may pass, and records only what was answered', async () => {
    const statuses = [429, 503, 200]
    const url = await serve((_, response) => response.writeHead(statuses.shift() ?? 500).end('{}'))
    const { rest, recorded } = client(url)
    expect(await rest.get('/exchange/status', signal)).toBe('{}')
    expect(recorded).toHaveLength(1)
    expect(statuses).toEqual([])
  })

  it('says what it was refused, and that nothing answers', async () => {
    const url = await serve((_, response) => response.writeHead(400).end())
    await expect(client(url).rest.get('/markets', signal)).rejects.toThrow(/\/markets answered with HTTP 400/)
    for (const close of closers.splice(0)) close()
    await expect(client(url).rest.get('/markets', signal)).rejects.toThrow(/cannot be read: .*ECONNREFUSED/)
  })

  it('keeps to its budget', async () => {
    const url = await serve((_, response) => response.end('{}'))
    const { rest } = client(url, 50)
    const before = clock.monotonic()
    for (let count = 0; count < 6; count++) await rest.get('/exchange/status', signal)
    expect(Number(clock.monotonic() - before) / 1e6).toBeGreaterThanOrEqual(99)
  })

  it('asks for a universe by series and status, by event, and for what it holds already by ticker', async () => {
    const url = await serve((_, response) => response.end('{"markets":[],"cursor":""}'))
    const { rest, recorded } = client(url)
    const universe = new Universe({ series: ['KXSKY'], events: ['KXSEA-26'], markets: ['KXFOG-26-A', 'KXFOG-26-B'] })
    await listMarkets(rest, { type: 'universe', universe }, signal)
    expect(recorded.map(([request]) => request?.slice('GET /trade-api/v2/markets?limit=1000&'.length))).toEqual([
      'series_ticker=KXSKY&status=open',
      'series_ticker=KXSKY&status=unopened',
      'series_ticker=KXSKY&status=paused',
      'event_ticker=KXSEA-26',
      'tickers=KXFOG-26-A%2CKXFOG-26-B'
    ])
  })
})
