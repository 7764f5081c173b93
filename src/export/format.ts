import type { Cell, Column } from './column.ts'

/** The bytes of one file: its beginning, any number of blocks of rows, its end. */
export interface TableEncoder {
  begin(): readonly Uint8Array[]
  /** The rows must not be none. */
  encode(rows: readonly (readonly Cell[])[]): readonly Uint8Array[]
  end(): readonly Uint8Array[]
}

export interface TableFormat {
  readonly extension: string
  /** Rows of a block that is full: what a reader of the format likes, or what is worth a write. */
  readonly blockRows: number
  /** What is written so far can be read line by line, so that it may go to a pipe. */
  readonly isText: boolean
  readonly encoder: (columns: readonly Column[]) => TableEncoder
}
