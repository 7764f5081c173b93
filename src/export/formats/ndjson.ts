import type { Cell, Column } from '../column.ts'
import type { TableEncoder, TableFormat } from '../format.ts'
import { textOf } from './cell-text.ts'

/**
 * One object a line, all keys in the order of the columns. Times, prices and counts are strings: as numbers of JSON most
 * readers would take them for floats.
 */
export const ndjson: TableFormat = {
  extension: 'ndjson',
  blockRows: 4096,
  isText: true,
  encoder: columns => new NdjsonEncoder(columns)
}

class NdjsonEncoder implements TableEncoder {
  readonly #columns: readonly Column[]

  constructor(columns: readonly Column[]) {
    this.#columns = columns
  }

  begin(): Uint8Array[] {
    return []
  }

  encode(rows: readonly (readonly Cell[])[]): Uint8Array[] {
    return [Buffer.from(rows.map(row => `${this.#line(row)}\n`).join(''))]
  }

  end(): Uint8Array[] {
    return []
  }

  #line(row: readonly Cell[]): string {
    const members = this.#columns.map((column, at) => `"${column.name}":${valueOf(column, row[at] ?? null)}`)
    return `{${members.join(',')}}`
  }
}

function valueOf({ type }: Column, cell: Cell): string {
  if (cell === null) return 'null'
  const text = textOf(type, cell)
  return type === 'whole' || type === 'boolean' ? text : JSON.stringify(text)
}
