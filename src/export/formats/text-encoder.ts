import type { Cell } from '../column.ts'
import type { TableEncoder } from '../format.ts'

/** A table as text: what stands before its rows, if anything, and a line for each of them, with its end. */
export function textEncoder(opening: string, lineOf: (row: readonly Cell[]) => string): TableEncoder {
  return {
    begin: () => (opening === '' ? [] : [Buffer.from(opening)]),
    encode: rows => [Buffer.from(rows.map(lineOf).join(''))],
    end: () => []
  }
}
