import { expect, test } from 'vitest'
import type { Clock } from '../../src/core/clock.ts'
import { keepPace } from '../../src/exchange/pace.ts'

/** A clock on which time passes by sleeping alone: every sleep takes as long as the test says. */
function sleepingClock(sleepMilliseconds: (asked: number, sleeps: number) => number): Clock {
  let now = 0n
  let sleeps = 0
  return {
    wall: () => now,
    monotonic: () => now,
    async sleep(milliseconds) {
      now += BigInt(Math.round(sleepMilliseconds(milliseconds, sleeps++) * 1e6))
      await Promise.resolve()
    }
  }
}

/** How many things were done by the time the clock stands at so many seconds. */
async function doneAfter(
  seconds: number,
  clock: Clock,
  rate: number,
  isPaused: (seconds: number) => boolean = () => false
): Promise<number> {
  const stopping = new AbortController()
  const elapsed = (): number => Number(clock.monotonic()) / 1e9
  let done = 0
  await keepPace({
    clock,
    rate,
    signal: stopping.signal,
    isPaused: () => {
      if (elapsed() >= seconds) stopping.abort()
      return isPaused(elapsed())
    },
    produce: () => {
      done += 3
      return 3
    },
    beforeBurst: () => undefined,
    afterBurst: () => undefined
  })
  return done
}

test.each([0.5, 7, 200, 20_000])('at %s per second the mean rate holds, however late the wake-ups are', async rate => {
  const clock = sleepingClock((asked, sleeps) => asked * (1 + (sleeps % 4)))
  const done = await doneAfter(60, clock, rate)
  expect(Math.abs(done - 60 * rate)).toBeLessThanOrEqual(3 + rate * 0.35)
})

test('what falls due in a pause never happens', async () => {
  const done = await doneAfter(
    60,
    sleepingClock(asked => asked),
    1_000,
    seconds => seconds > 10 && seconds <= 50
  )
  expect(Math.abs(done - 20_000)).toBeLessThanOrEqual(20)
})

test('a process that was held up does not catch up on all of it', async () => {
  const done = await doneAfter(
    60,
    sleepingClock((asked, sleeps) => (sleeps === 100 ? 30_000 : asked)),
    1_000
  )
  expect(Math.abs(done - 30_250)).toBeLessThanOrEqual(20)
})
