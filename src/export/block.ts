import type { Cell } from './column.ts'
import type { TableRow } from './table.ts'

/** Rows on their way to one file. */
export class Block {
  #rows: (readonly Cell[])[] = []
  #weight = 0

  get length(): number {
    return this.#rows.length
  }

  /** Roughly the bytes of memory that the rows take. */
  get weight(): number {
    return this.#weight
  }

  /** Returns by how much the weight has grown. */
  add({ cells }: TableRow): number {
    this.#rows.push(cells)
    let weight = cells.length * CELL_WEIGHT
    for (const cell of cells) if (typeof cell === 'string') weight += cell.length
    this.#weight += weight
    return weight
  }

  take(): readonly (readonly Cell[])[] {
    const rows = this.#rows
    this.#rows = []
    this.#weight = 0
    return rows
  }
}

const CELL_WEIGHT = 16
