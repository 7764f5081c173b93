import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Microseconds } from '../../src/core/time.ts'
import { TimeQueue } from '../../src/scan/time-queue.ts'

describe('time queue', () => {
  it('gives what is due in the order of time, and of one time in the order in which it was put in', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 20 }), { maxLength: 40 }), fc.nat({ max: 20 }), (times, now) => {
        const queue = new TimeQueue<readonly [number, number]>()
        for (const [index, time] of times.entries()) queue.add(time as Microseconds, [time, index])
        const sorted = times.map((time, index) => [time, index] as const).sort(([a], [b]) => a - b)
        expect([...queue.takeUntil(now as Microseconds)]).toEqual(sorted.filter(([time]) => time <= now))
        expect([...queue.takeUntil(now as Microseconds)]).toEqual([])
        expect([...queue.takeUntil(20 as Microseconds)]).toEqual(sorted.filter(([time]) => time > now))
      })
    )
    expect.hasAssertions()
  })

  it('waits no longer for what was removed', () => {
    const queue = new TimeQueue<string>()
    for (const [time, item] of 'cabbage'.split('').entries()) queue.add(time as Microseconds, item)
    queue.remove(item => item === 'b' || item === 'e')
    expect([...queue.takeUntil(20 as Microseconds)].join('')).toBe('caag')
  })
})
