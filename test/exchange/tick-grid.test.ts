import { expect, test } from 'vitest'
import { complement, priceOf } from '../../src/core/units.ts'
import { CENT_GRID, TAPERED_GRID, tickBelow } from '../../src/exchange/tick-grid.ts'

test('a cent grid has the 99 prices between $0 and $1', () => {
  expect(CENT_GRID.prices).toHaveLength(99)
  expect(CENT_GRID.prices.at(0)).toBe(100)
  expect(CENT_GRID.prices.at(-1)).toBe(9_900)
})

test('a tapered grid has tenths of a cent at its edges only', () => {
  expect(TAPERED_GRID.prices.slice(0, 2)).toEqual([10, 20])
  expect(TAPERED_GRID.prices.slice(99, 102)).toEqual([1_000, 1_100, 1_200])
  expect(TAPERED_GRID.prices.slice(-2)).toEqual([9_980, 9_990])
})

test.each([CENT_GRID, TAPERED_GRID])('the complement of a price of $structure is on the grid too', ({ prices }) => {
  expect(prices.map(complement).reverse()).toEqual(prices)
})

test('the tick below a price is the highest that is less', () => {
  expect(tickBelow(CENT_GRID, priceOf(100))).toBe(-1)
  expect(tickBelow(CENT_GRID, priceOf(101))).toBe(0)
  expect(tickBelow(CENT_GRID, priceOf(10_000))).toBe(98)
})
