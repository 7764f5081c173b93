import type { Microseconds } from '../core/time.ts'
import type { Count, Price, TwiceMid } from '../core/units.ts'
import { twiceMidOf } from '../core/units.ts'
import type { Ladders } from './ladders.ts'
import type { MarketRecords } from './market-records.ts'
import { NOTHING, RECORD } from './market-records.ts'
import type { LastTrade, LatestTicker, Market, MarketStatus, Quote } from './market.ts'
import { OrderBook } from './order-book.ts'
import type { Freshness } from './origin.ts'
import { Origin } from './origin.ts'
import type { UpdateTimes } from './update-times.ts'

/** What all markets of a tracker keep in one place. */
export interface SharedByMarkets {
  readonly ladders: Ladders
  readonly updateTimes: UpdateTimes
}

/** A market as the tracker writes it. */
export class MarketState implements Market {
  readonly number: number
  readonly ticker: string
  eventTicker: string
  seriesTicker: string
  title: string | null = null
  openTime: Microseconds | null = null
  closeTime: Microseconds | null = null
  isPaused: boolean | null = null
  determinedAt: Microseconds | null = null
  settledAt: Microseconds | null = null
  result: string | null = null
  settlementValue: Price | null = null
  priceLevelStructure: string | null = null

  readonly book: OrderBook
  readonly bookOrigin: Origin
  latestTicker: LatestTicker | null = null
  readonly tickerOrigin: Origin
  lastTrade: LastTrade | null = null
  tradedVolume = 0 as Count
  lastPrice: Price | null = null
  firstPrice: Price | null = null
  readonly #records: MarketRecords
  readonly #at: number
  readonly #updateTimes: UpdateTimes

  constructor(number: number, ticker: string, { ladders, updateTimes }: SharedByMarkets) {
    this.number = number
    this.ticker = ticker
    this.eventTicker = eventOf(ticker)
    this.seriesTicker = seriesOf(ticker)
    this.book = new OrderBook(ladders, number)
    this.#records = ladders.records
    this.#at = this.#records.at(number)
    this.bookOrigin = new Origin(this.#records, this.#at + RECORD.bookStamp)
    this.tickerOrigin = new Origin(this.#records, this.#at + RECORD.tickerStamp)
    this.#updateTimes = updateTimes
  }

  get firstTwiceMid(): TwiceMid | null {
    const first = this.#records.integers[this.#at + RECORD.firstTwiceMid]
    return first === NOTHING ? null : (first as TwiceMid)
  }

  get updatedAt(): Microseconds {
    return this.#updateTimes.get(this.number)
  }

  get bookState(): Freshness {
    return this.bookOrigin.freshness
  }

  get tickerState(): Freshness {
    return this.tickerOrigin.freshness
  }

  get volume(): Count {
    return this.latestTicker?.volume ?? this.tradedVolume
  }

  get quote(): Quote | null {
    if (this.bookState === 'fresh') return quoteOfBook(this.book)
    if (this.latestTicker !== null && this.tickerState === 'fresh') return quoteOfTicker(this.latestTicker)
    return null
  }

  get lastQuote(): Quote | null {
    if (this.bookState !== 'none') return quoteOfBook(this.book)
    return this.latestTicker === null ? null : quoteOfTicker(this.latestTicker)
  }

  get change(): TwiceMid | null {
    const mid = this.quote?.twiceMid ?? null
    if (mid !== null && this.firstTwiceMid !== null) return (mid - this.firstTwiceMid) as TwiceMid
    if (this.lastPrice === null || this.firstPrice === null) return null
    return (2 * (this.lastPrice - this.firstPrice)) as TwiceMid
  }

  statusAt(now: Microseconds): MarketStatus {
    if (this.settledAt !== null) return 'settled'
    if (this.determinedAt !== null) return 'determined'
    if (this.closeTime !== null && now >= this.closeTime) return 'closed'
    if (this.isPaused === true) return 'paused'
    if (this.openTime !== null) return now >= this.openTime ? 'active' : 'unopened'
    return this.isPaused === false ? 'active' : 'unknown'
  }

  /** Keeps the first. */
  noteTwiceMid(twiceMid: TwiceMid | null): void {
    if (this.firstTwiceMid === null) this.#records.integers[this.#at + RECORD.firstTwiceMid] = twiceMid ?? NOTHING
  }

  notePrice(price: Price): void {
    this.lastPrice = price
    this.firstPrice ??= price
  }

  /** Gives up all that it has in its record, which is for the next market of its number. */
  forget(): void {
    this.evict()
    this.#records.integers[this.#at + RECORD.firstTwiceMid] = NOTHING
  }

  /** Gives up what costs memory. A market that is over stays known, with its result and its last price. */
  evict(): void {
    this.book.clear()
    this.#records.integers[this.#at + RECORD.isCrossed] = NOTHING
    this.bookOrigin.forget()
    this.latestTicker = null
    this.tickerOrigin.forget()
  }
}

/** The event of a market, by convention: what comes before the last dash. */
export function eventOf(ticker: string): string {
  return beforeDash(ticker, ticker.lastIndexOf('-'))
}

/** The series of a market or an event, by convention: what comes before the first dash. */
export function seriesOf(ticker: string): string {
  return beforeDash(ticker, ticker.indexOf('-'))
}

function beforeDash(ticker: string, dash: number): string {
  return dash < 0 ? ticker : ticker.slice(0, dash)
}

function quoteOfBook(book: OrderBook): Quote {
  const bid = book.bestBid()
  const ask = book.bestAsk()
  const twiceMid = bid === null || ask === null ? null : twiceMidOf(bid, ask)
  return { source: 'book', bid, ask, bidSize: book.bestBidSize(), askSize: book.bestAskSize(), twiceMid }
}

function quoteOfTicker(ticker: LatestTicker): Quote {
  const { yesBid, yesAsk, yesBidSize, yesAskSize } = ticker
  const twiceMid = yesBid === null || yesAsk === null ? null : twiceMidOf(yesBid, yesAsk)
  return { source: 'ticker', bid: yesBid, ask: yesAsk, bidSize: yesBidSize, askSize: yesAskSize, twiceMid }
}
