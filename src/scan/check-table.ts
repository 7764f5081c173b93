import { textOf } from '../core/errors.ts'
import type { RankTable } from './scanner.ts'

/** A ranking as it was given, copied, or a `TypeError` that says what is wrong with it: screens take it as it is. */
export function checkTable(table: unknown): RankTable {
  if (typeof table !== 'object' || table === null || !('columns' in table) || !('rows' in table)) {
    throw new TypeError('rank must return a table: columns and rows')
  }
  const { columns, rows } = table
  if (!Array.isArray(rows)) throw new TypeError('the rows of a ranking must be a list')
  return {
    columns: checkTexts('the columns of a ranking', columns),
    rows: Array.from(rows, (row: unknown, index) => checkTexts(`row ${index + 1} of a ranking`, row))
  }
}

function checkTexts(what: string, cells: unknown): readonly string[] {
  if (!Array.isArray(cells)) throw new TypeError(`${what} must be a list of text`)
  return Array.from(cells, (cell: unknown) => {
    if (typeof cell !== 'string') throw new TypeError(`${what} must be text, but there is ${textOf(cell)}`)
    return cell
  })
}
