import type { Frame } from '../../src/core/frame.ts'
import type { Cell } from '../../src/export/column.ts'
import type { FrameInHand } from '../../src/export/frame-in-hand.ts'
import type { Follower, Table, TableRow } from '../../src/export/table.ts'
import type { TableExportOptions } from '../../src/export/table-export.ts'
import { TableExport } from '../../src/export/table-export.ts'
import type { TableOutput } from '../../src/export/table-output.ts'
import { batchesOf } from '../frames.ts'

/** Cells by the names of their columns. */
export type NamedRow = Readonly<Record<string, Cell>>

/** Keeps the rows. */
class RowList implements TableOutput {
  readonly files = 0
  readonly bytes = 0
  readonly rows: TableRow[] = []

  add(row: TableRow): void {
    this.rows.push(row)
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {}
}

export interface TableRun {
  readonly rows: readonly NamedRow[]
  readonly sink: TableExport
}

/** Runs frames into a table. `afterFrame` is called when the table has seen a frame, with the rows so far. */
export async function runTable(
  table: Table,
  frames: readonly Frame[],
  options: Partial<TableExportOptions> = {},
  afterFrame?: (frame: FrameInHand, rows: readonly NamedRow[]) => void
): Promise<TableRun> {
  const rows: NamedRow[] = []
  const output = new RowList()
  const add = (row: TableRow) => void rows.push(named(table, row))
  const watched: Table = {
    ...table,
    follow: (emit, chosen) =>
      watch(
        table.follow(row => {
          add(row)
          emit(row)
        }, chosen),
        frame => afterFrame?.(frame, rows)
      )
  }
  const sink = new TableExport(watched, output, { isFiltered: () => false, ...options })
  for (const batch of batchesOf(frames, [3, 1, 7])) await sink.accept(batch)
  await sink.close()
  return { rows, sink }
}

function watch(follower: Follower, after: (frame: FrameInHand) => void): Follower {
  return {
    open: frame => follower.open?.(frame),
    onFrame(frame) {
      follower.onFrame(frame)
      after(frame)
    }
  }
}

function named({ columns }: Table, { cells }: TableRow): NamedRow {
  return Object.fromEntries(columns.map(({ name }, at) => [name, cells[at] ?? null]))
}
