import type { Cell, Column } from '../column.ts'
import type { TableFormat } from '../format.ts'
import { textOf } from './cell-text.ts'
import { textEncoder } from './text-encoder.ts'

/**
 * One object a line, all keys in the order of the columns. Times, prices and counts are strings: as numbers of JSON most
 * readers would take them for floats.
 */
export const ndjson: TableFormat = {
  extension: 'ndjson',
  blockRows: 4096,
  isText: true,
  encoder: columns => textEncoder('', row => `${lineOf(columns, row)}\n`)
}

function lineOf(columns: readonly Column[], row: readonly Cell[]): string {
  const members = columns.map((column, at) => `"${column.name}":${valueOf(column, row[at] ?? null)}`)
  return `{${members.join(',')}}`
}

function valueOf({ type }: Column, cell: Cell): string {
  if (cell === null) return 'null'
  const text = textOf(type, cell)
  return type === 'whole' || type === 'boolean' ? text : JSON.stringify(text)
}
