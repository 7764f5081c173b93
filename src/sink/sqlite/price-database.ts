import type Database from 'libsql'
import type { FrameBatch, FrameSink } from '../../core/frame.ts'
import type { Microseconds } from '../../core/time.ts'
import { SECOND } from '../../core/time.ts'
import type { Irregularity } from '../../market/irregularity.ts'
import type { Market } from '../../market/market.ts'
import type { MarketTracker } from '../../market/market-tracker.ts'
import type { Message } from '../../protocol/messages.ts'
import type { Rest } from '../../protocol/messages/control.ts'
import type { FrameIdentity } from './frame-identity.ts'
import { identityOf } from './frame-identity.ts'
import { InterruptionRows } from './interruption-rows.ts'
import { LifecycleRows } from './lifecycle-rows.ts'
import { MarketRows } from './market-rows.ts'
import { openDatabase } from './open-database.ts'
import { PriceUpdates } from './price-updates.ts'
import type { RowBuffer } from './row-buffer.ts'
import type { RowTable } from './schema.ts'
import { storageError } from './storage-error.ts'
import { TradeRows } from './trade-rows.ts'

export interface PriceDatabaseOptions {
  /** An update that repeats the one before it is dropped if it comes sooner than so. Default: a second. */
  readonly window?: Microseconds
  /** Of other markets a listing is passed over; the rest is the pipeline's to keep away. Default: all. */
  readonly markets?: ReadonlySet<string>
  /** How long another program's lock is waited for. */
  readonly busyMilliseconds?: number
}

/**
 * Markets, prices, trades and lifecycle events in a SQLite database (docs/stream.md). The pipeline tells it of each
 * frame; as a sink behind the pipeline it ends the batch, which is one transaction: stored whole or not at all. What a
 * frame gives is stored once, however often the frame comes. Throws `storage` where it cannot be written.
 */
export class PriceDatabase implements FrameSink {
  readonly #path: string
  readonly #database: Database.Database
  readonly #chosen: ReadonlySet<string> | undefined
  readonly #markets: MarketRows
  readonly #updates: PriceUpdates
  readonly #trades: TradeRows
  readonly #lifecycle: LifecycleRows
  readonly #interruptions: InterruptionRows
  #isInTransaction = false

  constructor(path: string, { window = SECOND, markets, busyMilliseconds }: PriceDatabaseOptions = {}) {
    const database = openDatabase(path, busyMilliseconds)
    this.#path = path
    this.#database = database
    this.#chosen = markets
    this.#markets = new MarketRows(database)
    this.#updates = new PriceUpdates(database, window)
    this.#trades = new TradeRows(database)
    this.#lifecycle = new LifecycleRows(database)
    this.#interruptions = new InterruptionRows(database)
  }

  /** Updates that repeated the one before them. */
  get duplicates(): number {
    return this.#updates.duplicates
  }

  /** Rows that were added. */
  get stored(): Readonly<Record<'markets' | RowTable, number>> {
    const { updates, trades, lifecycle, interruptions } = this.#rows
    return {
      markets: this.#markets.stored,
      updates: updates.stored,
      trades: trades.stored,
      lifecycle: lifecycle.stored,
      interruptions: interruptions.stored
    }
  }

