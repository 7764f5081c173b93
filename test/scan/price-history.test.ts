import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Microseconds } from '../../src/core/time.ts'
import type { TwiceMid } from '../../src/core/units.ts'
import { PriceHistory } from '../../src/scan/price-history.ts'

const PERIOD = 600 as Microseconds
const BUCKET = 10

describe('price history', () => {
  it('agrees with a list of all prices', () => {
    const update = fc.record({ after: fc.nat({ max: 900 }), price: fc.integer({ min: 0, max: 20_000 }) })
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20_000 }), fc.array(update, { maxLength: 60 }), (first, updates) => {
        let now = 12_345
        const history = new PriceHistory(PERIOD, now as Microseconds, first as TwiceMid)
        const all = [{ bucket: Math.floor(now / BUCKET), price: first }]
        for (const { after, price } of updates) {
          now += after
          const bucket = Math.floor(now / BUCKET)
          history.record(now as Microseconds, price as TwiceMid)
          all.push({ bucket, price })
          const past = all.findLast(entry => entry.bucket <= bucket - PERIOD / BUCKET)
          expect(history.reference(now as Microseconds)).toBe(past?.price ?? first)
          expect(history.latest()).toBe(price)
        }
      })
    )
    expect.hasAssertions()
  })
})
