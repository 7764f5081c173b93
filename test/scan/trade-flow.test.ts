import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Microseconds } from '../../src/core/time.ts'
import type { Count } from '../../src/core/units.ts'
import { TradeFlow } from '../../src/scan/trade-flow.ts'

const PERIOD = 600 as Microseconds
const BUCKET = 10

describe('trade flow', () => {
  it('agrees with a list of all trades', () => {
    const trade = fc.record({
      after: fc.nat({ max: 900 }),
      count: fc.integer({ min: 1, max: 1_000_000 }),
      side: fc.constantFrom('yes' as const, 'no' as const)
    })
    fc.assert(
      fc.property(fc.array(trade, { maxLength: 60 }), trades => {
        let now = 12_345
        const flow = new TradeFlow(PERIOD, now as Microseconds)
        const all: { readonly bucket: number; readonly count: number; readonly side: 'yes' | 'no' }[] = []
        for (const { after, count, side } of trades) {
          now += after
          const bucket = Math.floor(now / BUCKET)
          flow.add(now as Microseconds, side, count as Count)
          all.push({ bucket, count, side })
          for (const side of ['yes', 'no'] as const) {
            const within = all.filter(trade => trade.side === side && trade.bucket > bucket - PERIOD / BUCKET)
            expect(flow.bought(now as Microseconds, side)).toBe(within.reduce((sum, trade) => sum + trade.count, 0))
          }
        }
      })
    )
    expect.hasAssertions()
  })
})
