import { join } from 'node:path'
import type { FrameBatch } from '../core/frame.ts'
import type { Nanoseconds } from '../core/time.ts'
import { formatTime } from '../core/time.ts'
import type { Body } from './encode-body.ts'
import type { SegmentInfo } from './manifest.ts'
import { SEGMENT_EXTENSION } from './segment-schema.ts'
import { SegmentWriter } from './segment-writer.ts'

/**
 * When what was written is synced to the disk, so that a loss of power leaves it: each batch before the next is
 * written, what there is every second while writing goes on, or whenever the system likes.
 */
export const FSYNCS = ['batch', 'interval', 'none'] as const
export type Fsync = (typeof FSYNCS)[number]

const SYNC_INTERVAL: Nanoseconds = 1_000_000_000n

/** The segments of a recording that is being written, of which the last may be open. */
export class SegmentSeries {
  readonly #directory: string
  readonly #fsync: Fsync
  readonly #session: string
  readonly #done: SegmentInfo[] = []
  #count = 0
  #open: SegmentWriter | undefined
  #openedAt: Nanoseconds = 0n
  #syncedAt: Nanoseconds = 0n
  #latest: Nanoseconds = 0n
  /** Sealed segments that are to be synced and closed. */
  readonly #sealed: SegmentWriter[] = []
  /** Of segments that are not open any more. */
  #closedRows = 0
  #closedBytes = 0
  /** A sync that goes on while frames are appended; one that failed lets the next batch or seal fail. */
  #syncing: Promise<void> | undefined
  #syncFailure: { readonly error: unknown } | undefined

  /** The session is JSON. */
  constructor(directory: string, session: string, fsync: Fsync) {
    this.#directory = directory
    this.#session = session
    this.#fsync = fsync
  }

  /** Those that are sealed, and safe as far as syncing makes them so. */
  get done(): readonly SegmentInfo[] {
    return this.#done
  }

  get count(): number {
    return this.#count
  }

  /** Rows that the files hold. */
  get rows(): number {
    return this.#closedRows + (this.#open?.rows ?? 0)
  }

  /** Rows that a loss of power leaves. */
  get syncedRows(): number {
    const done = this.#done.reduce((sum, { rows }) => sum + rows, 0)
    return this.#fsync === 'none' ? 0 : done + (this.#open?.syncedRows ?? 0)
  }

  /** Bytes of the files. */
  get bytes(): number {
    return this.#closedBytes + (this.#open?.bytes ?? 0)
  }

  /** Bytes of the open segment, those that are staged among them. */
  get openBytes(): number {
    return this.#open?.bytesStaged ?? 0
  }

  /** Nanoseconds since the open segment was begun. */
  ageAt(monotonic: Nanoseconds): Nanoseconds {
    return this.#open === undefined ? 0n : monotonic - this.#openedAt
  }

  /** Has a batch written by the next `flush` or `seal`. The body holds it as it is to be stored. */
  async stage(batch: FrameBatch, body: Body, monotonic: Nanoseconds): Promise<void> {
    this.#throwSyncFailure()
    if (this.#open === undefined) {
      this.#open = await SegmentWriter.create(
        join(this.#directory, this.#nextName(batch.receivedAt[0] ?? 0n)),
        this.#session
      )
      this.#openedAt = monotonic
      this.#syncedAt = monotonic
      this.#count++
    }
    this.#open.stage(batch, body)
  }

  /** Resolves when all that was staged is in the file. */
  async flush(): Promise<void> {
    await this.#open?.flush()
    if (this.#fsync === 'batch') await this.#open?.sync()
  }

  /** Begins a sync in the background, if it is time for one and there is anything to sync. */
  syncIfDue(monotonic: Nanoseconds): void {
    const segment = this.#open
    if (this.#fsync !== 'interval' || this.#syncing !== undefined || segment === undefined || segment.isSynced) return
    if (monotonic - this.#syncedAt < SYNC_INTERVAL) return
    this.#syncedAt = monotonic
    this.#syncing = segment
      .sync()
      .catch((error: unknown) => (this.#syncFailure = { error }))
      .then(() => (this.#syncing = undefined))
  }

  /** Undoes what a failed `flush` or `seal` left in the file. */
  async rollBack(): Promise<void> {
    await this.#open?.rollBack()
  }

  /** Closes the open segment as it is: readers find the batches in it, and pass over what may stand behind them. */
  async abandon(): Promise<void> {
    await this.#syncing
    const segment = this.#open
    if (segment === undefined) return
    this.#open = undefined
    this.#closedRows += segment.rows
    if (this.#fsync !== 'none') await segment.sync().catch(() => {})
    await segment.close()
  }

  /** Makes the open segment, if there is one, a file of its own. The next may be begun before it is settled. */
  async seal(): Promise<void> {
    this.#throwSyncFailure()
    if (this.#open === undefined) return
    await this.#open.flush()
    await this.#open.seal()
    this.#sealed.push(this.#open)
    this.#closedRows += this.#open.rows
    this.#closedBytes += this.#open.bytes
    this.#open = undefined
  }

  /** Has the sealed segments on the disk and among those that are done. To be called again where it failed, but not twice at once. */
  async settle(): Promise<void> {
    for (const segment of this.#sealed.slice()) {
      await this.#syncing
      if (this.#fsync !== 'none') await segment.sync()
      await segment.close()
      this.#done.push(segment.info)
      this.#sealed.shift()
    }
  }

  #throwSyncFailure(): void {
    if (this.#syncFailure !== undefined) throw this.#syncFailure.error
  }

  /**
   * `20261124T081500.123456Z-0001.arrow`: names sort as the segments were written, so a clock that was set back in
   * between does not count.
   */
  #nextName(receivedAt: Nanoseconds): string {
    if (receivedAt > this.#latest) this.#latest = receivedAt
    const time = formatTime(this.#latest)
      .replaceAll(/[-:]/g, '')
      .replace(/\d{3}Z$/, 'Z')
    return `${time}-${String(this.#count + 1).padStart(4, '0')}${SEGMENT_EXTENSION}`
  }
}
