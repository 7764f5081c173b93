import type { Clock } from '../../../src/core/clock.ts'

interface Sleeper {
  readonly until: bigint
  readonly wake: () => void
}

/** Time that passes when the test says so, waking whoever sleeps in the order in which they are due. */
export class ManualClock implements Clock {
  #now = 0n
  #sleepers: Sleeper[] = []

  wall(): bigint {
    return 1_795_532_400_000_000_000n + this.#now
  }

  monotonic(): bigint {
    return this.#now
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return
    await new Promise<void>(resolve => {
      const wake = () => {
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      this.#sleepers.push({ until: this.#now + BigInt(Math.round(milliseconds * 1e6)), wake })
      signal?.addEventListener('abort', wake)
    })
  }

  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + BigInt(milliseconds) * 1_000_000n
    await settle()
    for (let next = this.#due(end); next !== undefined; next = this.#due(end)) {
      if (next.until > this.#now) this.#now = next.until
      next.wake()
      await settle()
    }
    this.#now = end
  }

  #due(end: bigint): Sleeper | undefined {
    const [next] = this.#sleepers.sort((a, b) => Number(a.until - b.until))
    if (next === undefined || next.until > end) return undefined
    this.#sleepers.shift()
    return next
  }
}

/** Lets everything happen that waits for nothing but a turn. */
export async function settle(): Promise<void> {
  await new Promise(resolve => setImmediate(resolve))
}
