import type { TableFormat } from './format.ts'
import { arrow } from './formats/arrow.ts'
import { csv } from './formats/csv.ts'
import { ndjson } from './formats/ndjson.ts'
import { parquet } from './formats/parquet.ts'

/** Every format, by the name that the command line and the ending of a file know it by. */
export const FORMATS = { parquet, csv, ndjson, arrow } as const satisfies Readonly<Record<string, TableFormat>>

export type FormatName = keyof typeof FORMATS
export const FORMAT_NAMES = Object.keys(FORMATS) as readonly FormatName[]
