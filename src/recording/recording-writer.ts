import type { Clock } from '../core/clock.ts'
import { KwsError } from '../core/errors.ts'
import type { FrameBatch, FrameSink } from '../core/frame.ts'
import type { Nanoseconds } from '../core/time.ts'
import { formatTime } from '../core/time.ts'
import { Ballast, isDiskFull } from './ballast.ts'
import { encodeBody } from './encode-body.ts'
import { claimDirectory } from './make-directory.ts'
import { sessionToJson, writeManifest } from './manifest.ts'
import type { SessionInfo } from './manifest.ts'
import { PendingFrames } from './pending-frames.ts'
import type { Fsync } from './segment-series.ts'
import { SegmentSeries } from './segment-series.ts'
import { storageError } from './storage-error.ts'

/** When a segment is sealed and the next begun. */
export type Rotation = { readonly bytes: number } | { readonly seconds: number }

export interface RecordingWriterOptions {
  readonly clock: Clock
  readonly session: SessionInfo
  readonly rotate?: Rotation
  /** After so long rows are written with the next batch, even an empty one: what a killed recorder loses. */
  readonly flushSeconds?: number
  /** With `interval`, a loss of power costs about a second more than a kill. */
  readonly fsync?: Fsync
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
  readonly #fsync: Fsync
  readonly #started: string
  readonly #series: SegmentSeries
  readonly #ballast: Ballast
  readonly #pending: PendingFrames
  #session: SessionInfo
  #frames = 0
  #bytes = 0
  #flushedAt: Nanoseconds
  #isClosed = false
  readonly #onDiskFull: (() => void) | undefined
  /** The error that told. */
  #fullDisk: unknown
  /** Settles sealed segments while frames are taken. What fails there lets the next call fail. */
  #background: Promise<void> = Promise.resolve()
  #backgroundFailure: { readonly error: unknown } | undefined

  private constructor(directory: string, ballast: Ballast, options: Settings) {
    this.directory = directory
    this.#ballast = ballast
    this.#clock = options.clock
    this.#session = options.session
    this.#rotate = options.rotate
    this.#flushAfter = BigInt(Math.round(options.flushSeconds * NANOSECONDS))
    this.#fsync = options.fsync
    this.#pending = new PendingFrames(BATCH_ROWS_MAX, options.batchBytesMax)
    this.#started = formatTime(options.clock.wall())
    this.#series = new SegmentSeries(directory, sessionToJson(options.session, this.#started), options.fsync)
    this.#flushedAt = options.clock.monotonic()
    this.#onDiskFull = options.onDiskFull
  }

  /** The directory is made; it may exist only if it is empty. */
  static async create(
    directory: string,
    {
      rotate = { bytes: 256 * MEBIBYTE },
      flushSeconds = 1,
      fsync = 'interval',
      batchBytesMax = 4 * MEBIBYTE,
      ...rest
    }: RecordingWriterOptions
  ): Promise<RecordingWriter> {
    try {
      await claimDirectory(directory)
      // All that may be pending, the batch in hand, and the footer: it has 24 bytes a batch, fewer than any batch.
      const ballast = await Ballast.create(directory, 2 * batchBytesMax + MEBIBYTE / 4)
      const writer = new RecordingWriter(directory, ballast, { rotate, flushSeconds, fsync, batchBytesMax, ...rest })
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

  get segments(): number {
    return this.#series.count
  }

  /** Frames that a loss of power leaves, as far as the disk keeps its word. */
  get syncedFrames(): number {
    return this.#series.syncedRows
  }

  /** Changes what `session.json` will say from the next time it is written. */
  amend(changes: Partial<SessionInfo>): void {
    this.#session = { ...this.#session, ...changes }
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
    this.#throwBackgroundFailure()
    for (let row = from; row < batch.length;) {
      const end = this.#pending.add(batch, row)
      this.#frames += end - row
      this.#bytes += (batch.offsets[end] ?? 0) - (batch.offsets[row] ?? 0)
      row = end
      if (row < batch.length || this.#pending.isFull) await this.#flush()
    }
    const now = this.#clock.monotonic()
    if (now - this.#flushedAt >= this.#flushAfter) await this.#flush()
    this.#series.syncIfDue(now)
  }

  async #flush(): Promise<void> {
    const now = this.#clock.monotonic()
    this.#flushedAt = now
    if (this.#pending.length > 0) {
      const batch = this.#pending.batch()
      await this.#series.append(batch, encodeBody(batch), now)
      this.#pending.clear()
    }
    if (!this.#isRotationDue(now)) return
    await this.#series.seal()
    this.#settleInBackground()
    if (this.#fsync === 'batch') await this.#background
  }

  #isRotationDue(now: Nanoseconds): boolean {
    return 'bytes' in this.#rotate
      ? this.#series.openBytes >= this.#rotate.bytes
      : this.#series.ageAt(now) >= BigInt(Math.round(this.#rotate.seconds * NANOSECONDS))
  }

  #settleInBackground(): void {
    const bytes = this.#bytes
    const settle = async () => {
      await this.#series.settle()
      await this.#describe(null, bytes)
    }
    this.#background = this.#background.then(settle).catch((error: unknown) => {
      this.#backgroundFailure ??= { error }
    })
  }

  #throwBackgroundFailure(): void {
    const failure = this.#backgroundFailure
    this.#backgroundFailure = undefined
    if (failure !== undefined) throw failure.error
  }

  async #end(): Promise<void> {
    await this.#background
    this.#throwBackgroundFailure()
    await this.#flush()
    await this.#background
    this.#throwBackgroundFailure()
    await this.#series.seal()
    await this.#series.settle()
    await this.#describe(formatTime(this.#clock.wall()))
    this.#isClosed = true
  }

  async #describe(ended: string | null, bytes = this.#bytes): Promise<void> {
    const segments = this.#series.done
    const frames = segments.reduce((sum, { rows }) => sum + rows, 0)
    const counters = { ...this.#session.counters, frames, bytes }
    const manifest = { ...this.#session, started: this.#started, ended, segments, counters }
    await writeManifest(this.directory, manifest, { sync: this.#fsync !== 'none' })
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
      await this.#background
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
