import type { Nanoseconds } from '../core/time.ts'
import { toMicroseconds } from '../core/time.ts'
import type { MarketTracker } from '../market/market-tracker.ts'
import type { Market } from '../market/market.ts'
import type { UpdateSubscriptionCommand } from '../protocol/commands.ts'
import type { Message } from '../protocol/messages.ts'
import type { OrderbookSnapshot } from '../protocol/messages/market-data.ts'
import type { Verdict } from './compare-book.ts'
import { judge } from './compare-book.ts'
import type { BookFinding } from './finding.ts'
import type { Sources, WatchedBook } from './sources.ts'
import type { Spans } from './spans.ts'

/** What came of the snapshots. */
export interface SnapshotCounts {
  snapshots: number
  /** Had a good book of the same `sid` before them. */
  compared: number
  agreed: number
  /** Emptied the book. */
  cleared: number
}

/** How a recorder that has had enough closes a connection. */
export const CLOSE_NORMAL = 1000

/**
 * Compares every snapshot with the book as the tracker has folded it, and tells for which times that proves something.
 * Whether a book is good is the tracker's to say; here is only kept since when.
 */
export class BookWatch {
  readonly counts: SnapshotCounts = { snapshots: 0, compared: 0, agreed: 0, cleared: 0 }
  readonly #tracker: MarketTracker
  readonly #sources: Sources
  readonly #spans: Spans
  readonly #report: (finding: BookFinding, sid: number | null, market: string) => void
  /** By number. */
  readonly #books: (WatchedBook | undefined)[] = []
  #verdict: Verdict | null = null

  constructor(
    tracker: MarketTracker,
    sources: Sources,
    spans: Spans,
    report: (finding: BookFinding, sid: number | null, market: string) => void
  ) {
    this.#tracker = tracker
    this.#sources = sources
    this.#spans = spans
    this.#report = report
  }

