import type { Clock } from '../core/clock.ts'
import type { Feed, FrameBatch } from '../core/frame.ts'
import type { Nanoseconds } from '../core/time.ts'
import type { Recording } from '../recording/recording.ts'
import type { OnFault } from '../recording/segment-fault.ts'
import { merge, streamOf } from './merge.ts'
import type { Pace } from './pace-meter.ts'
import { PaceMeter } from './pace-meter.ts'
import type { Speed } from './schedule.ts'
import { Schedule } from './schedule.ts'
import { slice, upTo } from './slice.ts'

export interface ReplayOptions {
  readonly clock: Clock
  readonly speed?: Speed
  /** Frames before it come too, at once, since they build the state in which the others are understood. */
  readonly from?: Nanoseconds
  /** Frames after it do not come. */
  readonly to?: Nanoseconds
  readonly signal?: AbortSignal
  readonly onFault?: OnFault
}

const SLEEP_MILLISECONDS_MAX = 3_600_000

/**
 * Plays recordings, merged by receive time, at a pace that can be changed while it runs. Frames come in their order and
 * with their times, whatever the pace. To be iterated once.
 */
export class ReplayFeed implements Feed {
  readonly #recordings: readonly Recording[]
  readonly #clock: Clock
  readonly #schedule: Schedule
  readonly #meter = new PaceMeter()
  readonly #to: Nanoseconds | undefined
  readonly #signal: AbortSignal | undefined
  readonly #onFault: OnFault | undefined
  #position: Nanoseconds | undefined
  #sleep: AbortController | undefined

  constructor(
    recordings: readonly Recording[],
    { clock, speed = 'max', from = 0n, to, signal, onFault }: ReplayOptions
  ) {
    this.#recordings = recordings
    this.#clock = clock
    this.#schedule = new Schedule(clock, speed, from)
    this.#to = to
    this.#signal = signal
    this.#onFault = onFault
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<FrameBatch, void, undefined> {
    const wake = () => this.#sleep?.abort()
    this.#signal?.addEventListener('abort', wake)
    try {
      for await (const batch of this.#batches()) {
        for (let row = 0; row < batch.length;) {
          const end = await this.#endOfDue(batch, row)
          if (this.#signal?.aborted === true) return
          const { anchor } = this.#schedule
          if (anchor !== undefined) this.#meter.note(anchor, batch, row, end, this.#clock.monotonic())
          this.#position = batch.receivedAt[end - 1]
          yield slice(batch, row, end)
          row = end
        }
      }
    } finally {
      this.#signal?.removeEventListener('abort', wake)
    }
  }

  isFiltered(connection: number): boolean {
    return this.#recordings[streamOf(connection)]?.filtered ?? false
  }

  /** Receive time of the last frame that came; undefined before the first. */
  get position(): Nanoseconds | undefined {
    return this.#position
  }

  get speed(): Speed {
    return this.#schedule.speed
  }

  get isPaused(): boolean {
    return this.#schedule.isPaused
  }

  /** How well the speed was kept since it was last set; undefined at full speed. */
  get pace(): Pace | undefined {
    return this.#schedule.speed === 'max' ? undefined : this.#meter.pace
  }

  setSpeed(speed: Speed): void {
    this.#schedule.setSpeed(speed)
    this.#sleep?.abort()
  }

  pause(): void {
    this.#schedule.pause()
    this.#sleep?.abort()
  }

  resume(): void {
    this.#schedule.resume()
    this.#sleep?.abort()
  }

  /** Pauses, and lets one more frame come. */
  step(): void {
    this.#schedule.step()
    this.#sleep?.abort()
  }

  #batches(): AsyncIterable<FrameBatch> {
    const [first, ...others] = this.#recordings.map(recording => recording.batches(this.#onFault))
    if (first === undefined) return merge([])
    const batches = others.length === 0 ? first : merge([first, ...others])
    return this.#to === undefined ? batches : upTo(batches, this.#to)
  }

  /** Waits until at least the given row is due; an abort ends the wait early. */
  async #endOfDue(batch: FrameBatch, row: number): Promise<number> {
    for (;;) {
      const end = this.#schedule.endOfDue(batch, row)
      if (end > row || this.#signal?.aborted === true) return end
      await this.#wait(this.#schedule.delayUntil(batch.receivedAt[row] ?? 0n))
    }
  }

  /** A control wakes it, since it may have changed what is due. */
  async #wait(milliseconds: number | undefined): Promise<void> {
    const { signal } = (this.#sleep = new AbortController())
    if (milliseconds !== undefined) {
      await this.#clock.sleep(Math.min(milliseconds, SLEEP_MILLISECONDS_MAX), signal)
    } else {
      await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }))
    }
    this.#sleep = undefined
  }
}
