import { join } from 'node:path'
import { formatTime } from '../core/time.ts'
import type { TableRow } from './table.ts'

/** Which file a row goes into. */
export interface Layout {
  /** Whether there is a file for each key, in parts, or one for all rows, whatever happens. */
  readonly isPartitioned: boolean
  /** What the rows of a file have in common. */
  keyOf(row: TableRow): string
  /** The path of a key's file, of which there may be several. */
  pathOf(key: string, part: number): string
}

export function oneFile(path: string): Layout {
  return { isPartitioned: false, keyOf: () => '', pathOf: () => path }
}

/** Files under `date=2026-11-24/series=KXBTC15M/`, as Hive named them and as most readers find them: by UTC day and series. */
export function byDateAndSeries(directory: string, extension: string): Layout {
  return {
    isPartitioned: true,
    keyOf: ({ receivedAt, seriesTicker }) => {
      const date = formatTime(receivedAt).slice(0, 'YYYY-MM-DD'.length)
      const series = seriesTicker === null || seriesTicker === '' ? NO_SERIES : encodeURIComponent(seriesTicker)
      return `date=${date}/series=${series}`
    },
    pathOf: (key, part) => join(directory, key, `part-${part}.${extension}`)
  }
}

/** What Hive wrote for null, and what readers take for it. */
const NO_SERIES = '__HIVE_DEFAULT_PARTITION__'
