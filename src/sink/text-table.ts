import type { RankTable } from '../scan/scanner.ts'

/** Columns padded to their widest cell; a column whose cells are all numbers is aligned to the right. */
export function formatTable(table: RankTable): string[] {
  const columns = table.columns.map((title, column) => {
    const cells = table.rows.map(row => row[column] ?? '')
    const width = Math.max(title.length, ...cells.map(cell => cell.length))
    const numeric = cells.length > 0 && cells.every(cell => NUMERIC.test(cell))
    const pad = (text: string) => (numeric ? text.padStart(width) : text.padEnd(width))
    return { title: pad(title), cells: cells.map(pad) }
  })
  const lines = table.rows.map((_, row) => columns.map(column => column.cells[row]))
  return [columns.map(column => column.title), ...lines].map(cells => cells.join('  ').trimEnd())
}

const NUMERIC = /^[-+]?[\d.,]*%?$/
