import type { Clock } from '../core/clock.ts'

export interface Pace {
  readonly clock: Clock
  /** Per second; may change. */
  readonly rate: number
  readonly signal: AbortSignal
  /** What falls due in a pause never happens. */
  isPaused(): boolean
  /** Does one thing and returns how many of those that are due it was. */
  produce(): number
  /** Around what is done in one go. */
  beforeBurst(): void
  afterBurst(): void
}

const WAKE_MS_MIN = 5
const WAKE_MS_MAX = 50
/** A process that was held up for longer does not catch up on the rest, lest clients drown in it. */
const CATCH_UP_SECONDS_MAX = 0.25

/** Keeps a mean rate in bursts, one per wake-up, until the signal aborts: timers are too coarse for one at a time. */
export async function keepPace(pace: Pace): Promise<void> {
  const { clock, signal } = pace
  let due = 0
  let looked = clock.monotonic()
  while (!signal.aborted) {
    await clock.sleep(Math.min(WAKE_MS_MAX, Math.max(WAKE_MS_MIN, 1000 / pace.rate)), signal)
    const now = clock.monotonic()
    const seconds = Math.min(CATCH_UP_SECONDS_MAX, Number(now - looked) / 1e9)
    looked = now
    if (pace.isPaused() || signal.aborted) continue
    due += pace.rate * seconds
    if (due < 1) continue
    pace.beforeBurst()
    while (due >= 1) due -= pace.produce()
    pace.afterBurst()
  }
}
