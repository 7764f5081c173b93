import { mkdir, readdir } from 'node:fs/promises'
import type { Clock } from '../core/clock.ts'
import { KwsError, reasonOf } from '../core/errors.ts'
import { FrameBatchBuilder } from '../core/frame-batch-builder.ts'
import type { FrameBatch, FrameSink } from '../core/frame.ts'
import type { Nanoseconds } from '../core/time.ts'
import { formatTime } from '../core/time.ts'
import { Ballast, isDiskFull } from './ballast.ts'
import { writeManifest } from './manifest.ts'
import type { SessionInfo } from './manifest.ts'
import { SegmentSeries } from './segment-series.ts'

/** When a segment is sealed and the next begun. */
export type Rotation = { readonly bytes: number } | { readonly seconds: number }

export interface RecordingWriterOptions {
  readonly clock: Clock
  readonly session: SessionInfo
  readonly rotate?: Rotation
  /** After so long rows are written with the next batch, even an empty one. */
  readonly flushSeconds?: number
  /** Rows are written before their payloads exceed so many bytes. */
  readonly batchBytesMax?: number
  /** Called once, when the disk is full: what still arrives until `close` has room, but not for long. */
  readonly onDiskFull?: () => void
}

type Settings = Required<Omit<RecordingWriterOptions, 'onDiskFull'>> & Pick<RecordingWriterOptions, 'onDiskFull'>

const BATCH_ROWS_MAX = 4096
const MEBIBYTE = 1024 * 1024
const NANOSECONDS = 1e9

/**
 * Writes frames into a new recording. Takes one batch at a time and copies it. When the disk is full, room that was set
 * aside at the start takes in all that had arrived and what arrives until the feed has been stopped; then `close` ends
 * the recording in good order and throws.
 */
export class RecordingWriter implements FrameSink {
  readonly directory: string
  readonly #clock: Clock
  readonly #rotate: Rotation
  readonly #flushAfter: Nanoseconds
  readonly #batchBytesMax: number
  readonly #started: string
  readonly #series: SegmentSeries
  readonly #ballast: Ballast
  readonly #pending = new FrameBatchBuilder()
  #session: SessionInfo
  #frames = 0
  #bytes = 0
  #flushedAt: Nanoseconds
  #isClosed = false
  #isRotationAsked = false
  readonly #onDiskFull: (() => void) | undefined
  /** The error that told. */
  #fullDisk: unknown

  private constructor(directory: string, ballast: Ballast, options: Settings) {
    this.directory = directory
    this.#ballast = ballast
    this.#clock = options.clock
    this.#session = options.session
    this.#rotate = options.rotate
    this.#flushAfter = BigInt(Math.round(options.flushSeconds * NANOSECONDS))
    this.#batchBytesMax = options.batchBytesMax
    this.#series = new SegmentSeries(directory)
    this.#started = formatTime(options.clock.wall())
    this.#flushedAt = options.clock.monotonic()
    this.#onDiskFull = options.onDiskFull
  }

