import type { TableRow } from './table.ts'

/** Where the rows of a table go. */
export interface TableOutput {
  readonly files: number
  /** Written so far. */
  readonly bytes: number
  /** Keeps a row in memory until the next `flush`, or longer: files are written in large blocks. */
  add(row: TableRow): void
  /** To be called often: it writes what has become enough. */
  flush(): Promise<void>
  close(): Promise<void>
}
