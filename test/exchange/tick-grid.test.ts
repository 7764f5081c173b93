import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { TickGrid } from '../../src/exchange/tick-grid.ts'
import {
  CENT_GRID,
  CENTI_GRID,
  DECI_GRID,
  lowestPrice,
  priceBelow,
  TAPERED_GRID
} from '../../src/exchange/tick-grid.ts'

const GRIDS = [CENT_GRID, DECI_GRID, TAPERED_GRID, CENTI_GRID]

/** From the top down, as `priceBelow` finds them one after another. */
function pricesOf(grid: TickGrid): number[] {
  const prices: number[] = []
  for (let price = priceBelow(grid, 10_000); price !== undefined; price = priceBelow(grid, price)) prices.push(price)
  return prices.reverse()
}

test.each([
  [CENT_GRID, 99, 100],
  [DECI_GRID, 999, 10],
  [TAPERED_GRID, 99 + 81 + 99, 10],
  [CENTI_GRID, 9_999, 1]
])('a grid has its prices between $0 and $1', (grid, count, lowest) => {
  const prices = pricesOf(grid)
  expect(prices).toHaveLength(count)
  expect(prices[0]).toBe(lowest)
  expect(prices.at(-1)).toBe(10_000 - lowest)
  expect(lowestPrice(grid)).toBe(lowest)
})

test('a tapered grid has tenths of a cent at its edges only', () => {
  const prices = pricesOf(TAPERED_GRID)
  expect(prices.slice(0, 2)).toEqual([10, 20])
  expect(prices.slice(98, 102)).toEqual([990, 1_000, 1_100, 1_200])
  expect(prices.slice(-2)).toEqual([9_980, 9_990])
})

test.each(GRIDS)('the complement of a price of $structure is on the grid too', grid => {
  const prices = pricesOf(grid)
  expect(prices.map(price => 10_000 - price).reverse()).toEqual(prices)
})

test('the price below a limit is the highest that is less', () => {
  fc.assert(
    fc.property(fc.constantFrom(...GRIDS), fc.integer({ min: -5, max: 10_000 }), (grid, limit) => {
      expect(priceBelow(grid, limit)).toBe(pricesOf(grid).findLast(price => price < limit))
    }),
    { numRuns: 50 }
  )
})
