import type { Cell, Column } from '../column.ts'
import type { TableEncoder, TableFormat } from '../format.ts'
import { textOf } from './cell-text.ts'

/** RFC 4180: a header, CRLF, quotes where they are needed. Null is an empty field, an empty text is two quotes. */
export const csv: TableFormat = {
  extension: 'csv',
  blockRows: 4096,
  isText: true,
  encoder: columns => new CsvEncoder(columns)
}

class CsvEncoder implements TableEncoder {
  readonly #columns: readonly Column[]

  constructor(columns: readonly Column[]) {
    this.#columns = columns
  }

  begin(): Uint8Array[] {
    return [Buffer.from(`${this.#columns.map(({ name }) => quoted(name)).join(',')}\r\n`)]
  }

  encode(rows: readonly (readonly Cell[])[]): Uint8Array[] {
    return [Buffer.from(rows.map(row => `${this.#line(row)}\r\n`).join(''))]
  }

  end(): Uint8Array[] {
    return []
  }

  #line(row: readonly Cell[]): string {
    const fields = this.#columns.map(({ type }, at) => {
      const cell = row[at] ?? null
      return cell === null ? '' : quoted(textOf(type, cell))
    })
    return fields.join(',')
  }
}

function quoted(text: string): string {
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
