import type { Microseconds } from '../../core/time.ts'
import { parseMicroseconds } from '../../core/time.ts'
import { ONE_DOLLAR } from '../../core/units.ts'
import { window } from './window.ts'

const { view, textAt } = window

/**
 * Numbers as the exchange writes them today. Each is read if it has just that form, every byte of which is looked at;
 * NONE says that it has another, which may be as good and is for others to judge. What has no fixed length leaves the
 * place behind it in `cursor`.
 */
const NONE = -1
const cursor = { at: 0 }

const MINUS = 45
const POINT = 46
const ZERO = 48
const Z = 90

/** Four digits, two and two. */
const fourDigitsAt = (at: number): number => {
  const word = view.getInt32(at, true)
  // Each byte has a high half of 3, and keeps it with 6 added: 0 to 9.
  if (((word & HIGH_HALVES) | (((word + SIXES) & HIGH_HALVES) >>> 4)) !== THREES) return NONE
  const pairs = Math.imul(word - ZEROS, 10) + ((word - ZEROS) >>> 8)
  return (pairs & 0xff) * 100 + ((pairs >>> 16) & 0xff)
}

const HIGH_HALVES = 0xf0f0f0f0 | 0
const SIXES = 0x06060606
const THREES = 0x33333333
const ZEROS = 0x30303030

const PRICE_MAX: number = ONE_DOLLAR

/** `0.4600`, in 1e-4 dollar. */
const priceAt = (at: number): number => {
  const dollars = view.getUint8(at) - ZERO
  const rest = fourDigitsAt(at + 2)
  if (dollars < 0 || dollars > 9 || view.getUint8(at + 1) !== POINT || rest < 0) return NONE
  const price = dollars * 10_000 + rest
  return price > PRICE_MAX ? NONE : price
}

const PRICE_LENGTH = 6

/** `-26.76` or `310.00`, in 1e-2 contract: NaN where it is no such number. */
const countAt = (from: number): number => {
  const isNegative = view.getUint8(from) === MINUS
  let at = isNegative ? from + 1 : from
  const start = at
  let value = 0
  for (let digit = view.getUint8(at) - ZERO; digit >= 0 && digit <= 9; digit = view.getUint8(++at) - ZERO) {
    value = value * 10 + digit
  }
  const tenth = view.getUint8(at + 1) - ZERO
  const hundredth = view.getUint8(at + 2) - ZERO
  const digits = at - start
  const isNone =
    digits === 0 ||
    digits > WHOLE_DIGITS_MAX ||
    view.getUint8(at) !== POINT ||
    tenth < 0 ||
    tenth > 9 ||
    hundredth < 0 ||
    hundredth > 9
  if (isNone) return Number.NaN
  cursor.at = at + 3
  value = value * 100 + tenth * 10 + hundredth
  return isNegative ? 0 - value : value
}

/** With two decimals such a number is a safe integer still. */
const WHOLE_DIGITS_MAX = 13

/** A whole number that is not negative, of 15 digits at most and as JSON has it: without a zero in front. */
const integerAt = (from: number): number => {
  let at = from
  let value = 0
  for (let four = fourDigitsAt(at); four >= 0 && at - from < INTEGER_DIGITS_MAX; four = fourDigitsAt(at)) {
    value = value * 10_000 + four
    at += 4
  }
  for (let digit = view.getUint8(at) - ZERO; digit >= 0 && digit <= 9; digit = view.getUint8(++at) - ZERO) {
    value = value * 10 + digit
  }
  const digits = at - from
  if (digits === 0 || digits > INTEGER_DIGITS_MAX || (digits > 1 && view.getUint8(from) === ZERO)) return NONE
  cursor.at = at
  return value
}

const INTEGER_DIGITS_MAX = 15

/** Milliseconds since the Unix epoch in 13 digits, as they are from 2001 to 2255, where microseconds cease to be safe. */
const millisecondsAt = (at: number): number => {
  const low = fourDigitsAt(at + 8)
  const last = view.getUint8(at + 12) - ZERO
  const word = view.getFloat64(at, true)
  if (low < 0 || last < 0 || last > 9 || (word !== hundredSeconds.word && !enterHundredSeconds(at, word))) return NONE
  return hundredSeconds.start + low * 10 + last
}

/** The digits that the latest time in milliseconds began with, and when their hundred seconds began. */
const hundredSeconds = { word: 0.5, start: 0.5 }

const enterHundredSeconds = (at: number, word: number): boolean => {
  const [high, low] = [fourDigitsAt(at), fourDigitsAt(at + 4)]
  if (high < 1000 || high >= 9007 || low < 0) return false
  hundredSeconds.word = word
  hundredSeconds.start = high * 1e9 + low * 1e5
  return true
}

const MILLISECONDS_LENGTH = 13

/** `2026-08-10T22:45:38.602314Z` with up to nine decimals or none, in microseconds: NaN where it is no such time. */
const timeAt = (at: number): number => {
  const high = view.getUint8(at + 17) - ZERO
  const low = view.getUint8(at + 18) - ZERO
  if (high < 0 || high > 5 || low < 0 || low > 9 || !isInMinute(at)) return Number.NaN
  const fraction = fractionAt(at + 19)
  return fraction < 0 ? Number.NaN : minute.start + (high * 10 + low) * 1_000_000 + fraction
}

/** What stands between the seconds and behind the zone, in microseconds. Most have six decimals; zeros are left out. */
const fractionAt = (from: number): number => {
  let at = from
  let value = 0
  let decimals = 0
  if (view.getUint8(at) === POINT) {
    at++
    const four = fourDigitsAt(at)
    if (four >= 0) {
      value = four
      decimals = 4
      at += 4
    }
    for (let digit = view.getUint8(at) - ZERO; digit >= 0 && digit <= 9; digit = view.getUint8(++at) - ZERO) {
      if (decimals < 6) value = value * 10 + digit
      decimals++
    }
    if (decimals === 0 || decimals > 9) return NONE
  }
  if (view.getUint8(at) !== Z) return NONE
  cursor.at = at + 1
  return decimals < 6 ? value * (SCALES[decimals] as number) : value
}

const SCALES = [1_000_000, 100_000, 10_000, 1_000, 100, 10]

/** The minute of the latest time: its text up to the seconds, as two words and the colon, and when it began. */
const minute = { first: 0.5, second: 0.5, start: 0.5 }
const MINUTE = 60_000_000
const COLON = 58

const isInMinute = (at: number): boolean => {
  if (view.getUint8(at + 16) !== COLON) return false
  const first = view.getFloat64(at, true)
  const second = view.getFloat64(at + 8, true)
  return (first === minute.first && second === minute.second) || enterMinute(at, first, second)
}

/** It is told whether a minute is one by reading it in the general way, whatever bytes there are. */
const enterMinute = (at: number, first: number, second: number): boolean => {
  const text = textAt(at, 17)
  const start: Microseconds | undefined = text[10] === 'T' ? parseMicroseconds(`${text}00Z`) : undefined
  if (start === undefined || !Number.isSafeInteger(start) || !Number.isSafeInteger(start + MINUTE)) return false
  minute.first = first
  minute.second = second
  minute.start = start
  return true
}

export const numbers = {
  NONE,
  cursor,
  PRICE_LENGTH,
  MILLISECONDS_LENGTH,
  priceAt,
  countAt,
  integerAt,
  millisecondsAt,
  timeAt
}
