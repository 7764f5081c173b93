import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { SeededRandom } from '../../src/exchange/seeded-random.ts'

function draw(seed: number): number[] {
  const random = new SeededRandom(seed)
  return Array.from({ length: 8 }, () => random.next())
}

test('the same seed gives the same numbers and another seed others', () => {
  expect(draw(7)).toEqual(draw(7))
  expect(draw(7)).not.toEqual(draw(8))
  expect(draw(2 ** 40)).not.toEqual(draw(2 ** 41))
})

test('a whole number lies between its bounds and reaches both', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: -5, max: 5 }), fc.nat(4), (seed, lowest, span) => {
      const random = new SeededRandom(seed)
      const drawn = new Set(Array.from({ length: 500 }, () => random.integer(lowest, lowest + span)))
      expect([...drawn].sort((a, b) => a - b)).toEqual(Array.from({ length: span + 1 }, (_, step) => lowest + step))
    })
  )
})

test('exponential numbers have the mean that was asked for', () => {
  const random = new SeededRandom(3)
  let sum = 0
  for (let draw = 0; draw < 20_000; draw++) sum += random.exponential(100)
  expect(sum / 20_000).toBeGreaterThan(97)
  expect(sum / 20_000).toBeLessThan(103)
})

test('an id is shaped like a UUID', () => {
  expect(new SeededRandom(1).uuid()).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
})
