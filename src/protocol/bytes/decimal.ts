import { window } from './window.ts'

const { view } = window

const MINUS = 0x2d
const POINT = 0x2e
const ZERO = 0x30
/** With so many a number is a safe integer, wherever its point is. */
const DIGITS_MAX = 15

/** A decimal text of any form that `core/units.ts` takes, times 10^decimals; NaN for one that is to be judged there. */
export function decimalAt(from: number, length: number, decimals: number): number {
  const isNegative = view.getUint8(from) === MINUS
  const end = from + length
  let value = 0
  let digits = 0
  let fraction = -1
  for (let at = isNegative ? from + 1 : from; at < end; at++) {
    const byte = view.getUint8(at)
    const digit = byte - ZERO
    if (byte === POINT && fraction < 0 && digits > 0) {
      fraction = 0
    } else if (digit < 0 || digit > 9) {
      return Number.NaN
    } else {
      digits++
      if (fraction >= 0) fraction++
      if (fraction <= decimals) value = value * 10 + digit
      else if (digit !== 0) return Number.NaN
    }
  }
  const places = decimals - Math.max(fraction, 0)
  if (digits === 0 || fraction === 0 || digits + Math.max(places, 0) > DIGITS_MAX) return Number.NaN
  for (let place = 0; place < places; place++) value *= 10
  return isNegative ? 0 - value : value
}
