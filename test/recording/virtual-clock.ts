import type { Clock } from '../../src/core/clock.ts'
import type { Nanoseconds } from '../../src/core/time.ts'

/** Time that passes only while somebody sleeps, or when a test says so. */
export class VirtualClock implements Clock {
  now: Nanoseconds = 0n
  sleeps = 0
  /** What happens during the next sleep, of which so many milliseconds have then passed. */
  interruption: { readonly after: number; readonly act: () => void } | undefined

  wall(): Nanoseconds {
    return 1_791_833_400_000_000_000n + this.now
  }

  monotonic(): Nanoseconds {
    return this.now
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    this.sleeps++
    const { after, act } = this.interruption ?? { after: 0, act: () => {} }
    this.interruption = undefined
    this.advance(after)
    act()
    if (signal?.aborted !== true) this.advance(milliseconds - after)
  }

  advance(milliseconds: number): void {
    this.now += BigInt(Math.round(milliseconds * 1e6))
  }
}
