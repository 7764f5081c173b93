import type { Count, Money, Price, Ratio } from '../core/units.ts'
import { moneyOfMillionths, ONE_DOLLAR, ratioFromText, UnitError } from '../core/units.ts'
import type { MarketEvent } from './market-event.ts'

/** How the trades of a series or an event are charged (protocol reference, section 15). */
export interface FeeSchedule {
  /** An open set; `flat` is known, but not its formula. */
  readonly type: string
  readonly multiplier: Ratio
}

/** Whether an order took what rested in the book, or rested itself. */
export type Role = 'taker' | 'maker'

/** What most series have. */
export const USUAL_FEES: FeeSchedule = { type: 'quadratic', multiplier: ratioFromText('1') }

/** Millionths of count × price × (1 − price), before the multiplier. */
const TAKER_RATE = 70_000n
const MAKER_RATES: ReadonlyMap<string, bigint> = new Map([
  ['quadratic', 0n],
  ['quadratic_with_maker_fees', 17_500n],
  ['quadratic_with_combo_maker_fees', 35_000n]
])

/** $0.0001, to which a trade's fee is rounded up, and the grid of a direct member's account. */
export const CENTI_CENT = moneyOfMillionths(100)
/** The grid of a customer's account. */
export const CENT = moneyOfMillionths(10_000)

/** Rate × multiplier × count × price × complement, in units of 1e-22 dollar, to one of $0.0001. */
const SCALE = 10n ** 18n

/**
 * The fee of one fill before the account's rounding: rate × multiplier × contracts × price × (1 − price), rounded up to
 * $0.0001. Null for a type whose formula is not known.
 */
export function tradeFee(role: Role, price: Price, count: Count, { type, multiplier }: FeeSchedule): Money | null {
  const makerRate = MAKER_RATES.get(type)
  if (makerRate === undefined) return null
  const rate = role === 'taker' ? TAKER_RATE : makerRate
  const exact = rate * BigInt(multiplier) * BigInt(count) * BigInt(price) * BigInt(ONE_DOLLAR - price)
  return moneyOfMillionths(Number((exact + SCALE - 1n) / SCALE) * CENTI_CENT)
}

/**
 * What is kept besides the fee of a fill, because a balance changes by whole steps of the account's grid: the change,
 * revenue less fee, is rounded down. Revenue is negative where contracts are bought.
 */
export function roundingFee(revenue: Money, fee: Money, grid: Money = CENT): Money {
  const change = revenue - fee
  return moneyOfMillionths(change - Math.floor(change / grid) * grid)
}

export interface FillFees {
  readonly trade: Money
  readonly rounding: Money
  readonly rebate: Money
  /** What the fill costs beside price × count. */
  readonly net: Money
}

/** The fees of one order, fill by fill: once its roundings together exceed a cent, that cent is given back. */
export class OrderFees {
  readonly #grid: Money
  #rounded = 0

  constructor(grid: Money = CENT) {
    this.#grid = grid
  }

  /** Revenue is negative where contracts are bought. */
  add(revenue: Money, trade: Money): FillFees {
    const rounding = roundingFee(revenue, trade, this.#grid)
    this.#rounded += rounding
    const rebate = this.#rounded > CENT ? CENT : moneyOfMillionths(0)
    this.#rounded -= rebate
    return { trade, rounding, rebate, net: moneyOfMillionths(trade + rounding - rebate) }
  }
}

/** Series whose fees are known better than by the frames. */
export type SeriesFees = ReadonlyMap<string, FeeSchedule>

const NONE: SeriesFees = new Map()

/**
 * How an event is charged: as `known` says of its series; else as its own overrides say, each for itself; else as its
 * series is. Null where a multiplier cannot be read.
 */
export function feesOf(
  { seriesTicker, seriesFees, feeTypeOverride, feeMultiplierOverride }: Omit<MarketEvent, 'markets'>,
  known: SeriesFees = NONE
): FeeSchedule | null {
  const certain = known.get(seriesTicker)
  if (certain !== undefined) return certain
  const type = feeTypeOverride ?? seriesFees?.type ?? null
  const multiplier = feeMultiplierOverride === null ? seriesFees?.multiplier : readMultiplier(feeMultiplierOverride)
  return type === null || multiplier === null || multiplier === undefined ? null : { type, multiplier }
}

/** The fees of a series in the words of the wire; what it does not say is as with most. */
export function readSchedule(type: string | null, multiplier: string | null): FeeSchedule | null {
  const ratio = multiplier === null ? USUAL_FEES.multiplier : readMultiplier(multiplier)
  return ratio === null ? null : { type: type ?? USUAL_FEES.type, multiplier: ratio }
}

function readMultiplier(text: string): Ratio | null {
  try {
    const multiplier = ratioFromText(text)
    return multiplier < 0 ? null : multiplier
  } catch (error) {
    if (error instanceof UnitError) return null
    throw error
  }
}
