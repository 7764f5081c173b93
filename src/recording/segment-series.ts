import { basename, join } from 'node:path'
import type { FrameBatch } from '../core/frame.ts'
import type { Nanoseconds } from '../core/time.ts'
import { formatTime } from '../core/time.ts'
import type { SegmentInfo } from './manifest.ts'
import { SEGMENT_EXTENSION } from './segment-schema.ts'
import { SegmentWriter } from './segment-writer.ts'

/** The segments of a recording that is being written, of which the last may be open. */
export class SegmentSeries {
  readonly #directory: string
  readonly #sealed: SegmentInfo[] = []
  #open: SegmentWriter | undefined
  #openedAt: Nanoseconds = 0n
  #latest: Nanoseconds = 0n

  constructor(directory: string) {
    this.#directory = directory
  }

  get segments(): readonly SegmentInfo[] {
    return this.#open === undefined ? this.#sealed : [...this.#sealed, infoOf(this.#open, false)]
  }

  /** Rows that the files hold. */
  get rows(): number {
    return this.segments.reduce((sum, segment) => sum + segment.rows, 0)
  }

  /** Bytes of the files. */
  get bytes(): number {
    return this.#sealed.reduce((sum, segment) => sum + segment.bytes, this.openBytes)
  }

  /** Bytes of the open segment. */
  get openBytes(): number {
    return this.#open?.bytes ?? 0
  }

  /** Nanoseconds since the open segment was begun. */
  ageAt(monotonic: Nanoseconds): Nanoseconds {
    return this.#open === undefined ? 0n : monotonic - this.#openedAt
  }

  async append(batch: FrameBatch, monotonic: Nanoseconds): Promise<void> {
    if (this.#open === undefined) {
      this.#open = await SegmentWriter.create(join(this.#directory, this.#nextName(batch.receivedAt[0] ?? 0n)))
      this.#openedAt = monotonic
    }
    await this.#open.append(batch)
  }

  /** Undoes what a failed `append` or `seal` left in the file. */
  async rollBack(): Promise<void> {
    await this.#open?.rollBack()
  }

  /** Closes the open segment as it is: readers find the batches in it, and pass over what may stand behind them. */
  async abandon(): Promise<void> {
    await this.#open?.abandon()
  }

  async seal(): Promise<void> {
    if (this.#open === undefined) return
    await this.#open.seal()
    this.#sealed.push(infoOf(this.#open, true))
    this.#open = undefined
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
    return `${time}-${String(this.#sealed.length + 1).padStart(4, '0')}${SEGMENT_EXTENSION}`
  }
}

function infoOf(segment: SegmentWriter, sealed: boolean): SegmentInfo {
  return {
    file: basename(segment.file),
    rows: segment.rows,
    bytes: segment.bytes,
    firstReceivedAt: formatTime(segment.firstReceivedAt ?? 0n),
    lastReceivedAt: formatTime(segment.lastReceivedAt ?? 0n),
    sealed
  }
}
