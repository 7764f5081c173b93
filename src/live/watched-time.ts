import type { Clock } from '../core/clock.ts'
import type { Nanoseconds } from '../core/time.ts'

/**
 * Time that passes only while frames are taken: who does not listen cannot say that nobody answers. It stands until it is
 * started.
 */
export class WatchedTime {
  readonly #clock: Clock
  #stoppedAt: Nanoseconds | undefined
  /** For how long it has stood. */
  #missed: Nanoseconds = 0n

  constructor(clock: Clock) {
    this.#clock = clock
    this.#stoppedAt = clock.monotonic()
  }

  stop(): void {
    this.#stoppedAt ??= this.#clock.monotonic()
  }

  start(): void {
    if (this.#stoppedAt === undefined) return
    this.#missed += this.#clock.monotonic() - this.#stoppedAt
    this.#stoppedAt = undefined
  }

  milliseconds(): number {
    return Number(((this.#stoppedAt ?? this.#clock.monotonic()) - this.#missed) / 1_000_000n)
  }
}
