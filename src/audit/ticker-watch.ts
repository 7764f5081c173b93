import type { Microseconds } from '../core/time.ts'
import { SECOND } from '../core/time.ts'
import type { Price } from '../core/units.ts'
import type { MarketTracker } from '../market/market-tracker.ts'
import type { Market } from '../market/market.ts'
import type { Message } from '../protocol/messages.ts'
import type { Ticker } from '../protocol/messages/market-data.ts'
import type { BookFinding, Place } from './finding.ts'

/**
 * Tickers are conflated and come in no order with the book (protocol reference, sections 9 and 11.2). How late one may
 * be is not known: within two seconds, before or after, the book must have been what it says.
 */
const WINDOW = (2 * SECOND) as Microseconds
/** Of a market that changes faster than this in the window, only the last changes are remembered. */
const TOPS_MAX = 256

/** The best prices from a time on. */
interface Top {
  readonly since: Microseconds
  readonly bid: Price | null
  readonly ask: Price | null
}

/** A ticker with which the book has not agreed yet. */
interface Doubt {
  readonly place: Place
  readonly until: Microseconds
  readonly bid: Price | null
  readonly ask: Price | null
  readonly book: Top
  isBidSeen: boolean
  isAskSeen: boolean
}

interface Watched {
  /** The oldest first; the first may have begun before the window. */
  tops: Top[]
  doubt: Doubt | null
  /** That its tickers are wrong was told, and none has been right since. */
  isTold: boolean
}

export interface TickerCounts {
  /** Tickers of markets with a good book. */
  compared: number
  agreed: number
}

/** Holds the best prices of tickers against the books near them. */
export class TickerWatch {
  readonly counts: TickerCounts = { compared: 0, agreed: 0 }
  readonly #tracker: MarketTracker
  readonly #placeOf: (sid: number | null, market: string) => Place
  readonly #report: (finding: BookFinding, place: Place) => void
  /** By number of market. */
  readonly #markets: (Watched | undefined)[] = []

  /** `placeOf` tells of the frame in hand. */
  constructor(
    tracker: MarketTracker,
    placeOf: (sid: number | null, market: string) => Place,
    report: (finding: BookFinding, place: Place) => void
  ) {
    this.#tracker = tracker
    this.#placeOf = placeOf
    this.#report = report
  }

  /** After the tracker has taken a message. */
  after(message: Message, now: Microseconds): void {
    if (message.type === 'ticker') this.#onTicker(message, now)
    else if (message.type === 'orderbook_delta' || message.type === 'orderbook_snapshot') {
      this.#onBook(message.market, now)
    }
  }

  /** A doubt whose window reaches beyond the end of the recording is none. */
  end(now: Microseconds): void {
    for (const watched of this.#markets) if (watched !== undefined) this.#expire(watched, now)
  }

  #onBook(number: number, now: Microseconds): void {
    const market = this.#tracker.market(number)
    if (market === undefined) return
    if (market.bookState !== 'fresh') {
      const watched = this.#markets[number]
      if (watched !== undefined) Object.assign(watched, { tops: [], doubt: null })
      return
    }
    const watched = (this.#markets[number] ??= { tops: [], doubt: null, isTold: false })
    const { bid, ask } = topOf(market)
    const last = watched.tops.at(-1)
    if (last !== undefined && last.bid === bid && last.ask === ask) return
    this.#expire(watched, now)
    forget(watched.tops, now)
    const top = { since: now, bid, ask }
    watched.tops.push(top)
    if (watched.doubt !== null) this.#reconsider(watched, watched.doubt, top)
  }

  #onTicker(ticker: Ticker, now: Microseconds): void {
    const number = ticker.market
    const watched = this.#markets[number]
    const book = watched?.tops.at(-1)
    if (watched === undefined || book === undefined || this.#tracker.market(number)?.bookState !== 'fresh') return
    this.#expire(watched, now)
    // Until the window of the doubt has passed, the next tickers may only be later versions of the same.
    if (watched.doubt !== null) return
    this.counts.compared++
    forget(watched.tops, now)
    const doubt: Doubt = {
      place: this.#placeOf(ticker.sid, ticker.marketTicker),
      until: (now + WINDOW) as Microseconds,
      bid: ticker.yesBid,
      ask: ticker.yesAsk,
      book,
      isBidSeen: false,
      isAskSeen: false
    }
    watched.doubt = doubt
    for (let at = watched.tops.length - 1; at >= 0 && watched.doubt !== null; at--) {
      this.#reconsider(watched, doubt, watched.tops[at] ?? book)
    }
  }

  #reconsider(watched: Watched, doubt: Doubt, top: Top): void {
    doubt.isBidSeen ||= top.bid === doubt.bid
    doubt.isAskSeen ||= top.ask === doubt.ask
    if (!doubt.isBidSeen || !doubt.isAskSeen) return
    this.counts.agreed++
    watched.doubt = null
    watched.isTold = false
  }

  #expire(watched: Watched, now: Microseconds): void {
    const { doubt } = watched
    if (doubt === null || now <= doubt.until) return
    watched.doubt = null
    if (watched.isTold) return
    watched.isTold = true
    const side = doubt.isBidSeen ? 'ask' : 'bid'
    this.#report({ type: 'ticker_mismatch', side, ticker: doubt[side], book: doubt.book[side] }, doubt.place)
  }
}

function topOf({ book }: Market): { readonly bid: Price | null; readonly ask: Price | null } {
  return { bid: book.bestBid(), ask: book.bestAsk() }
}

/** Drops what ended before the window. */
function forget(tops: Top[], now: Microseconds): void {
  let past = Math.max(0, tops.length - TOPS_MAX)
  while (past + 1 < tops.length && (tops[past + 1]?.since ?? now) < now - WINDOW) past++
  if (past > 0) tops.splice(0, past)
}
