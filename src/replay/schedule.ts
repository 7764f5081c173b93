import type { Clock } from '../core/clock.ts'
import type { FrameBatch } from '../core/frame.ts'
import type { Nanoseconds } from '../core/time.ts'
import type { Anchor } from './pace-meter.ts'

/** How many times as fast as recorded; `max` never waits. */
export type Speed = number | 'max'

const NANOSECONDS_PER_MILLISECOND = 1e6

/**
 * Which frames are due. One pair of a recorded and a monotonic time says when every other recorded time is played, so
 * that lateness never adds up; a pause and a change of speed set the pair anew. A frame that a clock set back has put
 * before its predecessor is due with it.
 */
export class Schedule {
  readonly #clock: Clock
  /** Frames before it are due at once. */
  readonly #from: Nanoseconds
  #speed: Speed
  #isPaused = false
  #steps = 0
  #recorded: Nanoseconds | undefined
  #monotonic: Nanoseconds = 0n
  #anchored: Anchor | undefined

  constructor(clock: Clock, speed: Speed, from: Nanoseconds) {
    this.#clock = clock
    this.#speed = speed
    this.#from = from
  }

  get speed(): Speed {
    return this.#speed
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  /** What frames are due by; the same object until the pace is changed. Undefined where nothing waits for its time. */
  get anchor(): Anchor | undefined {
    if (this.#recorded === undefined || this.#isPaused || this.#speed === 'max') return undefined
    this.#anchored ??= { recorded: this.#recorded, monotonic: this.#monotonic, speed: this.#speed }
    return this.#anchored
  }

  setSpeed(speed: Speed): void {
    this.#anchor(this.#reached())
    this.#speed = speed
  }

  pause(): void {
    this.#anchor(this.#reached())
    this.#isPaused = true
  }

  resume(): void {
    this.#anchor(this.#reached())
    this.#isPaused = false
    this.#steps = 0
  }

  /** Lets one more frame be due in the pause. */
  step(): void {
    if (!this.#isPaused) this.pause()
    this.#steps++
  }

  /** The row after the last that is due, which then counts as played; the given row where none is. */
  endOfDue({ receivedAt, length }: FrameBatch, row: number): number {
    let end = row
    if (this.#recorded === undefined) {
      while (end < length && (receivedAt[end] ?? 0n) < this.#from) end++
      if (end > row) return end
      this.#anchor(receivedAt[row] ?? 0n)
    }
    if (this.#isPaused) {
      if (this.#steps === 0) return row
      this.#steps--
      this.#advance(receivedAt[row] ?? 0n)
      return row + 1
    }
    if (this.#speed === 'max') {
      this.#advance(receivedAt[length - 1] ?? 0n)
      return length
    }
    const reached = this.#reached() ?? 0n
    while (end < length && (receivedAt[end] ?? 0n) <= reached) end++
    return end
  }

  /** Milliseconds until a recorded time is played; undefined in a pause. */
  delayUntil(time: Nanoseconds): number | undefined {
    if (this.#isPaused) return undefined
    const reached = this.#reached()
    if (reached === undefined || this.#speed === 'max' || time <= reached) return 0
    return Math.ceil(Number(time - reached) / this.#speed / NANOSECONDS_PER_MILLISECOND)
  }

  /** The recorded time that is played now; undefined before the first frame. */
  #reached(): Nanoseconds | undefined {
    if (this.#recorded === undefined || this.#isPaused || this.#speed === 'max') return this.#recorded
    const elapsed = Number(this.#clock.monotonic() - this.#monotonic)
    return this.#recorded + BigInt(Math.round(elapsed * this.#speed))
  }

  #anchor(recorded: Nanoseconds | undefined): void {
    this.#recorded = recorded
    this.#monotonic = this.#clock.monotonic()
    this.#anchored = undefined
  }

  #advance(time: Nanoseconds): void {
    if (this.#recorded === undefined || time > this.#recorded) this.#recorded = time
  }
}
