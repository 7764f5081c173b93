import type { Nanoseconds } from '../core/time.ts'
import type { Cell, Column, ColumnType } from './column.ts'
import type { FrameInHand } from './frame-in-hand.ts'

export interface Table {
  readonly columns: readonly Column[]
  /** What follows a run of frames, and hands over the rows that they give. */
  readonly follow: (emit: (row: TableRow) => void, options: FollowOptions) => Follower
}

export interface FollowOptions {
  /** The markets that were asked for; all where there are none. */
  readonly markets?: ReadonlySet<string>
}

/** Is shown every frame from the first that is exported. */
export interface Follower {
  /** Where frames before the first one are not exported: tells what stands when it has been applied. */
  open?(frame: FrameInHand): void
  onFrame(frame: FrameInHand): void
}

export interface TableRow {
  /** In the order of the table's columns. */
  readonly cells: readonly Cell[]
  readonly receivedAt: Nanoseconds
  readonly seriesTicker: string | null
}

/** What a table makes a row of, as far as every table has it. */
export interface RowSource {
  readonly frame: FrameInHand
  readonly seriesTicker: string | null
}

/** A column together with where its values come from. */
export interface ColumnOf<Source> extends Column {
  readonly cellOf: (source: Source) => Cell
}

export function required<Source>(name: string, type: ColumnType, cellOf: (source: Source) => Cell): ColumnOf<Source> {
  return { name, type, nullable: false, cellOf }
}

export function nullable<Source>(name: string, type: ColumnType, cellOf: (source: Source) => Cell): ColumnOf<Source> {
  return { name, type, nullable: true, cellOf }
}

export function defineTable<Source extends RowSource>(
  columns: readonly ColumnOf<Source>[],
  follow: (emit: (source: Source) => void, options: FollowOptions) => Follower
): Table {
  const toRow = (source: Source): TableRow => ({
    cells: columns.map(({ cellOf }) => cellOf(source)),
    receivedAt: source.frame.receivedAt,
    seriesTicker: source.seriesTicker
  })
  return { columns, follow: (emit, options) => follow(source => emit(toRow(source)), options) }
}
