import { KwsError } from '../core/errors.ts'
import type { FrameBatch, FrameSink } from '../core/frame.ts'
import type { Nanoseconds } from '../core/time.ts'
import { formatTime } from '../core/time.ts'
import { Ballast, isDiskFull } from './ballast.ts'
import type { BodyEncoder } from './body-encoder.ts'
import { plainEncoder } from './body-encoder.ts'
import type { Body } from './encode-body.ts'
import { claimDirectory } from './make-directory.ts'
import { sessionToJson, writeManifest } from './manifest.ts'
import type { SessionInfo } from './manifest.ts'
import { PendingFrames } from './pending-frames.ts'
import type { RecordingWriterOptions, Settings } from './recording-writer-options.ts'
import { DEFAULT_SETTINGS } from './recording-writer-options.ts'
import { SegmentSeries } from './segment-series.ts'
import { diskFullError, storageError } from './storage-error.ts'
import { WriteQueue } from './write-queue.ts'
import { ZstdEncoder } from './zstd-encoder.ts'

/**
 * One is filled while the others wait to be written or are being written. Under load twice as much is read from a
 * socket in a turn of the event loop as one of them holds, and a write takes a turn at least.
 */
const BUFFERS = 6
const BATCH_ROWS_MAX = 4096
const MEBIBYTE = 1024 * 1024

/**
 * Writes frames into a new recording. Takes one batch at a time and copies it. When the disk is full, room that was set
 * aside at the start takes in all that had arrived and what arrives until the feed has been stopped; then `close` ends
 * the recording in good order and throws.
 */
export class RecordingWriter implements FrameSink {
  readonly directory: string
  readonly #settings: Settings
  readonly #started: string
  readonly #series: SegmentSeries
  readonly #ballast: Ballast
  readonly #queue: WriteQueue
  readonly #encoder: BodyEncoder
  #session: SessionInfo
  #frames = 0
  #bytes = 0
  /** Of them, those in the files. */
  #writtenBytes = 0
  #flushedAt: Nanoseconds
  #isClosed = false
  #isRotationAsked = false
  /** The error that told. */
  #fullDisk: unknown
  /** Settles sealed segments while frames are taken. What fails there lets the next call fail. */
  #background: Promise<void> = Promise.resolve()
  #backgroundFailure: { readonly error: unknown } | undefined

  private constructor(directory: string, ballast: Ballast, settings: Settings) {
    const { clock, session, period, fsync, compression, compressionLevel } = settings
    this.directory = directory
    this.#ballast = ballast
    this.#settings = settings
    this.#session = session
    const buffers = Array.from({ length: BUFFERS }, () => new PendingFrames(BATCH_ROWS_MAX, settings.batchBytesMax))
    this.#queue = new WriteQueue(buffers, full => this.#write(full))
    this.#encoder = compression === 'zstd' ? new ZstdEncoder(compressionLevel) : plainEncoder
    this.#started = period?.started ?? formatTime(clock.wall())
    this.#series = new SegmentSeries(directory, sessionToJson(session, this.#started), fsync)
    this.#flushedAt = clock.monotonic()
  }

