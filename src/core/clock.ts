import { setMaxListeners } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { Nanoseconds } from './time.ts'

/**
 * The only way to the time of day and to waiting. Feeds, the recording writer and the exchange are given one; nothing
 * below a feed is, since there "now" is the receive time of the frame in hand.
 */
export interface Clock {
  /** Nanoseconds since the Unix epoch. May step when the system's clock is set. */
  wall(): Nanoseconds
  /** Nanoseconds of a clock that never steps; its zero means nothing. */
  monotonic(): Nanoseconds
  /** Resolves after a number of milliseconds, or at once when the signal aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}

const RESYNC_AFTER = 100_000_000n
const DRIFT_MAX = 2_000_000n

/**
 * The machine's clock. Node reads the time of day in milliseconds only, so the wall time is the monotonic clock plus an
 * offset, which is set anew (looked at ten times a second) when the system's clock has been set or has drifted by more than 2 ms.
 */
export function systemClock(): Clock {
  let offset = wallOffset()
  let checked = process.hrtime.bigint()
  return {
    wall() {
      const monotonic = process.hrtime.bigint()
      if (monotonic - checked > RESYNC_AFTER) {
        checked = monotonic
        const drift = wallOffset() - offset
        if (drift > DRIFT_MAX || drift < -DRIFT_MAX) offset += drift
      }
      return monotonic + offset
    },
    monotonic: () => process.hrtime.bigint(),
    async sleep(milliseconds, signal) {
      // Many may sleep under one signal, such as all connections of a server: that is no leak.
      if (signal !== undefined) setMaxListeners(0, signal)
      await delay(milliseconds, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
        if (!(error instanceof Error && error.name === 'AbortError')) throw error
      })
    }
  }
}

function wallOffset(): bigint {
  return BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint()
}
