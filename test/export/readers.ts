import { readFileSync } from 'node:fs'
import type { Json } from '@duckdb/node-api'
import { DuckDBInstance } from '@duckdb/node-api'
import pl from 'nodejs-polars'
import type { Cell, Column, ColumnType } from '../../src/export/column.ts'
import type { FormatName } from '../../src/export/formats.ts'
import { formatCount, formatPrice } from '../../src/core/units.ts'
import type { Count, Price } from '../../src/core/units.ts'

/** Rows as text, in which every value is exact: times are whole nanoseconds, prices and counts decimals. */
export type TextRows = readonly (readonly (string | null)[])[]

export function textRowsOf(columns: readonly Column[], rows: readonly (readonly Cell[])[]): TextRows {
  return rows.map(row =>
    columns.map(({ type }, at) => {
      const cell = row[at] ?? null
      if (cell === null) return null
      if (type === 'price') return formatPrice(Number(cell) as Price)
      return type === 'count' ? formatCount(Number(cell) as Count) : String(cell)
    })
  )
}

const DUCKDB_TYPES: Readonly<Record<ColumnType, string>> = {
  time: 'TIMESTAMP_NS',
  price: 'DECIMAL(18,4)',
  count: 'DECIMAL(18,2)',
  whole: 'BIGINT',
  text: 'VARCHAR',
  boolean: 'BOOLEAN'
}

/** What DuckDB takes for a table: the expression behind `from`. */
export function duckdbSource(format: FormatName, path: string, columns: readonly Column[]): string {
  const types = columns.map(({ name, type }) => `'${name}': '${DUCKDB_TYPES[type]}'`).join(', ')
  if (format === 'parquet') return `'${path}'`
  if (format === 'csv') return `read_csv('${path}', header = true, allow_quoted_nulls = false, types = {${types}})`
  return `read_json('${path}', format = 'newline_delimited', columns = {${types}})`
}

/** One for all queries of a test file: to make one takes longer than most queries. */
const duckdb = DuckDBInstance.create().then(instance => instance.connect())

export async function queryDuckdb(sql: string): Promise<Json[][]> {
  return (await (await duckdb).runAndReadAll(sql)).getRowsJson()
}

export async function readWithDuckdb(
  format: FormatName,
  path: string,
  columns: readonly Column[]
): Promise<{ readonly types: readonly string[]; readonly rows: TextRows }> {
  const source = duckdbSource(format, path, columns)
  const described = await queryDuckdb(
    `select column_name || ' ' || column_type from (describe select * from ${source})`
  )
  const texts = columns.map(({ name, type }) => (type === 'time' ? `epoch_ns(${name})::varchar` : `${name}::varchar`))
  const rows = await queryDuckdb(`select ${texts.join(', ')} from ${source}`)
  return {
    types: described.flat() as string[],
    rows: rows as TextRows
  }
}

export function expectedDuckdbTypes(columns: readonly Column[]): string[] {
  return columns.map(({ name, type }) => `${name} ${DUCKDB_TYPES[type]}`)
}

export function readWithPolars(
  format: 'parquet' | 'arrow',
  path: string,
  columns: readonly Column[]
): { readonly types: readonly string[]; readonly rows: TextRows } {
  const frame = format === 'parquet' ? pl.readParquet(path) : pl.readIPC(readFileSync(path))
  const texts = frame.select(
    ...columns.map(({ name, type }) => (type === 'time' ? pl.col(name).cast(pl.Int64) : pl.col(name)).cast(pl.Utf8))
  )
  return {
    types: frame.columns.map((name, at) => `${name} ${frame.dtypes[at]?.toString() ?? ''}`),
    rows: texts.rows() as TextRows
  }
}

const POLARS_TYPES: Readonly<Record<ColumnType, string>> = {
  time: 'DataType(Datetime(ns,))',
  price: 'DataType(Decimal(18,4))',
  count: 'DataType(Decimal(18,2))',
  whole: 'DataType(Int64)',
  text: 'DataType(String)',
  boolean: 'DataType(Bool)'
}

export function expectedPolarsTypes(columns: readonly Column[]): string[] {
  return columns.map(({ name, type }) => `${name} ${POLARS_TYPES[type]}`)
}
