import { isUtf8 } from 'node:buffer'
import { FrameBatchBuilder } from '../core/frame-batch-builder.ts'
import type { FrameBatch } from '../core/frame.ts'
import type { Nanoseconds } from '../core/time.ts'
import type { CapturedFrame, LineForm } from './capture-line.ts'
import { parseLine } from './capture-line.ts'

/** Turns the lines of captures into frames, one for each that is not empty, and keeps account of what they lacked. */
export class CaptureReader {
  readonly #forms: Record<LineForm, number> = { raw: 0, event: 0, bare: 0, other: 0, 'not JSON': 0 }
  readonly #batch = new FrameBatchBuilder()
  /** The last `seq` of each `sid`. */
  readonly #sequences = new Map<number, number>()
  #connection = 0
  #time: Nanoseconds
  #untimed = 0
  #isBelowMilliseconds = false

  /** The time is for frames at the start that have none. */
  constructor(firstTime: Nanoseconds) {
    this.#time = firstTime
  }

  get forms(): Readonly<Record<LineForm, number>> {
    return this.#forms
  }

  /** Frames without a receive time. They were given the exchange's, or that of the frame before. */
  get untimed(): number {
    return this.#untimed
  }

  get connections(): number {
    return Object.values(this.#forms).some(frames => frames > 0) ? this.#connection + 1 : 0
  }

  /** What the captures did not hold, in words. */
  get lacks(): readonly string[] {
    return [
      'commands sent, pings and connection events',
      'a monotonic clock',
      ...(this.#isBelowMilliseconds ? [] : ['receive times finer than a millisecond']),
      ...(this.#untimed > 0 ? [`receive times of ${this.#untimed} frames`] : []),
      ...(this.#forms.event > 0 ? [`the exact bytes of ${this.#forms.event} frames`] : [])
    ]
  }

  /** Valid until the next call. */
  read(lines: readonly Buffer[]): FrameBatch {
    this.#batch.clear()
    for (const line of lines) {
      if (!isBlank(line)) this.#append(parseLine(line))
    }
    return this.#batch.batch()
  }

  #append(frame: CapturedFrame): void {
    this.#forms[frame.form]++
    if (frame.receivedAt === undefined) this.#untimed++
    else if (frame.receivedAt % 1_000_000n !== 0n) this.#isBelowMilliseconds = true
    this.#time = frame.receivedAt ?? frame.exchangeTime ?? this.#time
    const kind = isUtf8(frame.payload) ? 'text' : 'binary'
    this.#batch.append(this.#time, 0n, this.#connectionOf(frame), kind, 'received', frame.payload)
  }

  /** A `seq` that falls means that the collector reconnected, which began every `sid` anew. */
  #connectionOf({ sid, seq }: CapturedFrame): number {
    if (sid === undefined || seq === undefined) return this.#connection
    if (seq <= (this.#sequences.get(sid) ?? -1)) {
      this.#connection++
      this.#sequences.clear()
    }
    this.#sequences.set(sid, seq)
    return this.#connection
  }
}

function isBlank(line: Buffer): boolean {
  return line.every(byte => byte === 32 || (byte >= 9 && byte <= 13))
}