  /** Before the tracker takes a message: a snapshot is held against the book that it will replace. */
  before(message: Message, connection: number, now: Nanoseconds): void {
    this.#verdict = null
    if (message.type !== 'orderbook_snapshot') return
    const book = this.#books[message.market]
    const market = this.#tracker.market(message.market)
    if (book?.state !== 'good' || market?.bookState !== 'fresh') return
    if (book.source !== this.#sources.find(connection, message.sid)) return
    this.#verdict = judge(message, market, toMicroseconds(now))
  }

  /** After the tracker has taken it. */
  after(message: Message, connection: number, frame: number, now: Nanoseconds): void {
    const { type, sid } = message
    if (type === 'orderbook_delta') {
      this.#loseIfSpoiled(this.#books[message.market])
    } else if (type === 'orderbook_snapshot') {
      this.counts.snapshots++
      if (this.#isGood(message.market)) this.#renew(message, connection, frame, now)
      else this.#lose(this.#books[message.market])
    } else if (type === 'unsubscribed') {
      for (const book of this.#sources.find(connection, sid)?.books ?? []) this.#end(book, now)
    } else if (type === 'command' && message.command.cmd === 'update_subscription') {
      this.#endDeleted(message.command.params, now)
    } else if (type === 'connection_closed') {
      this.#close(connection, message.code === CLOSE_NORMAL ? 'given_up' : 'lost')
    } else if (type === 'connection_failed') {
      this.#close(connection, 'lost')
    } else if (type === 'malformed' && message.marketTicker !== null) {
      this.#loseIfSpoiled(this.#find(message.marketTicker))
    } else if (type === 'error' || type === 'malformed') {
      this.#loseSpoiled(connection, sid)
    } else if (type === 'market_lifecycle_v2' || type === 'multivariate_market_lifecycle') {
      this.#endSettled(message.market, now)
    }
  }

  /** Frames of a `sid` were lost: to be called when the tracker has found out. */
  onGap(connection: number, sid: number | null): void {
    this.#loseSpoiled(connection, sid)
  }

  /** Changes of a market that has no book on their `sid`. */
  onOrphan(market: Market, sid: number | null, now: Nanoseconds): void {
    const book = this.#of(market.number, market.ticker)
    if (book.state === 'absent') book.since = now
    if (book.state !== 'good') book.state = 'lost'
    if (book.isOrphanTold) return
    book.isOrphanTold = true
    this.#report({ type: 'delta_without_book' }, sid, market.ticker)
  }

  /** Changes of a market from another `sid` than its book's. Another connection's are told once. */
  onForeign(market: Market, sid: number | null, now: Nanoseconds): void {
    if (market.bookState !== 'fresh') return this.onOrphan(market, sid, now)
    const book = this.#of(market.number, market.ticker)
    if (book.isForeignTold) return
    book.isForeignTold = true
    this.#report({ type: 'foreign_delta' }, sid, market.ticker)
  }

  /** Frames are missing where no `seq` tells whose: no book is good until its next snapshot. */
  loseAll(): void {
    for (const source of this.#sources.all()) for (const book of source.books) this.#lose(book)
  }

  /** At the end of the recording. */
  end(now: Nanoseconds): void {
    for (const book of this.#books) {
      if (book === undefined) continue
      const heard = book.source?.connection
      if (book.state === 'good' && heard?.isWhole === true && heard.isSilentAt(now)) this.#lose(book, heard.lastFrameAt)
      if (book.state === 'lost') this.#spans.add(book.ticker, 'lost', book.since, now)
      if (book.state === 'good') this.#spans.add(book.ticker, 'unverified', book.since, heard?.lastFrameAt ?? now)
      book.state = 'absent'
    }
  }

  #renew({ market, marketTicker, sid }: OrderbookSnapshot, connection: number, frame: number, now: Nanoseconds): void {
    const book = this.#of(market, marketTicker)
    const source = this.#sources.of(connection, sid, now)
    const isSame = book.source === source
    if (book.state === 'good' && isSame && this.#verdict !== null) this.#settle(book, this.#verdict, sid, now)
    if (book.state === 'good' && !isSame) this.#takeOver(book, now)
    if (book.state === 'lost' || book.state === 'given_up') this.#spans.add(book.ticker, 'lost', book.since, now)
    if (book.state === 'absent') this.#spans.add(book.ticker, 'unverified', now, now)
    if (!isSame) book.source?.books.delete(book)
    source.books.add(book)
    source.isLost = false
    Object.assign(book, { state: 'good', since: now, source, snapshotFrame: frame })
    book.isOrphanTold = false
    book.isForeignTold = false
  }

  #settle(book: WatchedBook, verdict: Verdict, sid: number | null, now: Nanoseconds): void {
    this.counts.compared++
    if (verdict === 'agreed') this.counts.agreed++
    if (verdict === 'cleared') this.counts.cleared++
    this.#spans.add(book.ticker, verdict === 'agreed' ? 'verified' : 'unverified', book.since, now)
    if (verdict === 'cleared') this.#report({ type: 'book_cleared' }, sid, book.ticker)
    else if (verdict !== 'agreed') {
      this.#report({ type: 'book_mismatch', ...verdict, since: book.snapshotFrame }, sid, book.ticker)
    }
  }

  /**
   * The book now comes from elsewhere. If the connection it came from is known to be open still, nothing was lost; in a
   * capture without events it must be taken for dead since its last frame.
   */
  #takeOver(book: WatchedBook, now: Nanoseconds): void {
    const { connection } = book.source ?? {}
    if (connection?.isWhole === true && !connection.isClosed)
      this.#spans.add(book.ticker, 'unverified', book.since, now)
    else this.#lose(book, connection?.lastFrameAt)
  }

  #close(connection: number, state: 'lost' | 'given_up'): void {
    for (const source of this.#sources.allOf(connection)) {
      for (const book of source.books) this.#lose(book, source.connection.lastFrameAt, state)
    }
    this.#sources.forget(connection)
  }

  #endDeleted(
    { action, market_ticker: ticker, market_tickers: tickers = [] }: UpdateParameters,
    now: Nanoseconds
  ): void {
    if (action !== 'delete_markets') return
    for (const deleted of ticker === undefined ? tickers : [ticker, ...tickers]) {
      const book = this.#find(deleted)
      if (book !== undefined && !this.#isGood(book.number)) this.#end(book, now)
    }
  }

  #endSettled(number: number, now: Nanoseconds): void {
    const book = this.#books[number]
    if (book !== undefined && this.#tracker.market(number)?.bookState === 'none') this.#end(book, now)
  }

  /** What spoils a `sid` spoils all its books, so that one of them tells of all. */
  #loseSpoiled(connection: number, sid: number | null): void {
    const source = this.#sources.find(connection, sid)
    if (source === undefined || source.isLost) return
    for (const book of source.books) {
      if (book.state === 'good' && this.#isGood(book.number)) return
      this.#lose(book)
    }
    source.isLost = true
  }

  #loseIfSpoiled(book: WatchedBook | undefined): void {
    if (book !== undefined && !this.#isGood(book.number)) this.#lose(book)
  }

  #lose(
    book: WatchedBook | undefined,
    lastGood = book?.source?.lastFrameAt,
    state: 'lost' | 'given_up' = 'lost'
  ): void {
    if (book?.state !== 'good') return
    const since = lastGood === undefined || lastGood < book.since ? book.since : lastGood
    this.#spans.add(book.ticker, 'unverified', book.since, since)
    book.state = state
    book.since = since
  }

  /** Nobody asks for the book any more. */
  #end(book: WatchedBook, now: Nanoseconds): void {
    if (book.state === 'lost') this.#spans.add(book.ticker, 'lost', book.since, now)
    this.#lose(book)
    book.state = 'absent'
    book.source?.books.delete(book)
    book.source = null
  }

  #isGood(number: number): boolean {
    return this.#tracker.market(number)?.bookState === 'fresh'
  }

  #find(ticker: string): WatchedBook | undefined {
    const number = this.#tracker.byTicker(ticker)?.number
    return number === undefined ? undefined : this.#books[number]
  }

  #of(number: number, ticker: string): WatchedBook {
    return (this.#books[number] ??= {
      ticker,
      number,
      state: 'absent',
      since: 0n,
      snapshotFrame: 0,
      source: null,
      isOrphanTold: false,
      isForeignTold: false
    })
  }
}

type UpdateParameters = UpdateSubscriptionCommand['params']
