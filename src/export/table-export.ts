import type { FrameBatch, FrameSink } from '../core/frame.ts'
import type { Nanoseconds } from '../core/time.ts'
import type { Irregularity } from '../market/irregularity.ts'
import type { MarketTracker } from '../market/market-tracker.ts'
import type { Message } from '../protocol/messages.ts'
import { Pipeline } from '../pipeline.ts'
import { slice } from '../replay/slice.ts'
import type { Follower, Table, TableRow } from './table.ts'
import type { TableOutput } from './table-output.ts'

export interface TableExportOptions {
  readonly isFiltered: (connection: number) => boolean
  /** Frames before it are applied, but give no rows. */
  readonly from?: Nanoseconds
  readonly markets?: ReadonlySet<string>
}

/** Frames between two flushes: one may hold snapshots of a thousand levels. */
const FRAMES_PER_FLUSH = 256

/** Frames through the pipeline into the rows of a table. */
export class TableExport implements FrameSink {
  readonly #pipeline: Pipeline
  readonly #output: TableOutput
  readonly #follower: Follower
  readonly #from: Nanoseconds | undefined
  #hasOpened = false
  #irregularities: Irregularity[] = []
  #rows = 0

  constructor(table: Table, output: TableOutput, { isFiltered, from, markets }: TableExportOptions) {
    this.#output = output
    this.#from = from
    const chosen = markets === undefined ? {} : { markets }
    this.#follower = table.follow(row => this.#emit(row), chosen)
    this.#pipeline = new Pipeline({
      scanners: [],
      sinks: [],
      isFiltered,
      // A table is to be complete.
      maxMarkets: Infinity,
      ...chosen,
      onIrregularity: irregularity => this.#irregularities.push(irregularity),
      onFrame: (message, isApplied, batch, row) => this.#onFrame(message, isApplied, batch, row)
    })
  }

  get tracker(): MarketTracker {
    return this.#pipeline.tracker
  }

  get frames(): number {
    return this.#pipeline.frames
  }

  get rows(): number {
    return this.#rows
  }

  async accept(batch: FrameBatch): Promise<void> {
    for (let row = 0; row < batch.length; row += FRAMES_PER_FLUSH) {
      await this.#pipeline.accept(slice(batch, row, Math.min(row + FRAMES_PER_FLUSH, batch.length)))
      await this.#output.flush()
    }
  }

  async close(): Promise<void> {
    await this.#output.close()
  }

  #onFrame(message: Message, isApplied: boolean, batch: FrameBatch, row: number): void {
    const irregularities = this.#irregularities
    this.#irregularities = irregularities.length === 0 ? irregularities : []
    const receivedAt = batch.receivedAt[row] ?? 0n
    if (!this.#hasOpened && this.#from !== undefined && receivedAt < this.#from) return
    const frame = {
      number: this.#pipeline.frames,
      receivedAt,
      connection: batch.connection[row] ?? 0,
      message,
      isApplied,
      irregularities,
      tracker: this.#pipeline.tracker,
      batch,
      row
    }
    if (!this.#hasOpened && this.#from !== undefined) this.#follower.open?.(frame)
    this.#hasOpened = true
    this.#follower.onFrame(frame)
  }

  #emit(row: TableRow): void {
    this.#rows++
    this.#output.add(row)
  }
}
