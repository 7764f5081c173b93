import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoff } from '../../src/live/backoff.ts'

test('the longest wait doubles from half a second to half a minute', () => {
  const longest = Array.from({ length: 9 }, (_, attempt) => backoff(attempt, () => 1))
  expect(longest).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
})

test('a wait is anything from nothing to the longest', () => {
  const attempt = fc.integer({ min: 0, max: 1e6 })
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  fc.assert(
    fc.property(attempt, chance, (attempt, chance) => {
      const longest = backoff(attempt, () => 1)
      const wait = backoff(attempt, () => chance)
      expect(longest).toBeLessThanOrEqual(30_000)
      expect(wait).toBeGreaterThanOrEqual(0)
      expect(wait).toBeLessThanOrEqual(longest)
      expect(wait).toBeCloseTo(chance * longest)
    })
  )
})
