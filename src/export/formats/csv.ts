import type { Cell, Column } from '../column.ts'
import type { TableFormat } from '../format.ts'
import { textOf } from './cell-text.ts'
import { textEncoder } from './text-encoder.ts'

/** RFC 4180: a header, CRLF, quotes where they are needed. Null is an empty field, an empty text is two quotes. */
export const csv: TableFormat = {
  extension: 'csv',
  blockRows: 4096,
  isText: true,
  encoder: columns => {
    const header = columns.map(({ name }) => quoted(name)).join(',')
    return textEncoder(`${header}\r\n`, row => `${lineOf(columns, row)}\r\n`)
  }
}

function lineOf(columns: readonly Column[], row: readonly Cell[]): string {
  const fields = columns.map(({ type }, at) => {
    const cell = row[at] ?? null
    return cell === null ? '' : quoted(textOf(type, cell))
  })
  return fields.join(',')
}

function quoted(text: string): string {
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
