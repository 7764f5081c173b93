import type { Count, Price } from '../../core/units.ts'
import { ONE_DOLLAR } from '../../core/units.ts'
import type { Level } from '../messages/market-data.ts'
import { decimalAt } from './decimal.ts'
import { byteHere, CLOSE_LIST, COMMA, hasNext, OPEN_LIST, skipByte, skipSpace } from './json.ts'
import { numbers } from './numbers.ts'
import { plain } from './plain.ts'

const { cursor } = numbers
const { isPlain, QUOTE } = plain

const PRICE_DECIMALS = 4
const COUNT_DECIMALS = 2
const TEXT_MAX = 32

/** A list of pairs of decimal texts, a price and a count; null for anything else. */
export function takeLevels(): Level[] | null {
  const levels: Level[] = []
  if (!skipByte(OPEN_LIST)) return null
  if (byteHere() === CLOSE_LIST) {
    cursor.at++
    return levels
  }
  for (;;) {
    const level = takeLevel()
    if (level === null) return null
    levels.push(level)
    const next = hasNext(CLOSE_LIST)
    if (next !== true) return next === false ? levels : null
  }
}

function takeLevel(): Level | null {
  if (!skipByte(OPEN_LIST)) return null
  const price = takeDecimal(PRICE_DECIMALS)
  if (!(price >= 0 && price <= ONE_DOLLAR)) return null
  skipSpace()
  if (!skipByte(COMMA)) return null
  const count = takeDecimal(COUNT_DECIMALS)
  skipSpace()
  if (Number.isNaN(count) || byteHere() !== CLOSE_LIST) return null
  cursor.at++
  return { price: price as Price, count: count as Count }
}

function takeDecimal(decimals: number): number {
  if (byteHere() !== QUOTE) return Number.NaN
  const from = cursor.at + 1
  let length = 0
  while (length < TEXT_MAX && isPlain(from + length, 1)) length++
  cursor.at = from + length
  if (byteHere() !== QUOTE) return Number.NaN
  cursor.at++
  return decimalAt(from, length, decimals)
}
