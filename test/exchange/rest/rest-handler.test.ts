import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Clock } from '../../../src/core/clock.ts'
import type { RestAnswer } from '../../../src/exchange/rest/rest-handler.ts'
import { RestHandler } from '../../../src/exchange/rest/rest-handler.ts'
import { SyntheticDirectory } from '../../../src/exchange/synthetic-directory.ts'
import { SyntheticExchange } from '../../../src/exchange/synthetic-exchange.ts'
import { wireTime } from '../../../src/exchange/wire-time.ts'

const NOON = 1_795_521_600_000_000_000n

/** A clock that stands still until it is moved. */
class StillClock implements Clock {
  now = NOON
  wall = (): bigint => this.now
  monotonic = (): bigint => this.now
  sleep = async (): Promise<void> => undefined
}

const answerSchema = z.looseObject({
  cursor: z.string().optional(),
  markets: z.array(z.looseObject({ ticker: z.string(), status: z.string(), event_ticker: z.string() })).optional(),
  market: z.looseObject({ ticker: z.string() }).optional(),
  series: z.unknown().optional(),
  event: z.looseObject({ event_ticker: z.string() }).optional(),
  trades: z.array(z.looseObject({ trade_id: z.string(), ticker: z.string(), created_time: z.string() })).optional(),
  orderbook_fp: z
    .object({ yes_dollars: z.array(z.array(z.string())), no_dollars: z.array(z.array(z.string())) })
    .optional(),
  error: z.object({ code: z.string(), message: z.string(), service: z.string() }).optional()
})

/** A synthetic exchange with REST in front of it, on a clock of its own: one change every 5 ms. */
class Scene {
  readonly clock = new StillClock()
  readonly exchange: SyntheticExchange
  readonly directory: SyntheticDirectory
  readonly #handler: RestHandler

  constructor({ markets = 30, roundLength = 1_000, requestsPerSecond = undefined as number | undefined } = {}) {
    this.exchange = new SyntheticExchange({ seed: 7, markets, roundLength })
    this.directory = new SyntheticDirectory(this.exchange, { clock: this.clock, changesPerSecond: 200 })
    this.#handler = new RestHandler(this.directory, { clock: this.clock, requestsPerSecond })
  }

  advance(changes: number): void {
    const until = this.exchange.changes + changes
    while (this.exchange.changes < until) {
      const now = wireTime(this.clock.now)
      const happened = this.exchange.advance()
      for (const change of happened) this.directory.accept(change, now)
      this.clock.now += BigInt(happened.length) * 5_000_000n
    }
  }

  handle(path: string): RestAnswer | undefined {
    return this.#handler.handle(new URL(`http://127.0.0.1/trade-api/v2/${path}`))
  }

  statusOf(path: string): number | undefined {
    return this.handle(path)?.status
  }

  get(path: string) {
    const answer = this.handle(path)
    return { status: answer?.status, ...answerSchema.parse(JSON.parse(answer?.body ?? '{}')) }
  }

  tickers(path: string): string[] {
    return (this.get(path).markets ?? []).map(({ ticker }) => ticker)
  }
}

test('a market has the fields that the reference names', () => {
  const scene = new Scene()
  scene.advance(200)
  const [ticker = ''] = scene.exchange.tickers()
  const { market } = scene.get(`markets/${ticker}`)
  const quote = scene.exchange.find(ticker)?.quote()
  expect(market).toMatchObject({
    ticker: 'KXPRACBTC15M-26NOV241500-T0',
    event_ticker: 'KXPRACBTC15M-26NOV241500',
    market_type: 'binary',
    status: 'active',
    created_time: '2026-11-24T12:00:00Z',
    open_time: '2026-11-24T12:00:00Z',
    close_time: '2026-11-24T12:00:05Z',
    yes_bid_dollars: ((quote?.yesBid ?? 0) / 10_000).toFixed(4),
    no_bid_dollars: (1 - (quote?.yesAsk ?? 0) / 10_000).toFixed(4),
    volume_fp: ((quote?.volume ?? 0) / 100).toFixed(2),
    price_level_structure: 'tapered_deci_cent',
    price_ranges: [{ start: '0.0000', end: '0.1000', step: '0.0010' }, expect.anything(), expect.anything()],
    strike_type: 'greater_or_equal',
    floor_strike: expect.any(Number),
    result: ''
  })
  const required =
    'ticker event_ticker market_type status open_time close_time created_time updated_time latest_expiration_time ' +
    'settlement_timer_seconds yes_bid_dollars yes_ask_dollars no_bid_dollars no_ask_dollars yes_bid_size_fp ' +
    'yes_ask_size_fp last_price_dollars previous_yes_bid_dollars previous_yes_ask_dollars previous_price_dollars ' +
    'volume_fp volume_24h_fp open_interest_fp notional_value_dollars result expiration_value can_close_early ' +
    'price_level_structure price_ranges rules_primary rules_secondary yes_sub_title no_sub_title'
  expect(Object.keys(market ?? {})).toEqual(expect.arrayContaining(required.split(' ')))
})

