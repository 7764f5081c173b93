import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { countOf, priceOf } from '../../src/core/units.ts'
import { BidSide } from '../../src/exchange/bid-side.ts'

const changes = fc.array(fc.record({ price: fc.integer({ min: 1, max: 12 }), count: fc.integer({ min: 1, max: 99 }) }))

test('bids are what was placed less what was taken, ascending, the best on top', () => {
  fc.assert(
    fc.property(changes, changes, (placed, taken) => {
      const bids = new BidSide()
      const counts = new Map<number, number>()
      for (const { price, count } of placed) {
        bids.change(priceOf(price), countOf(count))
        counts.set(price, (counts.get(price) ?? 0) + count)
      }
      for (const { price, count } of taken) {
        const there = counts.get(price) ?? 0
        if (there === 0) continue
        bids.change(priceOf(price), countOf(-Math.min(there, count)))
        counts.set(price, there - Math.min(there, count))
      }
      const levels = [...counts].filter(([, count]) => count > 0).sort(([a], [b]) => a - b)
      expect(bids.levels().map(({ price, count }) => [price, count])).toEqual(levels)
      expect([bids.best, bids.bestCount]).toEqual(levels.at(-1) ?? [0, 0])
      expect(bids.total).toBe(levels.reduce((sum, [, count]) => sum + count, 0))
      const { price, count } = bids.levelBelowBest(1)
      expect([price, count]).toEqual(levels.at(-2) ?? levels.at(-1) ?? [0, 0])
    })
  )
})

test('more cannot be taken than there is', () => {
  const bids = new BidSide()
  bids.change(priceOf(100), countOf(5))
  expect(() => bids.change(priceOf(100), countOf(-6))).toThrow(RangeError)
})