  /** The directory is made; it may exist only if it is empty. */
  static async create(
    directory: string,
    {
      rotate = { bytes: 256 * MEBIBYTE },
      flushSeconds = 1,
      batchBytesMax = 4 * MEBIBYTE,
      ...rest
    }: RecordingWriterOptions
  ): Promise<RecordingWriter> {
    try {
      await mkdir(directory, { recursive: true })
      if ((await readdir(directory)).length > 0) {
        throw new KwsError('storage', `${directory} is not empty; give a directory that is new or empty`)
      }
      // All that may be pending, the batch in hand, and the footer: it has 24 bytes a batch, fewer than any batch.
      const ballast = await Ballast.create(directory, 2 * batchBytesMax + MEBIBYTE / 4)
      const writer = new RecordingWriter(directory, ballast, { rotate, flushSeconds, batchBytesMax, ...rest })
      await writer.#describe(null).catch(async (error: unknown) => {
        await ballast.release()
        throw error
      })
      return writer
    } catch (error) {
      throw storageError(directory, error)
    }
  }

  /** Frames taken so far. */
  get frames(): number {
    return this.#frames
  }

  /** Bytes of their payloads. */
  get bytes(): number {
    return this.#bytes
  }

  /** Bytes of the files. */
  get storedBytes(): number {
    return this.#series.bytes
  }

  get segments(): number {
    return this.#series.segments.length
  }

  /** Bytes of the files so far; what waits for the next write is not among them. */
  get fileBytes(): number {
    return this.#series.segments.reduce((sum, segment) => sum + segment.bytes, 0)
  }

  /** Changes what `session.json` will say from the next time it is written. */
  amend(changes: Partial<SessionInfo>): void {
    this.#session = { ...this.#session, ...changes }
  }

  /** Seals the segment with the next batch, even an empty one, and begins another. */
  rotate(): void {
    this.#isRotationAsked = true
  }

  async accept(batch: FrameBatch): Promise<void> {
    if (this.#isClosed) throw new KwsError('storage', `the recording ${this.directory} has ended`)
    const before = this.#frames
    const wasFull = this.#fullDisk !== undefined
    await this.#attempt(() => this.#store(batch, this.#frames - before), before + batch.length)
    if (this.#fullDisk === undefined || wasFull) return
    if (this.#onDiskFull === undefined) await this.close()
    else this.#onDiskFull()
  }

  /** Does nothing if it is closed already. Throws, after all is safe, if the disk has become full. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    await this.#attempt(() => this.#end(), this.#frames)
    await this.#ballast.release()
    if (this.#fullDisk !== undefined) {
      throw diskFull(`all ${this.#frames} frames are safe in ${this.directory}`, this.#fullDisk)
    }
  }

  async #store(batch: FrameBatch, from: number): Promise<void> {
    for (let row = from; row < batch.length;) {
      const end = this.#endOfFitting(batch, row)
      this.#pending.appendRows(batch, row, end)
      this.#frames += end - row
      this.#bytes += (batch.offsets[end] ?? 0) - (batch.offsets[row] ?? 0)
      row = end
      if (row < batch.length || this.#pending.length === BATCH_ROWS_MAX) await this.#flush()
    }
    const isLate = this.#clock.monotonic() - this.#flushedAt >= this.#flushAfter
    if (isLate || this.#isRotationAsked) await this.#flush()
  }

  /** The row after the last that can be pending with those that are; a payload larger than all room goes alone. */
  #endOfFitting({ length, offsets }: FrameBatch, from: number): number {
    const rowsEnd = Math.min(length, from + BATCH_ROWS_MAX - this.#pending.length)
    const bytesEnd = (offsets[from] ?? 0) + this.#batchBytesMax - this.#pending.bytes
    if ((offsets[rowsEnd] ?? 0) <= bytesEnd) return rowsEnd
    let end = this.#pending.length === 0 ? from + 1 : from
    while (end < rowsEnd && (offsets[end + 1] ?? 0) <= bytesEnd) end++
    return end
  }

  async #flush(): Promise<void> {
    const now = this.#clock.monotonic()
    this.#flushedAt = now
    if (this.#pending.length > 0) {
      await this.#series.append(this.#pending.batch(), now)
      this.#pending.clear()
    }
    if (this.#isRotationAsked || this.#isRotationDue(now)) {
      this.#isRotationAsked = false
      await this.#series.seal()
      await this.#describe(null)
    }
  }

  #isRotationDue(now: Nanoseconds): boolean {
    return 'bytes' in this.#rotate
      ? this.#series.openBytes >= this.#rotate.bytes
      : this.#series.ageAt(now) >= BigInt(Math.round(this.#rotate.seconds * NANOSECONDS))
  }

  async #end(): Promise<void> {
    await this.#flush()
    await this.#series.seal()
    await this.#describe(formatTime(this.#clock.wall()))
    this.#isClosed = true
  }

  async #describe(ended: string | null): Promise<void> {
    const { segments, rows } = this.#series
    const counters = { ...this.#session.counters, frames: rows, bytes: this.#bytes }
    await writeManifest(this.directory, { ...this.#session, started: this.#started, ended, segments, counters })
  }

  /** Writes, and when the disk is full once more, into the room of the ballast. Any other failure ends the recording. */
  async #attempt(write: () => Promise<void>, arrived: number): Promise<void> {
    try {
      await write().catch(async (error: unknown) => {
        if (!isDiskFull(error) || this.#fullDisk !== undefined) throw error
        this.#fullDisk = error
        await this.#ballast.release()
        await this.#series.rollBack()
        await write()
      })
    } catch (error) {
      this.#isClosed = true
      await this.#ballast.release()
      await this.#series.abandon()
      if (!isDiskFull(error)) throw storageError(this.directory, error)
      throw diskFull(`${this.#series.rows} of ${arrived} frames are safe in ${this.directory}`, error)
    }
  }
}

function diskFull(outcome: string, cause: unknown): KwsError {
  return new KwsError('storage', `the disk is full: ${outcome}; free some space and record into a new directory`, {
    cause
  })
}

/** Errors of the system become ones that a person can act on; others are bugs and stay what they are. */
function storageError(directory: string, error: unknown): unknown {
  if (!(error instanceof Error && 'syscall' in error)) return error
  const advice = isDiskFull(error) ? 'free some space or record on another disk' : 'choose another directory with --out'
  return new KwsError('storage', `cannot record into ${directory}: ${reasonOf(error)}; ${advice}`, { cause: error })
}
