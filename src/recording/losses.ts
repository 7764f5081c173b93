import type { FrameBatch } from '../core/frame.ts'
import type { Nanoseconds } from '../core/time.ts'
import { formatTime } from '../core/time.ts'
import type { SegmentFault } from './segment-fault.ts'

/** Frames that are not there any more. */
export interface Loss {
  /** The segment's name. */
  readonly file: string
  /** Null where nothing tells how many. */
  rows: number | null
  /** Receive time of the last frame before them, RFC 3339; null where they were the first. */
  readonly after: string | null
  /** Receive time of the first frame behind them; null where they were the last. */
  before: string | null
}

/** Turns the faults that are met while a recording is read into what was lost and when. */
export class Losses {
  #all: Loss[] = []
  /** Those behind which no frame has come so far. */
  #open: Loss[] = []
  #last: Nanoseconds | undefined

  get all(): readonly Loss[] {
    return this.#all
  }

  /** Rows that are known to be lost of a segment. */
  knownRowsOf(file: string): number {
    return this.#all.reduce((sum, loss) => (loss.file === file ? sum + (loss.rows ?? 0) : sum), 0)
  }

  /** A batch that was read whole. */
  passBy(batch: FrameBatch): void {
    if (batch.length === 0) return
    const first = formatTime(batch.receivedAt[0] ?? 0n)
    for (const loss of this.#open) loss.before = first
    this.#open = []
    this.#last = batch.receivedAt[batch.length - 1]
  }

  addFault(fault: SegmentFault, file: string): void {
    if ((fault.type === 'corrupt' || fault.type === 'torn') && fault.rows !== 0) this.add(file, fault.rows)
  }

  add(file: string, rows: number | null): void {
    const loss = { file, rows, after: this.#last === undefined ? null : formatTime(this.#last), before: null }
    this.#all.push(loss)
    this.#open.push(loss)
  }

  /** So many rows are missing of a segment, beyond what is known. */
  settle(file: string, missing: number): void {
    const unknown = this.#all.findLast(loss => loss.file === file && loss.rows === null)
    if (unknown === undefined) {
      if (missing > 0) this.add(file, missing)
      return
    }
    unknown.rows = missing
    // What was damaged was then no batch, but the end of the segment.
    if (missing === 0) this.#all = this.#all.filter(loss => loss !== unknown)
  }
}

/** `4096 frames between … and … (…-0002.arrow)` */
export function describeLoss({ file, rows, after, before }: Loss): string {
  const when = after === null ? '' : ` after ${after}`
  const until = before === null ? '' : `${after === null ? '' : ' and'} before ${before}`
  return `${rows ?? 'some'} frames${when}${until} (${file})`
}
