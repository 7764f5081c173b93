import type { Clock } from '../../core/clock.ts'
import type { FrameBatch } from '../../core/frame.ts'
import { payloadAt } from '../../core/frame.ts'
import { toMicroseconds } from '../../core/time.ts'
import { MarketTracker } from '../../market/market-tracker.ts'
import { Decoder } from '../../protocol/decoder.ts'
import { MarketTable } from '../../protocol/market-table.ts'
import type { Message } from '../../protocol/messages.ts'
import type { Trade } from '../../protocol/messages/market-data.ts'
import type { Microseconds } from '../../core/time.ts'
import type { Recording } from '../../recording/recording.ts'
import { ReplayFeed } from '../../replay/replay-feed.ts'
import type { Era } from '../era.ts'

export interface FollowedTrade {
  /** Counts the trades of the recording from 0. */
  readonly ordinal: number
  readonly trade: Trade
  readonly receivedAt: Microseconds
}

/** So many of the latest trades are kept. */
const TRADES_MAX = 10_000

/**
 * The state of all markets after the first rows of recordings. Decoding costs many times what serving does, so it need
 * not keep step: it may lag, and read what it has missed when somebody asks.
 */
export class MarketFollower {
  readonly tracker: MarketTracker
  readonly #ids = new Map<string, string>()
  readonly #tickers = new Map<string, string>()
  readonly #decoder: Decoder
  readonly #rows: AsyncIterator<FrameBatch>
  readonly #trades: FollowedTrade[] = []
  #tradeCount = 0
  #batch: FrameBatch | undefined
  #row = 0
  /** Rows that the own reader has passed, and rows that the state is made of. */
  #read = 0
  #applied = 0
  #now = toMicroseconds(0n)
  #era: Era = 'current'

  constructor(recordings: readonly Recording[], clock: Clock) {
    const feed = new ReplayFeed(recordings, { clock })
    const markets = new MarketTable()
    this.#rows = feed[Symbol.asyncIterator]()
    this.#decoder = new Decoder(markets)
    this.tracker = new MarketTracker(markets, { isFiltered: connection => feed.isFiltered(connection) })
  }

  /** Rows that the state is made of. */
  get applied(): number {
    return this.#applied
  }

  /** Receive time of the last row. */
  get now(): Microseconds {
    return this.#now
  }

  /** In which encoding the latest book was told. */
  get era(): Era {
    return this.#era
  }

  /** The latest, oldest first. */
  get trades(): readonly FollowedTrade[] {
    return this.#trades
  }

  /** Empty for a market of which no frame told it. */
  idOf(ticker: string): string {
    return this.#ids.get(ticker) ?? ''
  }

  tickerOf(id: string): string | undefined {
    return this.#tickers.get(id)
  }

  /** Takes the row after those that were applied, from a reader that is elsewhere in step with it. */
  apply(batch: FrameBatch, row: number): void {
    const message = this.#decoder.decode(batch, row)
    this.#now = toMicroseconds(batch.receivedAt[row] ?? 0n)
    this.#applied++
    this.tracker.apply(message, batch.connection[row] ?? 0, this.#now)
    if ('marketTicker' in message) this.#note(message, batch, row)
  }

  /** Resolves when the state is that after so many rows. */
  async catchUp(rows: number): Promise<void> {
    while (this.#applied < rows) {
      if (this.#batch === undefined || this.#row >= this.#batch.length) {
        const next = await this.#rows.next()
        if (next.done === true) return
        this.#batch = next.value
        this.#row = 0
      }
      const passed = Math.min(this.#applied - this.#read, this.#batch.length - this.#row)
      this.#row += passed
      this.#read += passed
      while (this.#row < this.#batch.length && this.#applied < rows) {
        this.apply(this.#batch, this.#row)
        this.#row++
        this.#read++
      }
    }
  }

  async close(): Promise<void> {
    await this.#rows.return?.()
  }

  #note(message: Message & { readonly marketTicker: string | null }, batch: FrameBatch, row: number): void {
    if (message.type === 'trade') this.#keep(message)
    const { marketTicker: ticker } = message
    if (ticker === null) return
    const isSnapshot = message.type === 'orderbook_snapshot'
    if (!isSnapshot && this.#ids.has(ticker)) return
    const text = Buffer.from(payloadAt(batch, row)).toString()
    const id = /"market_id":\s*"([^"]+)"/.exec(text)?.[1]
    if (id !== undefined) {
      this.#ids.set(ticker, id)
      this.#tickers.set(id, ticker)
    }
    if (isSnapshot) this.#era = eraOf(text) ?? this.#era
  }

  #keep(trade: Trade): void {
    this.#trades.push({ ordinal: this.#tradeCount++, trade, receivedAt: this.#now })
    if (this.#trades.length > 2 * TRADES_MAX) this.#trades.splice(0, TRADES_MAX)
  }
}

/** Undefined for an empty book, which looks the same in all of them. */
function eraOf(snapshot: string): Era | undefined {
  const hasCents = /"(?:yes|no)":/.test(snapshot)
  const hasToday = /"(?:yes|no)_dollars_fp":/.test(snapshot)
  if (hasToday) return hasCents ? 'dual' : 'current'
  return hasCents ? 'legacy' : undefined
}
