import type { Microseconds } from '../../core/time.ts'
import type { Count, Price } from '../../core/units.ts'
import type { Literal } from './literal.ts'
import { literals } from './literal.ts'
import { numbers } from './numbers.ts'
import { plain } from './plain.ts'
import { window } from './window.ts'

const { isAt } = literals
const { countAt, cursor, integerAt, MILLISECONDS_LENGTH, millisecondsAt, NONE, PRICE_LENGTH, priceAt, timeAt } = numbers
const { QUOTE } = plain
const { view } = window

/**
 * A field whose key, with all that stands between it and the value before, is expected at the cursor, which is moved
 * behind the value. Null where something else stands there; then where the cursor is means nothing.
 */

const takePrice = (key: Literal): Price | null => {
  if (!isAt(cursor.at, key)) return null
  const price = priceAt(cursor.at + key.length)
  cursor.at += key.length + PRICE_LENGTH
  return price === NONE ? null : (price as Price)
}

const takeCount = (key: Literal): Count | null => {
  if (!isAt(cursor.at, key)) return null
  const count = countAt(cursor.at + key.length)
  return Number.isNaN(count) ? null : (count as Count)
}

const takeInteger = (key: Literal): number | null => {
  if (!isAt(cursor.at, key)) return null
  const integer = integerAt(cursor.at + key.length)
  return integer === NONE ? null : integer
}

const takeMilliseconds = (key: Literal): Microseconds | null => {
  if (!isAt(cursor.at, key)) return null
  const milliseconds = millisecondsAt(cursor.at + key.length)
  cursor.at += key.length + MILLISECONDS_LENGTH
  return milliseconds === NONE ? null : ((milliseconds * 1000) as Microseconds)
}

/** With the quote behind it. */
const takeTime = (key: Literal): Microseconds | null => {
  if (!isAt(cursor.at, key)) return null
  const time = timeAt(cursor.at + key.length)
  if (Number.isNaN(time) || view.getUint8(cursor.at) !== QUOTE) return null
  cursor.at++
  return time as Microseconds
}

/** Whether the key is there, and then behind it. */
const take = (key: Literal): boolean => {
  if (!isAt(cursor.at, key)) return false
  cursor.at += key.length
  return true
}

export const usualFields = { take, takePrice, takeCount, takeInteger, takeMilliseconds, takeTime }
