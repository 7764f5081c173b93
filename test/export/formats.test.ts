import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Cell, Column } from '../../src/export/column.ts'
import type { FormatName } from '../../src/export/formats.ts'
import { FORMAT_NAMES, FORMATS } from '../../src/export/formats.ts'
import { oneFile } from '../../src/export/layout.ts'
import { TableFiles } from '../../src/export/table-files.ts'
import { temporaryFolder } from '../temporary.ts'
import {
  expectedDuckdbTypes,
  expectedPolarsTypes,
  queryDuckdb,
  readWithDuckdb,
  readWithPolars,
  textRowsOf
} from './readers.ts'

const COLUMNS: readonly Column[] = [
  { name: 'happened', type: 'time', nullable: false },
  { name: 'told', type: 'time', nullable: true },
  { name: 'price', type: 'price', nullable: true },
  { name: 'count', type: 'count', nullable: false },
  { name: 'number', type: 'whole', nullable: true },
  { name: 'word', type: 'text', nullable: true },
  { name: 'flag', type: 'boolean', nullable: true }
]

const NOON = 1_795_521_600_000_000_000n

const ROWS: readonly (readonly Cell[])[] = [
  [NOON + 1n, null, 4800, -1250, 7, 'plain', true],
  [NOON + 999_999_999n, NOON - 1n, 10_000, 1, -1, '', false],
  [NOON, NOON, 0, Number.MAX_SAFE_INTEGER, 9_223_372_036_854_775_807n, 'a "quoted", word\r\nand a line', null],
  [0n, 1_000n, null, Number.MIN_SAFE_INTEGER, null, null, true],
  [NOON + 2n, null, 1, 0, 0, ' Wird es regnen? \u{1f327} ', false]
]

/** Writes each row as a block of its own, or all as one. */
async function write(format: FormatName, rows: readonly (readonly Cell[])[], isDivided = false): Promise<string> {
  const path = join(temporaryFolder(), `table.${FORMATS[format].extension}`)
  const files = new TableFiles(oneFile(path), FORMATS[format], COLUMNS, isDivided ? { blockWeight: 1 } : {})
  for (const cells of rows) {
    files.add({ cells, receivedAt: NOON, seriesTicker: null })
    await files.flush()
  }
  await files.close()
  expect(files).toMatchObject({ files: 1, bytes: readFileSync(path).length })
  return path
}

const DIVISIONS = [
  ['one block', false],
  ['a block for each row', true]
] as const

describe.each(DIVISIONS)('%s', (_, isDivided) => {
  it.each(['parquet', 'csv', 'ndjson'] as const)('of %s is what DuckDB reads, to the last digit', async format => {
    const path = await write(format, ROWS, isDivided)
    const { types, rows } = await readWithDuckdb(format, path, COLUMNS)
    expect(types).toEqual(expectedDuckdbTypes(COLUMNS))
    expect(rows).toEqual(textRowsOf(COLUMNS, ROWS))
  })

  it.each(['parquet', 'arrow'] as const)('of %s is what Polars reads, to the last digit', async format => {
    const path = await write(format, ROWS, isDivided)
    const { types, rows } = readWithPolars(format, path, COLUMNS)
    expect(types).toEqual(expectedPolarsTypes(COLUMNS))
    expect(rows).toEqual(textRowsOf(COLUMNS, ROWS))
  })
})

describe('a table without rows', () => {
  it('still says what its columns are', async () => {
    const paths = Object.fromEntries(
      await Promise.all(FORMAT_NAMES.map(async format => [format, await write(format, [])] as const))
    )
    const { parquet = '', arrow = '', csv = '', ndjson = '' } = paths
    expect(await readWithDuckdb('parquet', parquet, COLUMNS)).toEqual({ types: expectedDuckdbTypes(COLUMNS), rows: [] })
    expect(readWithPolars('arrow', arrow, COLUMNS)).toEqual({ types: expectedPolarsTypes(COLUMNS), rows: [] })
    expect(readFileSync(csv, 'utf8')).toBe('happened,told,price,count,number,word,flag\r\n')
    expect(readFileSync(ndjson, 'utf8')).toBe('')
  })
})

describe('text formats', () => {
  it('write CSV as RFC 4180 has it, an empty text apart from null', async () => {
    const text = readFileSync(await write('csv', ROWS.slice(1, 4)), 'utf8')
    expect(text).toBe(
      [
        'happened,told,price,count,number,word,flag',
        '2026-11-24T12:00:00.999999999Z,2026-11-24T11:59:59.999999999Z,1.0000,0.01,-1,"",false',
        '2026-11-24T12:00:00.000000000Z,2026-11-24T12:00:00.000000000Z,0.0000,90071992547409.91,9223372036854775807,"a ""quoted"", word\r\nand a line",',
        '1970-01-01T00:00:00.000000000Z,1970-01-01T00:00:00.000001000Z,,-90071992547409.91,,,true',
        ''
      ].join('\r\n')
    )
  })

  it('write NDJSON with exact decimals as strings', async () => {
    const text = readFileSync(await write('ndjson', ROWS.slice(0, 1)), 'utf8')
    expect(text).toBe(
      '{"happened":"2026-11-24T12:00:00.000000001Z","told":null,"price":"0.4800","count":"-12.50","number":7,"word":"plain","flag":true}\n'
    )
  })
})

describe('Parquet', () => {
  it('lets a reader skip row groups, by the least and the greatest of each column', async () => {
    const path = await write('parquet', ROWS, true)
    const groups = await queryDuckdb(
      `select stats_min_value, stats_max_value from parquet_metadata('${path}') where path_in_schema = 'price' order by row_group_id`
    )
    expect(groups.slice(0, 2)).toEqual([
      ['0.4800', '0.4800'],
      ['1.0000', '1.0000']
    ])
  })
})
