import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import type { ListingScope } from '../../src/live/listing.ts'
import { RestClient } from '../../src/live/rest-client.ts'
import { SeriesFees } from '../../src/live/series-fees.ts'
import { Universe } from '../../src/live/universe.ts'
import type { Message } from '../../src/protocol/messages.ts'
import { decodeAll, decodeOne, event } from '../protocol/decode.ts'
import { createdFrame, eventFrame } from '../scan/wire.ts'

const ROOT = '/trade-api/v2'
/** Series that REST does not have. */
const missing = new Set<string>()
const server = createServer((request, response) => {
  const series = (request.url ?? '').slice(`${ROOT}/series/`.length)
  response.writeHead(missing.has(series) ? 404 : 200).end(`{"series":${series === '' ? '[]' : '{}'}}`)
})
let url = ''

beforeAll(async () => {
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${ROOT}`
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

beforeEach(() => missing.clear())

function feesOf(scope: ListingScope) {
  const asked: string[] = []
  const failures: string[] = []
  const rest = new RestClient({
    url,
    clock: systemClock(),
    requestsPerSecond: 1_000,
    record: request => asked.push(request.slice(`GET ${ROOT}/`.length))
  })
  const fees = new SeriesFees({
    rest,
    scope,
    signal: new AbortController().signal,
    onFailure: (series, reason) => failures.push(`${series}: ${reason}`)
  })
  return { fees, asked, failures }
}

function told(...tickers: readonly string[]): Message {
  const [message] = decodeAll([event('rest', JSON.stringify({ series: tickers.map(ticker => ({ ticker })) }))])
  if (message === undefined) throw new Error('no message')
  return message
}

function created(ticker: string): Message {
  return decodeOne(createdFrame(ticker, 1_795_521_600, 1_795_525_200))
}

describe('fees of series', () => {
  it('are asked for once each, for the series, events and markets that are followed', async () => {
    const universe = new Universe({
      series: ['KXSKY', 'KXRATE'],
      events: ['KXSEA-26NOV22'],
      markets: ['KXSKY-26NOV22-SUN', 'KXWIND-26NOV22-T5']
    })
    const { fees, asked, failures } = feesOf({ type: 'universe', universe })
    await fees.read()
    await fees.read()
    expect(asked.sort()).toEqual(['series/KXRATE', 'series/KXSEA', 'series/KXSKY', 'series/KXWIND'])
    expect(failures).toEqual([])
  })

  it('do without those that REST does not have, and ask for these the next time alone', async () => {
    missing.add('KXSKY')
    const { fees, asked, failures } = feesOf({ type: 'named', markets: ['KXSKY-26NOV22-SUN', 'KXSEA-26NOV22-T5'] })
    await fees.read()
    expect(asked).toEqual(['series/KXSEA'])
    expect(failures).toEqual([expect.stringMatching(/^KXSKY: http.*\/series\/KXSKY answered with HTTP 404$/)])
    missing.clear()
    await fees.read()
    expect(asked).toEqual(['series/KXSEA', 'series/KXSKY'])
  })

  it('come in one list where there are many series, or all are wanted', async () => {
    const many = feesOf({ type: 'named', markets: Array.from({ length: 51 }, (_, index) => `KX${index}-26NOV22-T1`) })
    await many.fees.read()
    expect(many.asked).toEqual(['series'])
    const all = feesOf({ type: 'all', multivariate: false })
    await all.fees.read()
    expect(all.asked).toEqual(['series'])
  })

  it('are asked for of a series that is new, and of none that has been told or is not wanted', async () => {
    const { fees, asked } = feesOf({ type: 'all', multivariate: false })
    fees.observe(created('KXEARLY-26NOV22-T1'))
    await fees.read()
    fees.observe(told('KXSKY'))
    fees.observe(created('KXSKY-26NOV22-SUN'))
    fees.observe(created('KXMVECOMBO-26NOV22-ALL'))
    fees.observe(created('KXNEW-26NOV22-T1'))
    fees.observe(created('KXNEW-26NOV22-T2'))
    await expect.poll(() => asked).toEqual(['series', 'series/KXEARLY', 'series/KXNEW'])
    fees.observe(created('KXNEW-26NOV23-T1'))
    fees.observe(created('KXLAST-26NOV23-T1'))
    await expect.poll(() => asked.slice(3)).toEqual(['series/KXLAST'])
  })

  it('are those of the series that an event tells, where its ticker suggests another', async () => {
    const { fees, asked } = feesOf({ type: 'named', markets: ['KXSKY-26NOV22-SUN'] })
    await fees.read()
    const frame = eventFrame('KXSKY-26NOV22', 'MECNET') as { readonly msg: object }
    fees.observe(decodeOne({ ...frame, msg: { ...frame.msg, series_ticker: 'KXWEATHER' } }))
    fees.observe(decodeOne(eventFrame('KXSEA-26NOV22', 'MECNET')))
    await expect.poll(() => asked).toEqual(['series/KXSKY', 'series/KXWEATHER'])
  })
})
