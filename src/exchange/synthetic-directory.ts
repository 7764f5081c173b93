import type { Clock } from '../core/clock.ts'
import { microseconds } from '../core/time.ts'
import type { BookTruth } from './book-truth.ts'
import type { Change, MarketLifecycleChange } from './change.ts'
import { foretell } from './lifecycle-wire.ts'
import type { RestDirectory, RestEvent, RestMarket, RestSeries, RestTrade } from './rest/rest-directory.ts'
import type { SyntheticEvent } from './synthetic-event.ts'
import type { SyntheticExchange } from './synthetic-exchange.ts'
import { SyntheticListing } from './synthetic-listing.ts'
import type { WireTime } from './wire-time.ts'
import { wireTime } from './wire-time.ts'

export interface SyntheticDirectoryOptions {
  readonly clock: Clock
  /** How fast the exchange goes, from which times to come are foretold. */
  readonly changesPerSecond: number
}

/** So many are kept at least, and twice as many at most. */
const TRADES_MIN = 20_000
/** Of settled markets, the latest are kept. */
const SETTLED_MAX = 1_000

/** What REST tells of the practice exchange. It must be told of every change, since it alone keeps trades and times. */
export class SyntheticDirectory implements RestDirectory {
  readonly isActive = true
  readonly #exchange: SyntheticExchange
  readonly #changesPerSecond: number
  /** Settled ones included. */
  readonly #events = new Map<string, SyntheticEvent>()
  readonly #listings = new Map<string, SyntheticListing>()
  readonly #series = new Map<string, RestSeries>()
  readonly #settled = new Set<string>()
  #trades: RestTrade[] = []
  #tradesSeen = 0

  constructor(exchange: SyntheticExchange, { clock, changesPerSecond }: SyntheticDirectoryOptions) {
    this.#exchange = exchange
    this.#changesPerSecond = changesPerSecond
    const now = wireTime(clock.wall())
    for (const event of exchange.events()) {
      for (const { name } of event.markets) this.#list(event, name.ticker, now)
    }
  }

  markets(): Iterable<RestMarket> {
    return this.#listings.values()
  }

  market(ticker: string): RestMarket | undefined {
    return this.#listings.get(ticker)
  }

  event(ticker: string): RestEvent | undefined {
    const event = this.#events.get(ticker)
    return (
      event && {
        ticker,
        seriesTicker: event.series.ticker,
        title: event.series.title,
        subtitle: event.subtitle,
        collateralReturnType: event.isExclusive ? 'MECNET' : '',
        markets: event.markets.flatMap(({ name }) => this.market(name.ticker) ?? [])
      }
    )
  }

  series(): Iterable<RestSeries> {
    return this.#series.values()
  }

  book(ticker: string): BookTruth | undefined {
    return this.#listings.get(ticker)?.book()
  }

  trades(): readonly RestTrade[] {
    return this.#trades
  }

  accept(change: Change, now: WireTime): void {
    if (change.type === 'trade') {
      const { tradeId, market, yesPrice, count, takerSide } = change
      const [ordinal, time] = [this.#tradesSeen++, microseconds(now.milliseconds * 1000)]
      const ticker = market.ticker
      this.#trades.push({ ordinal, tradeId, ticker, yesPrice, count, takerSide, isBlockTrade: false, time })
      if (this.#trades.length > 2 * TRADES_MIN) this.#trades = this.#trades.slice(-TRADES_MIN)
    } else if (change.type === 'market_lifecycle_v2') this.#acceptLifecycle(change, now)
  }

  #acceptLifecycle(change: MarketLifecycleChange, now: WireTime): void {
    const { ticker } = change.market
    if (change.eventType === 'created') {
      const event = this.#exchange.event(change.eventTicker)
      if (event !== undefined) this.#list(event, ticker, now)
      return
    }
    const listing = this.#listings.get(ticker)
    if (listing === undefined) return
    listing.updatedTime = microseconds(now.milliseconds * 1000)
    if (change.eventType === 'close_date_updated') listing.closeTime = this.#timeAfter(change.closesAfter, now)
    if (change.eventType !== 'settled') return
    listing.settledTime = listing.updatedTime
    this.#settled.add(ticker)
    if (this.#settled.size > SETTLED_MAX) this.#forgetOldest()
  }

  #list(event: SyntheticEvent, ticker: string, now: WireTime): void {
    const market = this.#exchange.find(ticker)
    if (market === undefined) return
    const { changes } = this.#exchange
    const openTime = this.#timeAfter(Math.max(0, event.opensAt - changes), now)
    const closeTime = this.#timeAfter(event.closesAt - changes, now)
    const createdTime = microseconds(now.milliseconds * 1000)
    this.#events.set(event.ticker, event)
    this.#series.set(event.series.ticker, event.series)
    this.#listings.set(ticker, new SyntheticListing({ event, market, createdTime, openTime, closeTime }))
  }

  #forgetOldest(): void {
    const [oldest = ''] = this.#settled
    const listing = this.#listings.get(oldest)
    this.#settled.delete(oldest)
    this.#listings.delete(oldest)
    if (listing === undefined) return
    const event = this.#events.get(listing.eventTicker)
    const isLast = event?.markets.every(({ name }) => !this.#listings.has(name.ticker))
    if (isLast === true) this.#events.delete(listing.eventTicker)
  }

  #timeAfter(changes: number, now: WireTime) {
    return microseconds(foretell(changes, { now, changesPerSecond: this.#changesPerSecond }) * 1_000_000)
  }
}