  /** The directory is made; it may exist only if it is empty. */
  static async create(directory: string, options: RecordingWriterOptions): Promise<RecordingWriter> {
    const settings = { ...DEFAULT_SETTINGS, ...options }
    try {
      await claimDirectory(directory)
      // All that may be pending, the batch in hand, and the footer: it has 24 bytes a batch, fewer than any batch.
      const ballast = await Ballast.create(directory, (BUFFERS + 1) * settings.batchBytesMax + MEBIBYTE / 4)
      const writer = new RecordingWriter(directory, ballast, settings)
      await writer.#describe(null).catch(async (error: unknown) => {
        await writer.#encoder.close()
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
    if (this.#settings.onDiskFull === undefined) await this.close()
    else this.#settings.onDiskFull()
  }

  /** Does nothing if it is closed already. Throws, after all is safe, if the disk has become full. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    await this.#attempt(() => this.#end(), this.#frames)
    await this.#encoder.close()
    await this.#ballast.release()
    if (this.#fullDisk !== undefined) {
      throw diskFullError(`all ${this.#frames} frames are safe in ${this.directory}`, this.#fullDisk)
    }
  }

  /** Resolves when all that was to be written by now is in the files, or could not be written. */
  async flushed(): Promise<void> {
    await this.#queue.rest()
  }

  async #store(batch: FrameBatch, from: number): Promise<void> {
    this.#throwBackgroundFailure()
    if (this.#queue.hasFailed) await this.#queue.drain()
    for (let row = from; row < batch.length;) {
      const end = this.#queue.filling.add(batch, row)
      this.#frames += end - row
      this.#bytes += (batch.offsets[end] ?? 0) - (batch.offsets[row] ?? 0)
      row = end
      if (row < batch.length || this.#queue.filling.isFull) await this.#flush()
    }
    const now = this.#settings.clock.monotonic()
    const isLate = now - this.#flushedAt >= nanoseconds(this.#settings.flushSeconds)
    if (isLate || this.#isRotationAsked) await this.#flush()
    this.#series.syncIfDue(now)
  }

  /** Does not wait until what is pending is written, unless much that was before is not yet. */
  async #flush(): Promise<void> {
    const now = this.#settings.clock.monotonic()
    this.#flushedAt = now
    this.#queue.filling.flushedAt = now
    this.#queue.filling.endsSegment = this.#isRotationAsked
    this.#isRotationAsked = false
    await this.#queue.turn()
  }

  async #write(full: readonly PendingFrames[]): Promise<void> {
    const bodies = await Promise.all(full.map(pending => this.#encodeBody(pending)))
    let staged: PendingFrames[] = []
    for (const [index, pending] of full.entries()) {
      const body = bodies[index]
      if (body !== undefined) await this.#series.stage(pending.batch(), body, pending.flushedAt)
      staged.push(pending)
      if (!pending.endsSegment && !this.#isRotationDue(pending.flushedAt)) continue
      await this.#writeStaged(staged)
      staged = []
      await this.#series.seal()
      this.#settleInBackground()
      if (this.#settings.fsync === 'batch') await this.#background
    }
    await this.#writeStaged(staged)
  }

  /** Nothing of what has been written already, which is empty. */
  async #encodeBody(pending: PendingFrames): Promise<Body | undefined> {
    return pending.length === 0 ? undefined : await this.#encoder.encode(pending.batch())
  }

  async #writeStaged(staged: readonly PendingFrames[]): Promise<void> {
    await this.#series.flush()
    for (const pending of staged) {
      this.#writtenBytes += pending.bytes
      pending.clear()
    }
  }

  #isRotationDue(now: Nanoseconds): boolean {
    const { rotate } = this.#settings
    return 'bytes' in rotate
      ? this.#series.openBytes >= rotate.bytes
      : this.#series.ageAt(now) >= nanoseconds(rotate.seconds)
  }

  #settleInBackground(): void {
    const bytes = this.#writtenBytes
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
    await this.#flush()
    await this.#queue.drain()
    await this.#background
    this.#throwBackgroundFailure()
    await this.#series.seal()
    await this.#series.settle()
    await this.#describe(this.#endTime())
    this.#isClosed = true
  }

  #endTime(): string {
    const { clock, period } = this.#settings
    if (period === undefined) return formatTime(clock.wall())
    return period.ended ?? this.#series.done.at(-1)?.lastReceivedAt ?? period.started
  }

  async #describe(ended: string | null, bytes = this.#writtenBytes): Promise<void> {
    const segments = this.#series.done
    const frames = segments.reduce((sum, { rows }) => sum + rows, 0)
    const counters = { ...this.#session.counters, frames, bytes }
    const manifest = { ...this.#session, started: this.#started, ended, segments, counters }
    await writeManifest(this.directory, manifest, { sync: this.#settings.fsync !== 'none' })
  }

  /** Writes, and when the disk is full once more, into the room of the ballast. Any other failure ends the recording. */
  async #attempt(write: () => Promise<void>, arrived: number): Promise<void> {
    try {
      await write().catch(async (error: unknown) => {
        await this.#queue.rest()
        const other = this.#queue.takeFailure() ?? error
        if (!isDiskFull(error) || !isDiskFull(other) || this.#fullDisk !== undefined) throw error
        this.#fullDisk = error
        await this.#ballast.release()
        await this.#series.rollBack()
        await write()
      })
    } catch (error) {
      this.#isClosed = true
      await this.#ballast.release()
      await this.#queue.rest()
      await this.#encoder.close()
      await this.#background
      await this.#series.abandon()
      if (!isDiskFull(error)) throw storageError(this.directory, error)
      throw diskFullError(`${this.#series.rows} of ${arrived} frames are safe in ${this.directory}`, error)
    }
  }
}

function nanoseconds(seconds: number): Nanoseconds {
  return BigInt(Math.round(seconds * 1e9))
}