test('pages follow one another to the end, and markets that are created meanwhile shift nothing', () => {
  const scene = new Scene({ markets: 60 })
  const before = scene.tickers('markets?limit=1000')
  const paged: string[] = []
  let cursor = ''
  do {
    const page = scene.get(`markets?limit=7&cursor=${cursor}`)
    paged.push(...(page.markets ?? []).map(({ ticker }) => ticker))
    cursor = page.cursor ?? ''
    scene.advance(100)
  } while (cursor !== '')
  expect(before).toHaveLength(60)
  expect(paged.slice(0, 60)).toEqual(before)
  expect(paged.length).toBeGreaterThan(60)
  expect(new Set(paged).size).toBe(paged.length)
})

test('10,000 markets are paged through in ten requests, none of which takes long', () => {
  const scene = new Scene({ markets: 10_000, roundLength: 20_000 })
  const durations: number[] = []
  const tickers = new Set<string>()
  let cursor: string | undefined
  do {
    const started = performance.now()
    const page = scene.handle(`markets?limit=1000&status=open&cursor=${cursor ?? ''}`)
    durations.push(performance.now() - started)
    const { markets = [], cursor: next } = answerSchema.parse(JSON.parse(page?.body ?? ''))
    for (const { ticker } of markets) tickers.add(ticker)
    cursor = next
  } while (cursor !== '')
  expect(durations).toHaveLength(10)
  expect(tickers.size).toBe(10_000)
  expect(Math.min(...durations)).toBeLessThan(50)
})

test('a page that holds the rest exactly is the last one', () => {
  const scene = new Scene({ markets: 10 })
  expect(scene.get('markets?limit=10').cursor).toBe('')
  expect(scene.get('markets?limit=9').cursor).not.toBe('')
})

test('status is asked with other words than it is answered with', () => {
  const scene = new Scene({ markets: 60 })
  const words = { unopened: 'initialized', open: 'active', paused: 'inactive', settled: 'finalized' }
  const seen = new Set<string>()
  for (let looks = 0; looks < 60; looks++) {
    scene.advance(40)
    for (const [word, status] of Object.entries(words)) {
      for (const market of scene.get(`markets?status=${word}`).markets ?? []) {
        expect(market.status).toBe(status)
        seen.add(word)
      }
    }
    for (const market of scene.get('markets?status=closed').markets ?? []) {
      expect(['closed', 'determined']).toContain(market.status)
      seen.add('closed')
    }
  }
  expect([...seen].sort()).toEqual(['closed', 'open', 'paused', 'settled', 'unopened'])
})

test('markets can be asked for by event, series and ticker, and by several at once', () => {
  const scene = new Scene()
  const all = scene.tickers('markets')
  const ofSeries = all.filter(ticker => ticker.startsWith('KXPRACHIGHNY-'))
  expect(ofSeries).toHaveLength(6)
  expect(scene.tickers('markets?series_ticker=KXPRACHIGHNY')).toEqual(ofSeries)
  expect(scene.tickers('markets?event_ticker=KXPRACHIGHNY-26NOV24')).toEqual(ofSeries)
  const [a = '', b = '', c = ''] = all
  expect(scene.tickers(`markets?tickers=${c},${a},KXNOWHERE,${a}`)).toEqual([a, c])
  expect(scene.tickers(`markets?tickers=${a},${b}&series_ticker=KXPRACHIGHNY`)).toEqual([b])
  expect(scene.tickers('markets?event_ticker=KXNOWHERE')).toEqual([])
})

test('a settled market stays listed with its result, and its event with it', () => {
  const scene = new Scene()
  const [first = ''] = scene.exchange.tickers()
  scene.advance(1_500)
  expect(scene.exchange.find(first)).toBeUndefined()
  const { market } = scene.get(`markets/${first}`)
  expect(market).toMatchObject({
    status: 'finalized',
    result: expect.stringMatching(/^(yes|no|scalar)$/),
    settlement_value_dollars: expect.stringMatching(/^[01]\.\d{4}$/),
    settlement_ts: expect.stringMatching(/^2026-11-24T12:00:0\d/)
  })
  expect(scene.get(`markets/${first}/orderbook`).orderbook_fp).toEqual({ yes_dollars: [], no_dollars: [] })
  expect(scene.get('events/KXPRACBTC15M-26NOV241500').markets).toEqual([market])
})

test('an order book is the true one, ascending, and of a limited depth the best remain', () => {
  const scene = new Scene()
  const [ticker = ''] = scene.exchange.tickers()
  const { yes = [], no = [] } = scene.exchange.find(ticker)?.book() ?? {}
  const pairs = (levels: typeof yes): string[][] =>
    levels.map(({ price, count }) => [(price / 10_000).toFixed(4), (count / 100).toFixed(2)])
  const book = scene.get(`markets/${ticker}/orderbook`).orderbook_fp
  expect(book).toEqual({ yes_dollars: pairs(yes), no_dollars: pairs(no) })
  expect(scene.get(`markets/${ticker}/orderbook?depth=0`).orderbook_fp).toEqual(book)
  expect(scene.get(`markets/${ticker}/orderbook?depth=2`).orderbook_fp).toEqual({
    yes_dollars: pairs(yes).slice(-2),
    no_dollars: pairs(no).slice(-2)
  })
})

