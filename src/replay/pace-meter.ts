import { createHistogram } from 'node:perf_hooks'
import type { FrameBatch } from '../core/frame.ts'
import type { Nanoseconds } from '../core/time.ts'

/** A recorded time and the monotonic time at which it is played: all others follow from them at a given speed. */
export interface Anchor {
  readonly recorded: Nanoseconds
  readonly monotonic: Nanoseconds
  readonly speed: number
}

/** How well a speed was kept since it was last set. */
export interface Pace {
  readonly asked: number
  /** Recorded time that was played, by the time it took until its last frame came. */
  readonly achieved: number
  /** How long after they were due frames came, in milliseconds. */
  readonly lateness: { readonly p50: number; readonly p99: number; readonly max: number }
}

/** Looks at each frame as it leaves. A change of the pace begins a new measurement. */
export class PaceMeter {
  #lateness = createHistogram()
  #anchor: Anchor | undefined
  #latest: Nanoseconds = 0n
  #elapsed = 0

  /** Rows of a batch that leave at a monotonic time. */
  note(anchor: Anchor, { receivedAt }: FrameBatch, from: number, to: number, now: Nanoseconds): void {
    if (anchor !== this.#anchor) this.#begin(anchor)
    this.#elapsed = Number(now - anchor.monotonic)
    for (let row = from; row < to; row++) {
      const time = receivedAt[row] ?? this.#latest
      // A frame that a clock set back has put before its predecessor is due with it.
      if (time > this.#latest) this.#latest = time
      const late = this.#elapsed - Number(this.#latest - anchor.recorded) / anchor.speed
      // A histogram begins at 1; here in microseconds.
      this.#lateness.record(Math.max(1, Math.round(late / 1000)))
    }
  }

  /** Undefined before two frames have come that are apart in time. */
  get pace(): Pace | undefined {
    const played = this.#anchor === undefined ? 0 : Number(this.#latest - this.#anchor.recorded)
    if (this.#anchor === undefined || played <= 0 || this.#elapsed <= 0) return undefined
    const [p50, p99] = [50, 99].map(percent => this.#lateness.percentile(percent) / 1000)
    return {
      asked: this.#anchor.speed,
      achieved: played / this.#elapsed,
      lateness: { p50: p50 ?? 0, p99: p99 ?? 0, max: this.#lateness.max / 1000 }
    }
  }

  #begin(anchor: Anchor): void {
    this.#anchor = anchor
    this.#latest = anchor.recorded
    this.#lateness = createHistogram()
  }
}

/** `9.998x of 10x (−0.02 %), p99 1.1 ms late`. */
export function describePace({ asked, achieved, lateness }: Pace): string {
  const error = 100 * (achieved / asked - 1)
  const sign = error < 0 ? '−' : '+'
  const [p99, max] = [lateness.p99, lateness.max].map(milliseconds => milliseconds.toFixed(1))
  const speed = `${Number(achieved.toPrecision(5))}x of ${asked}x (${sign}${Math.abs(error).toFixed(2)} %)`
  return `${speed}, frames late by p99 ${p99} ms, at most ${max} ms`
}
