import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countOf, moneyOf, priceOf, ratioFromText } from '../../src/core/units.ts'
import { USUAL_FEES } from '../../src/market/fees.ts'
import type { Basket, Offer } from '../../src/scan/basket.ts'
import { buyAll, buyAllButOne } from '../../src/scan/basket.ts'

const offer = fc.record({
  ask: fc.integer({ min: 1, max: 9_999 }).map(priceOf),
  size: fc.integer({ min: 1, max: 4_000 }).map(countOf),
  side: fc.constantFrom('yes' as const, 'no' as const)
})
const offers = (minLength: number, maxLength: number) =>
  fc
    .array(offer, { minLength, maxLength })
    .map(offers => offers.map((offer, index): Offer => ({ ...offer, ticker: `KX-${index}` })))

const schedule = fc.constantFrom('0', '0.5', '1', '2').map(text => ({ ...USUAL_FEES, multiplier: ratioFromText(text) }))

function expectSums({ offers, count, cost, fees, payout, profit }: Basket, dollars: number): void {
  expect(payout).toBe(dollars * 10_000 * count)
  expect(cost).toBe(offers.reduce((sum, { ask }) => sum + moneyOf(ask, count), 0))
  expect(profit).toBe(payout - cost - fees)
  for (const { size } of offers) expect(count).toBeLessThanOrEqual(size)
  // What leaves a customer's account is whole cents.
  expect((cost + fees) % 10_000).toBe(0)
}

describe('a basket', () => {
  it('of all offers holds as many of each as the smallest has, and pays one dollar for each', () => {
    fc.assert(
      fc.property(offers(1, 8), schedule, (offers, schedule) => {
        const basket = buyAll(offers, schedule)
        expect(basket?.count).toBe(Math.min(...offers.map(({ size }) => size)))
        if (basket !== null) expectSums(basket, 1)
      })
    )
    expect(buyAll([], USUAL_FEES)).toBeNull()
  })

  it('of all offers but one is the most profitable of all selections and sizes', () => {
    fc.assert(
      fc.property(offers(2, 6), schedule, (offers, schedule) => {
        const best = buyAllButOne(offers, schedule)
        if (best !== null) expectSums(best, best.offers.length - 1)
        const profits = [0]
        for (let selection = 0; selection < 2 ** offers.length; selection++) {
          const chosen = offers.filter((_, index) => (selection >> index) % 2 === 1)
          // Whatever else may be bought of these is a multiple of the smallest offer's count.
          const basket = chosen.length < 2 ? null : buyAll(chosen, schedule)
          if (basket === null) continue
          const profit = basket.payout * (chosen.length - 1) - basket.cost - basket.fees
          profits.push(profit)
        }
        expect(best?.profit ?? 0).toBe(Math.max(...profits))
      })
    )
    expect.hasAssertions()
  })

  it('does not come about where the fees are not known', () => {
    const offers: Offer[] = ['A', 'B'].map(ticker => ({ ticker, side: 'no', ask: priceOf(100), size: countOf(100) }))
    const flat = { ...USUAL_FEES, type: 'flat' }
    expect(buyAll(offers, flat)).toBeNull()
    expect(buyAllButOne(offers, flat)).toBeNull()
    expect(buyAllButOne(offers, USUAL_FEES)).not.toBeNull()
  })
})
