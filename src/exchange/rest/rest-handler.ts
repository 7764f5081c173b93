import type { Clock } from '../../core/clock.ts'
import { bookBody, eventBody, marketBody, seriesBody, tradeBody } from './rest-bodies.ts'
import type { RestDirectory, RestMarketStatus } from './rest-directory.ts'
import { RestFailure, RestQuery } from './rest-query.ts'
import { TokenBucket } from './token-bucket.ts'

export interface RestHandlerOptions {
  readonly clock: Clock
  /** What goes beyond is answered with 429 and, as by the exchange, without Retry-After. Undefined for no limit. */
  readonly requestsPerSecond?: number | undefined
}

export interface RestAnswer {
  readonly status: number
  /** JSON. */
  readonly body: string
}

const ROOT = '/trade-api/v2/'
const PAGE_MAX = 1000
const DEPTH_MAX = 100

/** The words that `status` is asked with and the one that the markets then have. */
const STATUS_FILTER: Readonly<Record<string, readonly RestMarketStatus[]>> = {
  unopened: ['initialized'],
  open: ['active'],
  paused: ['inactive'],
  closed: ['closed', 'determined'],
  settled: ['finalized']
}

/** The REST endpoints that clients need next to the socket (protocol reference, section 14), in today's encoding. */
export class RestHandler {
  readonly #directory: RestDirectory
  readonly #budget: TokenBucket | undefined

  constructor(directory: RestDirectory, { clock, requestsPerSecond }: RestHandlerOptions) {
    this.#directory = directory
    this.#budget = requestsPerSecond === undefined ? undefined : new TokenBucket(requestsPerSecond, clock)
  }

  /** The answer to a GET request; undefined if its path is not one of the API's. */
  handle(url: URL): RestAnswer | undefined {
    if (!url.pathname.startsWith(ROOT)) return undefined
    const path = url.pathname.slice(ROOT.length).split('/')
    if (this.#budget?.take() === false) return failed(new RestFailure(429, 'too_many_requests', 'too many requests'))
    try {
      const body = this.#bodyOf(path, new RestQuery(url.searchParams))
      return body === undefined ? undefined : { status: 200, body }
    } catch (error) {
      if (error instanceof RestFailure) return failed(error)
      throw error
    }
  }

  #bodyOf(path: readonly string[], query: RestQuery): string | undefined {
    const [collection, name = '', part] = path
    if (path.length > 3) return undefined
    if (collection === 'exchange') return name === 'status' && part === undefined ? this.#status() : undefined
    if (collection === 'events') return part === undefined && name !== '' ? this.#event(name, query) : undefined
    if (collection === 'series') return part === undefined ? this.#series(path.length === 1 ? null : name) : undefined
    if (collection !== 'markets') return undefined
    if (path.length === 1) return this.#markets(query)
    if (part === 'orderbook') return this.#book(name, query)
    if (part !== undefined) return undefined
    return name === 'trades' ? this.#trades(query) : `{"market":${marketBody(this.#find(name))}}`
  }

  /** Oldest first. Markets that are created while a client pages through come last and shift nothing. */
  #markets(query: RestQuery): string {
    const limit = query.integer('limit', { from: 1, to: PAGE_MAX, otherwise: 100 })
    const statuses = query.choice('status', STATUS_FILTER)
    const events = query.list('event_ticker')
    const series = query.text('series_ticker')
    const tickers = query.list('tickers')
    const after = query.cursor() ?? -1
    const page: string[] = []
    let last = after
    for (const market of tickers === undefined ? this.#directory.markets() : this.#named(tickers)) {
      if (market.ordinal <= after) continue
      if (statuses !== undefined && !statuses.includes(market.status)) continue
      if (events !== undefined && !events.includes(market.eventTicker)) continue
      if (series !== undefined && market.seriesTicker !== series) continue
      if (page.length === limit) return `{"cursor":"${RestQuery.cursorAt(last)}","markets":[${page.join(',')}]}`
      page.push(marketBody(market))
      last = market.ordinal
    }
    return `{"cursor":"","markets":[${page.join(',')}]}`
  }

  #named(tickers: readonly string[]) {
    const named = [...new Set(tickers)].flatMap(ticker => this.#directory.market(ticker) ?? [])
    return named.sort((one, other) => one.ordinal - other.ordinal)
  }

  #book(ticker: string, query: RestQuery): string {
    this.#find(ticker)
    const depth = query.integer('depth', { from: 0, to: DEPTH_MAX, otherwise: 0 })
    return bookBody(this.#directory.book(ticker) ?? { yes: [], no: [] }, depth)
  }

  /** Newest first. */
  #trades(query: RestQuery): string {
    const limit = query.integer('limit', { from: 1, to: PAGE_MAX, otherwise: 100 })
    const ticker = query.text('ticker')
    const from = query.seconds('min_ts') ?? Number.NEGATIVE_INFINITY
    const to = query.seconds('max_ts') ?? Number.POSITIVE_INFINITY
    const before = query.cursor() ?? Number.POSITIVE_INFINITY
    const trades = this.#directory.trades()
    const page: string[] = []
    let last = 0
    for (let at = trades.length - 1; at >= 0; at--) {
      const trade = trades[at]
      if (trade === undefined || trade.ordinal >= before || trade.time < from || trade.time > to) continue
      if (ticker !== undefined && trade.ticker !== ticker) continue
      if (page.length === limit) return `{"cursor":"${RestQuery.cursorAt(last)}","trades":[${page.join(',')}]}`
      page.push(tradeBody(trade))
      last = trade.ordinal
    }
    return `{"cursor":"","trades":[${page.join(',')}]}`
  }

  #event(ticker: string, query: RestQuery): string {
    const event = this.#directory.event(ticker)
    if (event === undefined) throw new RestFailure(404, 'not_found', `there is no event ${ticker}`)
    return eventBody(event, query.flag('with_nested_markets'))
  }

  /** All of them in one answer, as by the exchange, or one. */
  #series(ticker: string | null): string {
    const all = [...this.#directory.series()]
    if (ticker === null) return `{"series":[${all.map(seriesBody).join(',')}]}`
    const series = all.find(one => one.ticker === ticker)
    if (series === undefined) throw new RestFailure(404, 'not_found', `there is no series ${ticker}`)
    return `{"series":${seriesBody(series)}}`
  }

  #status(): string {
    const { isActive } = this.#directory
    return `{"exchange_active":true,"trading_active":${isActive}}`
  }

  #find(ticker: string) {
    const market = this.#directory.market(ticker)
    if (market === undefined) throw new RestFailure(404, 'not_found', `there is no market ${ticker}`)
    return market
  }
}

function failed({ status, code, message }: RestFailure): RestAnswer {
  return { status, body: JSON.stringify({ error: { code, message, service: 'exchange' } }) }
}
