import type { Table } from './table.ts'
import { bbo } from './tables/bbo.ts'
import { book } from './tables/book.ts'
import { frames } from './tables/frames.ts'
import { tickers } from './tables/tickers.ts'
import { trades } from './tables/trades.ts'

/** Every table that can be exported, by the name that the command line knows it by. */
export const TABLES = { frames, trades, tickers, book, bbo } as const satisfies Readonly<Record<string, Table>>

export type TableName = keyof typeof TABLES
export const TABLE_NAMES = Object.keys(TABLES) as readonly TableName[]
