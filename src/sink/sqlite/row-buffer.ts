import type Database from 'libsql'

export type Cell = string | number | bigint | null

const ROWS_PER_STATEMENT = 32

/**
 * Rows on their way into a table, many to a statement, since a call into SQLite costs more than what it does. A row
 * whose frame is stored already is passed over.
 */
export class RowBuffer {
  readonly #one: Database.Statement
  readonly #many: Database.Statement
  readonly #width: number
  #cells: Cell[] = []
  #stored = 0
  #known = 0

  /** `expressions` has what is stored in a column in place of the cell, which is its `?`. */
  constructor(
    database: Database.Database,
    table: string,
    columns: readonly string[],
    expressions: Readonly<Record<string, string>> = {}
  ) {
    const insert = `INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES `
    const row = `(${columns.map(column => expressions[column] ?? '?').join(', ')})`
    this.#one = database.prepare(insert + row)
    this.#many = database.prepare(insert + Array<string>(ROWS_PER_STATEMENT).fill(row).join(', '))
    this.#width = columns.length
  }

  /** Rows that are in the table now and were not before. */
  get stored(): number {
    return this.#stored
  }

  /** Rows that were there already. */
  get known(): number {
    return this.#known
  }

  /** Within the transaction that is open, as `flush`. */
  add(...row: readonly Cell[]): void {
    for (const cell of row) this.#cells.push(cell)
    if (this.#cells.length === this.#width * ROWS_PER_STATEMENT) this.#run(this.#many, this.#take())
  }

  flush(): void {
    const cells = this.#take()
    for (let at = 0; at < cells.length; at += this.#width) this.#run(this.#one, cells.slice(at, at + this.#width))
  }

  #take(): Cell[] {
    const cells = this.#cells
    this.#cells = []
    return cells
  }

  #run(statement: Database.Statement, cells: readonly Cell[]): void {
    const { changes } = statement.run(cells)
    this.#stored += changes
    this.#known += cells.length / this.#width - changes
  }
}
