import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  complement,
  countFromContracts,
  formatCount,
  formatMid,
  formatMoney,
  formatPrice,
  moneyFromCentiCents,
  moneyFromDollars,
  moneyOf,
  priceFromCents,
  priceFromDollars,
  twiceMidOf,
  UnitError
} from '../../src/core/units.ts'

const cents = fc.integer({ min: 0, max: 100 })
const price = fc.integer({ min: 0, max: 10_000 }).map(value => priceFromDollars((value / 10_000).toFixed(4)))
/** Up to 9e12 contracts or nine billion dollars, either sign. */
const safe = fc.integer({ min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER })

/** The decimal text of value / 10^decimals, by integers alone. */
function decimalText(value: number, decimals: number): string {
  const scale = 10n ** BigInt(decimals)
  const size = BigInt(Math.abs(value))
  return `${value < 0 ? '-' : ''}${size / scale}.${String(size % scale).padStart(decimals, '0')}`
}

describe('round trips', () => {
  test('a price, a count and money read back from their own text', () => {
    fc.assert(
      fc.property(price, price => {
        expect(priceFromDollars(formatPrice(price))).toBe(price)
      })
    )
    fc.assert(
      fc.property(safe, value => {
        expect(countFromContracts(decimalText(value, 2))).toBe(value + 0)
      })
    )
    fc.assert(
      fc.property(safe, value => {
        expect(moneyFromDollars(decimalText(value, 6))).toBe(value + 0)
      })
    )
  })

  test('wire text of full length is written back as it was', () => {
    fc.assert(
      fc.property(safe, value => {
        fc.pre(value !== 0)
        expect(formatCount(countFromContracts(decimalText(value, 2)))).toBe(decimalText(value, 2))
        expect(formatMoney(moneyFromDollars(decimalText(value, 6)))).toBe(decimalText(value, 6))
      })
    )
  })
})

describe('one value, whatever its spelling', () => {
  test('cents, text with two to six decimals and plain numbers', () => {
    fc.assert(
      fc.property(cents, fc.integer({ min: 2, max: 6 }), (cents, decimals) => {
        const price = priceFromCents(cents)
        expect(price).toBe(cents * 100)
        expect(priceFromDollars((cents / 100).toFixed(decimals))).toBe(price)
        expect(priceFromDollars(cents / 100)).toBe(price)
      })
    )
  })

  test('centi-cents and dollars', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(10 ** 12), max: 10 ** 12 }), centiCents => {
        expect(moneyFromDollars(decimalText(centiCents, 4))).toBe(moneyFromCentiCents(centiCents))
      })
    )
  })

  test('plain numbers are read by their decimal form, not by their binary value', () => {
    expect(priceFromDollars(0.07)).toBe(700)
    expect(priceFromDollars(0.57)).toBe(5700)
    expect(priceFromDollars(0.29)).toBe(2900)
    expect(countFromContracts(1.1)).toBe(110)
    expect(countFromContracts(-73.19)).toBe(-7319)
    expect(moneyFromDollars(8.2)).toBe(8_200_000)
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), value => {
        expect(priceFromDollars(value / 10_000)).toBe(value)
      })
    )
  })

  test('48 cents are written 0.4800, and 500,000 centi-cents are 50 dollars', () => {
    expect(formatPrice(priceFromCents(48))).toBe('0.4800')
    expect(formatMoney(moneyFromCentiCents(500_000))).toBe('50.000000')
  })
})

test('two wire values that differ never become one', () => {
  fc.assert(
    fc.property(safe, safe, fc.constantFrom(2, 6), (one, other, decimals) => {
      const read = decimals === 2 ? countFromContracts : moneyFromDollars
      expect(read(decimalText(one, decimals)) === read(decimalText(other, decimals))).toBe(one + 0 === other + 0)
    })
  )
  const prices = Array.from({ length: 10_001 }, (_, value) => priceFromDollars(decimalText(value, 4)))
  expect(new Set(prices).size).toBe(10_001)
})

describe('exactly, or a UnitError', () => {
  test('further decimals are allowed while they are zeros', () => {
    expect(priceFromDollars('0.480000')).toBe(4800)
    expect(() => priceFromDollars('0.48001')).toThrow(UnitError)
    expect(countFromContracts('3.000')).toBe(300)
    expect(() => countFromContracts('3.001')).toThrow(UnitError)
    expect(() => countFromContracts(0.001)).toThrow(UnitError)
    expect(() => moneyFromDollars('0.0000001')).toThrow(UnitError)
  })

  test.each(['', ' ', '.', '-', '1.', '.5', '+1', '1e2', '0x1', '1,5', '1.2.3', '١', 'NaN', ' 1', '1 ', '--1'])(
    '%j is no decimal number',
    text => {
      expect(() => countFromContracts(text)).toThrow(UnitError)
    }
  )

  test.each([Number.NaN, Number.POSITIVE_INFINITY, 1e21, 1e-7])('%d is no decimal number', number => {
    expect(() => moneyFromDollars(number)).toThrow(UnitError)
  })

  test('prices lie between $0 and $1', () => {
    expect(priceFromDollars('0.0000')).toBe(0)
    expect(priceFromDollars('1.0000')).toBe(10_000)
    expect(() => priceFromDollars('1.0001')).toThrow(UnitError)
    expect(() => priceFromDollars('-0.0001')).toThrow(UnitError)
    expect(() => priceFromCents(101)).toThrow(UnitError)
    expect(() => priceFromCents(-1)).toThrow(UnitError)
    expect(() => priceFromCents(0.5)).toThrow(UnitError)
  })

  test('what a safe integer cannot hold is refused', () => {
    expect(countFromContracts('90071992547409.91')).toBe(Number.MAX_SAFE_INTEGER)
    expect(() => countFromContracts('90071992547409.92')).toThrow(UnitError)
    expect(() => moneyFromDollars('99999999999999999999')).toThrow(UnitError)
    expect(() => moneyFromCentiCents(Number.MAX_SAFE_INTEGER)).toThrow(UnitError)
  })

  test('zero has no sign', () => {
    expect(countFromContracts('-0.00')).toBe(0)
    expect(moneyFromCentiCents(-0)).toBe(0)
    expect(formatCount(countFromContracts('-0'))).toBe('0.00')
  })

  test('any text and number gives a safe integer or a UnitError of one line', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double(), fc.float().map(String)), wire => {
        const read = resultOf(() => moneyFromDollars(wire))
        expect(read).toSatisfy(value => Number.isSafeInteger(value) || value instanceof UnitError)
        expect(String(read)).not.toContain('\n')
      })
    )
  })
})

test('price times count is money, to the last place', () => {
  expect(moneyOf(priceFromDollars('0.6100'), countFromContracts('7.50'))).toBe(moneyFromDollars('4.575000'))
  expect(moneyOf(priceFromDollars('0.0001'), countFromContracts('0.01'))).toBe(1)
})

test('the complement of the complement is the price itself', () => {
  fc.assert(
    fc.property(price, price => {
      expect(complement(complement(price))).toBe(price)
    })
  )
  expect(complement(priceFromCents(48))).toBe(5200)
})

test('the mid of two prices that differ by one is cut off', () => {
  expect(formatMid(twiceMidOf(priceFromDollars('0.4801'), priceFromDollars('0.4802')))).toBe('0.4801')
  expect(formatMid(twiceMidOf(priceFromDollars('0.4800'), priceFromDollars('0.5000')))).toBe('0.4900')
})

function resultOf(action: () => unknown): unknown {
  try {
    return action()
  } catch (error) {
    return error
  }
}