test('trades come newest first, in pages that later trades do not shift, and can be narrowed', () => {
  const scene = new Scene()
  scene.advance(3_000)
  const all = scene.directory.trades().map(({ tradeId }) => tradeId)
  const paged: string[] = []
  let cursor = ''
  do {
    const page = scene.get(`markets/trades?limit=20&cursor=${cursor}`)
    paged.push(...(page.trades ?? []).map(({ trade_id: id }) => id))
    cursor = page.cursor ?? ''
    scene.advance(20)
  } while (cursor !== '')
  expect(all.length).toBeGreaterThan(100)
  expect(paged).toEqual(all.reverse())
  const [ticker = ''] = scene.exchange.tickers()
  const ofOne = scene.get(`markets/trades?limit=1000&ticker=${ticker}`).trades ?? []
  expect(new Set(ofOne.map(trade => trade.ticker))).toEqual(new Set([ticker]))
  const second = Number(NOON / 1_000_000_000n)
  const between = scene.get(`markets/trades?limit=1000&min_ts=${second + 5}&max_ts=${second + 9}`).trades ?? []
  expect(between.length).toBeGreaterThan(10)
  expect(
    between.filter(({ created_time: time }) => time < '2026-11-24T12:00:05' || time > '2026-11-24T12:00:09Z')
  ).toEqual([])
})

test('an event tells whether its outcomes exclude each other, with its markets beside it or within', () => {
  const scene = new Scene()
  const beside = scene.get('events/KXPRACHIGHNY-26NOV24')
  expect(beside.event).toMatchObject({
    event_ticker: 'KXPRACHIGHNY-26NOV24',
    series_ticker: 'KXPRACHIGHNY',
    collateral_return_type: 'MECNET',
    mutually_exclusive: true
  })
  expect(beside.markets).toHaveLength(6)
  const within = scene.get('events/KXPRACHIGHNY-26NOV24?with_nested_markets=true')
  expect(within.markets).toBeUndefined()
  expect(within.event?.['markets']).toEqual(beside.markets)
})

test('series tell what they are charged, all of them or one', () => {
  const scene = new Scene()
  const { series } = z.object({ series: z.array(z.looseObject({ ticker: z.string() })) }).parse(scene.get('series'))
  const tickers = scene.exchange.tickers().map(ticker => ticker.split('-')[0])
  expect(new Set(series.map(({ ticker }) => ticker))).toEqual(new Set(tickers))
  expect(series).toContainEqual(
    expect.objectContaining({ ticker: 'KXPRACRATE', fee_type: 'quadratic', fee_multiplier: 0.5 })
  )
  expect(series).toContainEqual(expect.objectContaining({ ticker: 'KXPRACHIGHNY', fee_multiplier: 1 }))
  for (const one of series) expect(scene.get(`series/${one.ticker}`)).toMatchObject({ status: 200, series: one })
})

test('the exchange tells that it trades', () => {
  expect(new Scene().get('exchange/status')).toMatchObject({ exchange_active: true, trading_active: true })
})

test.each(['markets/KXNOWHERE', 'markets/KXNOWHERE/orderbook', 'events/KXNOWHERE', 'series/KXNOWHERE', 'series/'])(
  '%s is not there',
  path => {
    expect(new Scene().get(path)).toMatchObject({ status: 404, error: { code: 'not_found' } })
  }
)

test.each([
  'markets?limit=0',
  'markets?limit=1001',
  'markets?limit=ten',
  'markets?status=active',
  'markets?status=constructor',
  'markets?cursor=nonsense',
  'markets/KXPRACBTC15M-26NOV241500-T0/orderbook?depth=101',
  'markets/trades?min_ts=2026-11-24',
  'events/KXPRACHIGHNY-26NOV24?with_nested_markets=yes'
])('%s is a wrong request', path => {
  expect(new Scene().get(path)).toMatchObject({ status: 400, error: { code: 'invalid_parameters' } })
})

test.each(['', 'series/KXPRACRATE/events', 'markets/', 'markets/A/b', 'markets/A/orderbook/c', 'exchange', 'events'])(
  'the path "%s" is none of the API',
  path => {
    expect([undefined, 404]).toContain(new Scene().statusOf(path))
  }
)

test('an empty parameter counts as none', () => {
  expect(new Scene().get('markets?cursor=&status=&limit=&tickers=')).toMatchObject({ status: 200 })
})

test('more requests than allowed are answered with 429 until time has passed', () => {
  const scene = new Scene({ requestsPerSecond: 5 })
  const statuses = (): (number | undefined)[] => Array.from({ length: 7 }, () => scene.statusOf('exchange/status'))
  expect(statuses()).toEqual([200, 200, 200, 200, 200, 429, 429])
  scene.clock.now += 400_000_000n
  expect(statuses()).toEqual([200, 200, 429, 429, 429, 429, 429])
  expect(scene.get('markets')).toMatchObject({ status: 429, error: { code: 'too_many_requests' } })
  scene.clock.now += 60_000_000_000n
  expect(statuses().filter(status => status === 200)).toHaveLength(5)
})
