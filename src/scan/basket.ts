import type { Count, Money, Price } from '../core/units.ts'
import { moneyOf, moneyOfMillionths, ONE_DOLLAR } from '../core/units.ts'
import type { FeeSchedule } from '../market/fees.ts'
import { roundingFee, tradeFee } from '../market/fees.ts'
import type { Side } from '../protocol/messages/envelope.ts'

/** Contracts on offer at the best price of one side of one market. */
export interface Offer {
  readonly ticker: string
  readonly side: Side
  readonly ask: Price
  readonly size: Count
}

/** As many contracts of each of several offers, which together pay at least `payout` at settlement. */
export interface Basket {
  readonly offers: readonly Offer[]
  /** Of each. */
  readonly count: Count
  readonly cost: Money
  readonly fees: Money
  readonly payout: Money
  readonly profit: Money
}

/**
 * All of the offers, of which one pays $1 whatever happens. As many as all of them have. Null where the fees are not
 * known.
 */
export function buyAll(offers: readonly Offer[], schedule: FeeSchedule): Basket | null {
  const count = smallest(offers)
  return count === null ? null : basketOf(offers, count, 1, schedule)
}

/**
 * The offers out of all of which at most one will not pay $1: any selection of them pays $1 less than their number. The
 * most profitable of the selections: the more contracts, the fewer offers have as many; an offer that costs its own
 * dollar, fees included, is left out. Null where none brings a profit, or the fees are not known.
 */
export function buyAllButOne(offers: readonly Offer[], schedule: FeeSchedule): Basket | null {
  let best: Basket | null = null
  for (const count of new Set(offers.map(offer => offer.size))) {
    const worth = offers.filter(({ ask, size }) => {
      if (size < count) return false
      const fee = chargeOf(ask, count, schedule)
      return fee !== null && moneyOf(ask, count) + fee < moneyOf(ONE_DOLLAR, count)
    })
    const basket = worth.length < 2 ? null : basketOf(worth, count, worth.length - 1, schedule)
    if (basket !== null && basket.profit > 0 && (best === null || isBetter(basket, best))) best = basket
  }
  return best
}

/** The fee of one fill for a taker, with what the rounding of a customer's account adds to it. */
function chargeOf(ask: Price, count: Count, schedule: FeeSchedule): Money | null {
  const fee = tradeFee('taker', ask, count, schedule)
  if (fee === null) return null
  return moneyOfMillionths(fee + roundingFee(moneyOfMillionths(0 - moneyOf(ask, count)), fee))
}

function basketOf(offers: readonly Offer[], count: Count, dollars: number, schedule: FeeSchedule): Basket | null {
  let cost = 0
  let fees = 0
  for (const { ask } of offers) {
    const charge = chargeOf(ask, count, schedule)
    if (charge === null) return null
    cost += moneyOf(ask, count)
    fees += charge
  }
  const payout = dollars * moneyOf(ONE_DOLLAR, count)
  return {
    offers,
    count,
    cost: moneyOfMillionths(cost),
    fees: moneyOfMillionths(fees),
    payout: moneyOfMillionths(payout),
    profit: moneyOfMillionths(payout - cost - fees)
  }
}

/** For one profit, fewer contracts bind less money. */
function isBetter(basket: Basket, than: Basket): boolean {
  return basket.profit === than.profit ? basket.count < than.count : basket.profit > than.profit
}

function smallest(offers: readonly Offer[]): Count | null {
  return offers.reduce<Count | null>((least, { size }) => (least === null || size < least ? size : least), null)
}
