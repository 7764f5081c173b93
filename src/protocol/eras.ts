import type { Microseconds } from '../core/time.ts'
import { microseconds, parseMicroseconds } from '../core/time.ts'
import type { Count, Money, Price } from '../core/units.ts'
import {
  complement,
  countFromContracts,
  moneyFromCentiCents,
  moneyFromDollars,
  ONE_DOLLAR,
  priceFromCents,
  priceFromDollars,
  UnitError
} from '../core/units.ts'
import type { Level } from './messages/market-data.ts'

/**
 * The eras of the exchange's encoding (protocol reference, section 10) end here. Which one a frame is of is told field
 * by field, by what is there: one session may hold several. Today's spelling of a field counts if it is there and not
 * empty, else the one with integers. Nothing in either is null.
 */

/** A field of the wire that is a decimal string, or a plain number where the exchange left out the quotes. */
type Decimal = string | number | null | undefined
export type Integer = number | null | undefined
type Text = string | null | undefined

/** A field that the message cannot do without is missing, or holds what no era allows. */
export class FieldError extends Error {
  override readonly name = 'FieldError'

  constructor(field: string, reason: string) {
    super(`msg.${field}: ${reason}`)
  }
}

/** From `<field>_dollars`, else from `<field>` in cents. */
export function readPrice(field: string, dollars: Decimal, cents?: Integer): Price | null {
  if (isPresent(dollars)) return convert(priceFromDollars, dollars, field, '_dollars')
  if (isPresent(cents)) return convert(priceFromCents, cents, field, '')
  return null
}

/** From `<field>_fp`, else from `<field>` in whole contracts. */
export function readCount(field: string, fixedPoint: Decimal, contracts?: Integer): Count | null {
  if (isPresent(fixedPoint)) return convert(countFromContracts, fixedPoint, field, '_fp')
  if (isPresent(contracts)) return convert(countFromContracts, contracts, field, '')
  return null
}

/** From `<field>_dollars`, else from `<field>` in centi-cents. */
export function readMoney(field: string, dollars: Decimal, centiCents?: Integer): Money | null {
  if (isPresent(dollars)) return convert(moneyFromDollars, dollars, field, '_dollars')
  if (isPresent(centiCents)) return convert(moneyFromCentiCents, centiCents, field, '')
  return null
}

type Pairs = readonly (readonly [string | number, string | number])[] | null | undefined

/** From `<side>_dollars_fp`, else `<side>_dollars`, else `<side>` in cents. An empty side has no key at all. */
export function readLevels(side: string, fixedPoint: Pairs, dollars: Pairs, cents: Pairs): readonly Level[] {
  if (isPresent(fixedPoint)) return fixedPoint.map(pair => readLevel(pair, priceFromDollars, `${side}_dollars_fp`))
  if (isPresent(dollars)) return dollars.map(pair => readLevel(pair, priceFromDollars, `${side}_dollars`))
  if (isPresent(cents)) return cents.map(pair => readLevel(pair, priceFromWholeCents, side))
  return []
}

/** A bid at 0 cannot exist: that is how an empty side is written, and how a market that never traded. */
export function nullIfZero(price: Price | null): Price | null {
  return price === 0 ? null : price
}

/** An ask at $1 cannot exist: that is how an empty side is written. */
export function nullIfOneDollar(price: Price | null): Price | null {
  return price === ONE_DOLLAR ? null : price
}

/** Where only one leg's price was sent, the other is its complement. */
export function readLegs(yes: Price | null, no: Price | null): { readonly yes: Price; readonly no: Price } {
  if (yes !== null) return { yes, no: no ?? complement(yes) }
  if (no !== null) return { yes: complement(no), no }
  throw new FieldError('yes_price_dollars', 'is missing')
}

/** RFC 3339. Tried before the integers: deprecated where both are sent, but it alone has microseconds. */
export function timeFromText(field: string, text: Text): Microseconds | null {
  if (!isPresent(text)) return null
  const time = parseMicroseconds(text)
  if (time === undefined || !Number.isSafeInteger(time)) throw new FieldError(field, 'is not a time in RFC 3339')
  return time
}

export function timeFromMilliseconds(field: string, milliseconds: Integer): Microseconds | null {
  return isPresent(milliseconds) ? scaleTime(field, milliseconds, 1000) : null
}

export function timeFromSeconds(field: string, seconds: Integer): Microseconds | null {
  return isPresent(seconds) ? scaleTime(field, seconds, 1_000_000) : null
}

export function required<Value>(field: string, value: Value | null | undefined): Value {
  if (value === null || value === undefined) throw new FieldError(field, 'is missing')
  return value
}

/**
 * For a field whose null has a meaning of its own, such as an empty side: it may be empty, but some era's spelling of
 * it must be there, or a renamed field would be read as an empty book.
 */
export function mustBeSent(field: string, today: Decimal, legacy: Integer): void {
  if (today === undefined && legacy === undefined) throw new FieldError(field, 'is missing')
}

function isPresent<Value>(value: Value | null | undefined): value is Value {
  return value !== undefined && value !== null && value !== ''
}

function convert<Wire, Unit>(conversion: (wire: Wire) => Unit, wire: Wire, field: string, suffix: string): Unit {
  try {
    return conversion(wire)
  } catch (error) {
    if (error instanceof UnitError) throw new FieldError(field + suffix, error.message)
    throw error
  }
}

function readLevel(
  pair: readonly [string | number, string | number],
  priceOf: (wire: string | number) => Price,
  field: string
): Level {
  return { price: convert(priceOf, pair[0], field, ''), count: convert(countFromContracts, pair[1], field, '') }
}

function priceFromWholeCents(cents: string | number): Price {
  return priceFromCents(typeof cents === 'number' ? cents : Number.NaN)
}

function scaleTime(field: string, value: number, factor: number): Microseconds {
  const scaled = value * factor
  if (!Number.isSafeInteger(scaled)) throw new FieldError(field, `${value} is too large for a time`)
  return microseconds(scaled)
}
