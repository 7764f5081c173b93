import type Database from 'libsql'
import type { Microseconds } from '../../core/time.ts'
import { toMicroseconds } from '../../core/time.ts'
import type { Market, Quote } from '../../market/market.ts'
import type { FrameIdentity } from './frame-identity.ts'
import { nanosecondsOf } from './frame-identity.ts'
import { RowBuffer } from './row-buffer.ts'

/** What an update says, but for its time. */
type Content = Readonly<Record<(typeof CONTENT)[number], string | number | null>>

const CONTENT = ['source', 'bid', 'ask', 'bid_size', 'ask_size', 'last_price', 'volume', 'open_interest'] as const
const COLUMNS = ['market_id', 'received_at', 'connection', 'checksum', 'exchange_time', ...CONTENT]

/** Text costs about three times as much as a number on its way into SQLite, and this is the only one of a row. */
const [TICKER, BOOK] = [0, 1]
const SOURCE = `CASE ? WHEN ${BOOK} THEN 'book' ELSE 'ticker' END`

interface Told {
  readonly content: Content
  /** Receive time of the row, in microseconds. */
  readonly at: number
}

/**
 * The best prices of each market after each frame that told some. An update that says what the row before it said, less
 * than the window later, is a duplicate and is dropped. The row before it may be of an earlier run.
 */
export class PriceUpdates {
  readonly rows: RowBuffer
  readonly #latest: Database.Statement
  readonly #window: Microseconds
  /** By the market's id in the database. */
  readonly #told = new Map<number, Told>()
  #duplicates = 0

  constructor(database: Database.Database, window: Microseconds) {
    this.rows = new RowBuffer(database, 'updates', COLUMNS, { source: SOURCE })
    this.#window = window
    this.#latest = database.prepare(
      `SELECT ${CONTENT.join(', ')}, received_at / 1000 AS at FROM updates
       WHERE market_id = ?1 AND received_at < ?2 AND NOT EXISTS (
         SELECT 1 FROM updates WHERE market_id = ?1 AND received_at = ?2 AND connection = ?3 AND checksum = ?4
       ) ORDER BY received_at DESC, id DESC LIMIT 1`
    )
  }

  get duplicates(): number {
    return this.#duplicates
  }

  add(id: number, market: Market, quote: Quote, frame: FrameIdentity, exchangeTime: Microseconds | null): void {
    const at = toMicroseconds(frame.receivedAt)
    const told = this.#told.get(id) ?? this.#toldBefore(id, frame)
    const content = contentOf(market, quote)
    if (told !== undefined && at - told.at < this.#window && areEqual(content, told.content)) {
      this.#told.set(id, told)
      this.#duplicates++
      return
    }
    this.#told.set(id, { content, at })
    const { receivedAt, connection, checksum } = frame
    this.rows.add(
      id,
      receivedAt,
      connection,
      checksum,
      nanosecondsOf(exchangeTime),
      content.source === 'book' ? BOOK : TICKER,
      content.bid,
      content.ask,
      content.bid_size,
      content.ask_size,
      content.last_price,
      content.volume,
      content.open_interest
    )
  }

  /** By an earlier run; undefined where the frame in hand was stored by one, which found it to be no duplicate. */
  #toldBefore(id: number, { receivedAt, connection, checksum }: FrameIdentity): Told | undefined {
    const rows = this.#latest.all([id, receivedAt, connection, checksum]) as (Content & { readonly at: number })[]
    return rows[0] && { content: rows[0], at: rows[0].at }
  }
}

function contentOf({ lastPrice, latestTicker }: Market, { source, bid, ask, bidSize, askSize }: Quote): Content {
  return {
    source,
    bid,
    ask,
    bid_size: bidSize,
    ask_size: askSize,
    last_price: lastPrice,
    volume: latestTicker?.volume ?? null,
    open_interest: latestTicker?.openInterest ?? null
  }
}

function areEqual(a: Content, b: Content): boolean {
  return (
    a.source === b.source &&
    a.bid === b.bid &&
    a.ask === b.ask &&
    a.bid_size === b.bid_size &&
    a.ask_size === b.ask_size &&
    a.last_price === b.last_price &&
    a.volume === b.volume &&
    a.open_interest === b.open_interest
  )
}
