/**
 * Money as integers. A price counts 1e-4 dollar (0…10,000), a count 1e-2 contract, money 1e-6 dollar, so that
 * price × count is money without a remainder. All are safe integers; a float never holds any of them.
 *
 * The exchange has spoken several encodings (protocol reference, section 10): integer cents and centi-cents, decimal
 * strings (`*_dollars` with 2 to 6 decimals, `*_fp`), and plain JSON numbers. They are converted here and nowhere else:
 * exactly, or with a `UnitError`.
 */

declare const unit: unique symbol

/** 1e-4 dollar, 0…10,000 for a price of the exchange. */
export type Price = number & { readonly [unit]: 'price' }
/** 1e-2 contract; signed where it is a change or a position. */
export type Count = number & { readonly [unit]: 'count' }
/** 1e-6 dollar; signed where it is a profit. */
export type Money = number & { readonly [unit]: 'money' }
/**
 * 5e-5 dollar: bid plus ask, which is twice the mid. A mid may fall between two prices; doubled it stays an integer.
 */
export type TwiceMid = number & { readonly [unit]: 'twice-mid' }

/** 1e-6: a plain number, such as a multiplier of fees. */
export type Ratio = number & { readonly [unit]: 'ratio' }

/** A value of the wire that cannot be held exactly. */
export class UnitError extends Error {
  override readonly name = 'UnitError'
}

/** One dollar, the payout of a contract and the highest price. */
export const ONE_DOLLAR = 10_000 as Price

const PRICE_DECIMALS = 4
const COUNT_DECIMALS = 2
const MONEY_DECIMALS = 6
const RATIO_DECIMALS = 6

/** A decimal string or a plain JSON number of dollars, such as `"0.4800"`, `"0.48"` or `0.48`. */
export function priceFromDollars(dollars: string | number): Price {
  return toPrice(parseDecimal(dollars, PRICE_DECIMALS), dollars)
}

/** Whole cents, as the exchange wrote prices until March 2026. */
export function priceFromCents(cents: number): Price {
  return toPrice(scaleInteger(cents, 100), cents)
}

/** A decimal string or a plain JSON number of contracts, such as `"-92.00"` or `92`. */
export function countFromContracts(contracts: string | number): Count {
  return parseDecimal(contracts, COUNT_DECIMALS) as Count
}

/** A decimal string or a plain JSON number of dollars, such as `"12.960000"`. */
export function moneyFromDollars(dollars: string | number): Money {
  return parseDecimal(dollars, MONEY_DECIMALS) as Money
}

/** A decimal string or a plain JSON number, such as `"0.5"`. */
export function ratioFromText(text: string | number): Ratio {
  return parseDecimal(text, RATIO_DECIMALS) as Ratio
}

/** Centi-cents (1e-4 dollar), as positions were written until April 2026. */
export function moneyFromCentiCents(centiCents: number): Money {
  return scaleInteger(centiCents, 100) as Money
}

/** A price that was computed: a whole number of 1e-4 dollar between $0 and $1. */
export function priceOf(tenThousandths: number): Price {
  return toPrice(scaleInteger(tenThousandths, 1), tenThousandths)
}

/** A count that was computed: a whole number of 1e-2 contract. */
export function countOf(hundredths: number): Count {
  return scaleInteger(hundredths, 1) as Count
}

/** Money that was computed: a whole number of 1e-6 dollar. */
export function moneyOfMillionths(millionths: number): Money {
  return scaleInteger(millionths, 1) as Money
}

/** What a number of contracts costs at a price, exactly. */
export function moneyOf(price: Price, count: Count): Money {
  return toSafe(price * count, price) as Money
}

/** The same contract seen from the other side: a NO bid at p is a YES ask at 1 − p. */
export function complement(price: Price): Price {
  return (ONE_DOLLAR - price) as Price
}

/** Twice the mid of a bid and an ask on the same side. */
export function twiceMidOf(bid: Price, ask: Price): TwiceMid {
  return (bid + ask) as TwiceMid
}

/** From the bid up to the ask; negative where they are crossed. */
export function spreadOf(bid: Price, ask: Price): Price {
  return (ask - bid) as Price
}

export function addCounts(count: Count, change: Count): Count {
  return (count + change) as Count
}

/** `0.4800`: dollars with four decimals. */
export function formatPrice(price: Price): string {
  return formatDecimal(price, PRICE_DECIMALS)
}

/** `12.50`: contracts with two decimals. */
export function formatCount(count: Count): string {
  return formatDecimal(count, COUNT_DECIMALS)
}

/** `0.260000`: dollars with six decimals. */
export function formatMoney(money: Money): string {
  return formatDecimal(money, MONEY_DECIMALS)
}

/** The mid in dollars with four decimals; a half of the last place is cut off towards zero. */
export function formatMid(twiceMid: TwiceMid): string {
  return formatDecimal(Math.trunc(twiceMid / 2), PRICE_DECIMALS)
}

function toPrice(value: number, wire: string | number): Price {
  if (value < 0 || value > ONE_DOLLAR) throw new UnitError(`price ${quote(wire)} is not between $0 and $1`)
  return value as Price
}

function scaleInteger(value: number, factor: number): number {
  if (!Number.isSafeInteger(value)) throw new UnitError(`${quote(value)} is not a whole number`)
  return toSafe(value * factor, value)
}

function toSafe(value: number, wire: string | number): number {
  if (!Number.isSafeInteger(value)) throw new UnitError(`${quote(wire)} is too large to be held exactly`)
  // A product of zero and a negative number is −0, which is not the 0 that equality and JSON expect.
  return value + 0
}

/**
 * The value times 10^decimals. Further decimals are allowed while they are zeros. A JSON number is read by its shortest
 * decimal form, which is the text that was on the wire up to trailing zeros.
 */
function parseDecimal(wire: string | number, decimals: number): number {
  const text = typeof wire === 'string' ? wire : String(wire)
  const negative = text.charCodeAt(0) === MINUS
  let value = 0
  let digits = 0
  let fraction = -1
  for (let at = negative ? 1 : 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === POINT && fraction < 0 && digits > 0) {
      fraction = 0
      continue
    }
    const digit = code - ZERO
    if (digit < 0 || digit > 9) throw new UnitError(`${quote(wire)} is not a decimal number`)
    digits++
    if (fraction >= 0 && ++fraction > decimals) {
      if (digit !== 0) throw new UnitError(`${quote(wire)} has more than ${decimals} decimals`)
      continue
    }
    value = value * 10 + digit
  }
  if (digits === 0 || fraction === 0) throw new UnitError(`${quote(wire)} is not a decimal number`)
  for (let place = Math.max(fraction, 0); place < decimals; place++) value *= 10
  return toSafe(negative ? -value : value, wire)
}

const MINUS = 45
const POINT = 46
const ZERO = 48

function formatDecimal(value: number, decimals: number): string {
  const digits = String(Math.abs(value)).padStart(decimals + 1, '0')
  const point = digits.length - decimals
  return `${value < 0 ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`
}

/** Long values are cut: a message must stay one line whatever was on the wire. */
function quote(wire: string | number): string {
  return JSON.stringify(typeof wire === 'string' && wire.length > 40 ? `${wire.slice(0, 40)}…` : wire)
}
