import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Column } from '../../src/export/column.ts'
import { FORMATS } from '../../src/export/formats.ts'
import { byDateAndSeries } from '../../src/export/layout.ts'
import type { TableFilesLimits } from '../../src/export/table-files.ts'
import { TableFiles } from '../../src/export/table-files.ts'
import { temporaryFolder } from '../temporary.ts'
import { NOON } from '../frames.ts'
import { queryDuckdb } from './readers.ts'

const COLUMNS: readonly Column[] = [{ name: 'number', type: 'whole', nullable: false }]
const HOUR = 3_600_000_000_000n

interface Numbered {
  readonly series: string | null
  readonly hour?: number
}

async function write(
  rows: readonly Numbered[],
  format: 'ndjson' | 'parquet',
  limits: Partial<TableFilesLimits> = {}
): Promise<{ folder: string; files: TableFiles; paths: string[] }> {
  const folder = temporaryFolder()
  const files = new TableFiles(byDateAndSeries(folder, format), FORMATS[format], COLUMNS, limits)
  for (const [number, { series, hour = 0 }] of rows.entries()) {
    files.add({ cells: [number], receivedAt: NOON + BigInt(hour) * HOUR, seriesTicker: series })
    await files.flush()
  }
  await files.close()
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(path => path.endsWith(format))
  return { folder, files, paths: paths.sort() }
}

function numbersIn(folder: string, paths: readonly string[]): number[] {
  const lines = paths.flatMap(path => readFileSync(join(folder, path), 'utf8').trim().split('\n'))
  return lines.map(line => (JSON.parse(line) as { number: number }).number)
}

/** Every series in turn, as the exchange sends them. */
const MIXED = Array.from({ length: 60 }, (_, at) => ({ series: `KX${at % 5}` }))

describe('partitioned files', () => {
  it('lie by UTC day and series, whatever a ticker may hold', async () => {
    const rows = [{ series: 'KXA' }, { series: 'KXA', hour: 12 }, { series: '../KX A' }, { series: null }]
    const { folder, files, paths } = await write(rows, 'ndjson')
    expect(paths).toEqual([
      'date=2026-11-24/series=..%2FKX%20A/part-0.ndjson',
      'date=2026-11-24/series=KXA/part-0.ndjson',
      'date=2026-11-24/series=__HIVE_DEFAULT_PARTITION__/part-0.ndjson',
      'date=2026-11-25/series=KXA/part-0.ndjson'
    ])
    expect(files.files).toBe(4)
    expect(numbersIn(folder, paths)).toEqual([2, 0, 3, 1])
  })

  it('are one for each series as long as memory allows, though the series take turns', async () => {
    const { folder, files, paths } = await write(MIXED, 'ndjson')
    expect(paths).toHaveLength(5)
    expect(numbersIn(folder, paths).toSorted((a, b) => a - b)).toEqual(MIXED.map((_, at) => at))
    expect(files.bytes).toBe(paths.reduce((sum, path) => sum + readFileSync(join(folder, path)).length, 0))
  })

  it('get further parts when too many are unfinished, and lose no row', async () => {
    const { folder, files, paths } = await write(MIXED, 'ndjson', { totalWeight: 160, openBlocks: 3 })
    expect(paths).toContain('date=2026-11-24/series=KX0/part-1.ndjson')
    expect(paths).toHaveLength(files.files)
    expect(numbersIn(folder, paths).toSorted((a, b) => a - b)).toEqual(MIXED.map((_, at) => at))
  })

  it('of Parquet are whole, each part for itself, and are found by DuckDB as one table', async () => {
    const { folder, files } = await write(MIXED, 'parquet', { totalWeight: 160, openBlocks: 3 })
    expect(files.files).toBeGreaterThan(5)
    const source = `read_parquet('${folder}/**/*.parquet', hive_partitioning = true)`
    expect(await queryDuckdb(`select series, count(*)::int, sum(number)::int from ${source} where date = '2026-11-24' group by series order by series`)) // prettier-ignore
      .toEqual([0, 1, 2, 3, 4].map(series => [`KX${series}`, 12, 330 + 12 * series]))
  })
})
