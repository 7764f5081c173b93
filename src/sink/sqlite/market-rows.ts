import type Database from 'libsql'
import type { Nanoseconds } from '../../core/time.ts'
import type { Market } from '../../market/market.ts'
import { nanosecondsOf } from './frame-identity.ts'

/** What a message itself may tell of a market; else its event is guessed from its ticker, which must not replace a told one. */
type Told = { readonly eventTicker: string | null } | null

/**
 * One row a market. Of each column the newest frame that told counts, in whichever order recordings are streamed, so
 * that streaming one again changes nothing.
 */
export class MarketRows {
  readonly #insert: Database.Statement
  readonly #update: Database.Statement
  readonly #find: Database.Statement
  /** By the market's number in this run. */
  readonly #ids: number[] = []
  #stored = 0

  constructor(database: Database.Database) {
    this.#insert = database.prepare(
      'INSERT OR IGNORE INTO markets (ticker, event_ticker, series_ticker) VALUES (?, ?, ?)'
    )
    this.#find = database.prepare('SELECT id FROM markets WHERE ticker = ?')
    this.#update = database.prepare(UPDATE)
  }

  /** Markets that were new to the database. */
  get stored(): number {
    return this.#stored
  }

  /** The market's id in the database, where it gets a row if it has none. */
  idOf(market: Market): number {
    return (this.#ids[market.number] ??= this.#add(market))
  }

  /** What is known of the market after a frame that spoke of more than prices. */
  tell(market: Market, message: Told, receivedAt: Nanoseconds): void {
    const told = (message?.eventTicker ?? null) === null ? [null, null] : [market.eventTicker, market.seriesTicker]
    this.#update.run([
      this.idOf(market),
      receivedAt,
      ...told,
      market.title,
      nanosecondsOf(market.openTime),
      nanosecondsOf(market.closeTime),
      market.isPaused === null ? null : Number(market.isPaused),
      nanosecondsOf(market.determinedAt),
      nanosecondsOf(market.settledAt),
      market.result,
      market.settlementValue,
      market.priceLevelStructure
    ])
  }

  #add({ ticker, eventTicker, seriesTicker }: Market): number {
    this.#stored += this.#insert.run([ticker, eventTicker, seriesTicker]).changes
    const [row] = this.#find.all([ticker]) as { readonly id: number }[]
    if (row === undefined) throw new TypeError(`market ${ticker} has no row after it was inserted`)
    return row.id
  }
}

/** Parameters: the id, the receive time, and these columns in their order. */
const COLUMNS = [
  'event_ticker',
  'series_ticker',
  'title',
  'open_time',
  'close_time',
  'is_paused',
  'determined_at',
  'settled_at',
  'result',
  'settlement_value',
  'price_level_structure'
]

const IS_NEWER = 'updated_at IS NULL OR ?2 >= updated_at'

const UPDATE = `UPDATE markets SET ${COLUMNS.map((column, at) => mergedColumn(column, `?${at + 3}`)).join(', ')},
  updated_at = CASE WHEN ${IS_NEWER} THEN ?2 ELSE updated_at END
WHERE id = ?1`

function mergedColumn(column: string, told: string): string {
  return `${column} = CASE WHEN ${IS_NEWER} THEN coalesce(${told}, ${column}) ELSE coalesce(${column}, ${told}) END`
}