  /** Rows whose frame, or whose trade, was stored already. */
  get known(): number {
    return Object.values(this.#rows).reduce((sum, { known }) => sum + known, 0)
  }

  /** For the pipeline: called before the frame that it was found in. */
  irregular(irregularity: Irregularity): void {
    this.#interruptions.irregular(irregularity)
  }

  /** For the pipeline: called after each frame. */
  onFrame(message: Message, isApplied: boolean, batch: FrameBatch, row: number, tracker: MarketTracker): void {
    this.#guard(() => {
      if (this.#interruptions.isDue(message)) {
        this.#begin()
        this.#interruptions.add(message, identityOf(batch, row))
      }
      if (isApplied) this.#store(message, batch, row, tracker)
    })
  }

  accept(): void {
    if (!this.#isInTransaction) return
    this.#guard(() => {
      for (const rows of Object.values(this.#rows)) rows.flush()
      this.#database.exec('COMMIT')
      this.#isInTransaction = false
    })
  }

  /** A batch that was not ended is not stored. */
  async close(): Promise<void> {
    this.#guard(() => {
      if (this.#isInTransaction && this.#database.inTransaction) this.#database.exec('ROLLBACK')
      this.#database.close()
    })
  }

  get #rows(): Readonly<Record<RowTable, RowBuffer>> {
    return {
      updates: this.#updates.rows,
      trades: this.#trades.rows,
      lifecycle: this.#lifecycle.rows,
      interruptions: this.#interruptions.rows
    }
  }

  #store(message: Message, batch: FrameBatch, row: number, tracker: MarketTracker): void {
    if (message.type === 'event_lifecycle' || message.type === 'event_fee_update') {
      this.#lifecycle.addOfEvent(message, this.#identify(batch, row), batch, row)
    } else if (message.type === 'rest') {
      if (message.page !== null) this.#list(message.page.markets, this.#identify(batch, row), tracker)
    } else if (isOfMarket(message)) {
      const market = tracker.market(message.market)
      if (market !== undefined) this.#storeOfMarket(message, market, batch, row)
    }
  }

  #storeOfMarket(message: MessageOfMarket, market: Market, batch: FrameBatch, row: number): void {
    const frame = this.#identify(batch, row)
    switch (message.type) {
      case 'orderbook_delta':
      case 'ticker':
      case 'ticker_v2':
        this.#update(market, frame, message.exchangeTime)
        break
      case 'orderbook_snapshot':
        this.#update(market, frame, null)
        break
      case 'trade':
        this.#trades.add(this.#markets.idOf(market), message, frame)
        break
      case 'market_lifecycle_v2':
      case 'multivariate_market_lifecycle':
        this.#markets.tell(market, message.metadata, frame.receivedAt)
        this.#lifecycle.addOfMarket(this.#markets.idOf(market), market, message, frame, batch, row)
        break
    }
  }

  #update(market: Market, frame: FrameIdentity, exchangeTime: Microseconds | null): void {
    const { quote } = market
    if (quote !== null) this.#updates.add(this.#markets.idOf(market), market, quote, frame, exchangeTime)
  }

  #list(listed: NonNullable<Rest['page']>['markets'], frame: FrameIdentity, tracker: MarketTracker): void {
    for (const one of listed) {
      const market = tracker.market(one.market)
      if (market === undefined || this.#chosen?.has(one.marketTicker) === false) continue
      this.#markets.tell(market, one, frame.receivedAt)
      this.#update(market, frame, null)
    }
  }

  #identify(batch: FrameBatch, row: number): FrameIdentity {
    this.#begin()
    return identityOf(batch, row)
  }

  #begin(): void {
    if (this.#isInTransaction) return
    this.#database.exec('BEGIN IMMEDIATE')
    this.#isInTransaction = true
  }

  #guard(work: () => void): void {
    try {
      work()
    } catch (error) {
      throw storageError(this.#path, error)
    }
  }
}

type MessageOfMarket = Extract<
  Message,
  {
    type:
      | 'market_lifecycle_v2'
      | 'multivariate_market_lifecycle'
      | 'orderbook_delta'
      | 'orderbook_snapshot'
      | 'ticker'
      | 'ticker_v2'
      | 'trade'
  }
>

const TYPES_OF_MARKET: ReadonlySet<string> = new Set<MessageOfMarket['type']>([
  'market_lifecycle_v2',
  'multivariate_market_lifecycle',
  'orderbook_delta',
  'orderbook_snapshot',
  'ticker',
  'ticker_v2',
  'trade'
])

function isOfMarket(message: Message): message is MessageOfMarket {
  return TYPES_OF_MARKET.has(message.type)
}
