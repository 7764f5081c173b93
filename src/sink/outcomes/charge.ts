import type { Money, Price } from '../../core/units.ts'
import { countFromContracts, moneyOf, moneyOfMillionths } from '../../core/units.ts'
import type { FeeSchedule, SeriesFees } from '../../market/fees.ts'
import { feesOf, roundingFee, tradeFee } from '../../market/fees.ts'
import type { Market } from '../../market/market.ts'
import type { MarketTracker } from '../../market/market-tracker.ts'

/** Fees are rounded per order, so that those of a single contract depend on how many are bought with it. */
const CONTRACTS = 100
const ORDER = countFromContracts(CONTRACTS)
const ONE = countFromContracts(1)

/** How trades in a market are charged now; null where that is not known. */
export function scheduleOf(
  market: Market | undefined,
  tracker: MarketTracker,
  known: SeriesFees | undefined
): FeeSchedule | null {
  const event = market && tracker.event(market.eventTicker)
  return event === undefined ? null : feesOf(event, known)
}

/** A taker's fees on one contract of an order of a hundred, the rounding of a customer's account included. Exact. */
export function chargePerContract(price: Price, way: 'buy' | 'sell', schedule: FeeSchedule): Money | null {
  const fee = tradeFee('taker', price, ORDER, schedule)
  if (fee === null) return null
  const value = moneyOf(price, ORDER)
  const rounding = roundingFee(way === 'sell' ? value : moneyOfMillionths(0 - value), fee)
  return moneyOfMillionths((fee + rounding) / CONTRACTS)
}

/** What buying one contract and giving it away again brings. */
export function profitOf(bought: Price, sold: Price, fees: Money): Money {
  return moneyOfMillionths(moneyOf(sold, ONE) - moneyOf(bought, ONE) - fees)
}
