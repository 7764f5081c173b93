import type { Microseconds } from '../../core/time.ts'
import type { Price, TwiceMid } from '../../core/units.ts'
import { complement, spreadOf, twiceMidOf } from '../../core/units.ts'
import type { Market } from '../../market/market.ts'
import { isTrading, payoutOf } from '../../market/trading.ts'
import type { Side } from '../../protocol/messages/envelope.ts'

/** A market at one moment, as far as its data can be relied on: null is what cannot be told. */
export interface Moment {
  /** Once the market is settled, twice the payout. */
  readonly twiceMid: TwiceMid | null
  readonly spread: Price | null
  /** Best prices that can be traded at. */
  readonly bid: Price | null
  readonly ask: Price | null
  /** Of a YES contract, where the market has its result. */
  readonly payout: Price | null
  /** False while the result may still be amended. */
  readonly isSettled: boolean
}

const UNKNOWN: Moment = {
  twiceMid: null,
  spread: null,
  bid: null,
  ask: null,
  payout: null,
  isSettled: false
}

export function momentOf(market: Market | undefined, time: Microseconds): Moment {
  if (market === undefined) return UNKNOWN
  if (market.settledAt !== null) return settlementOf(market)
  const { quote } = market
  if (quote === null) return UNKNOWN
  const { bid, ask, twiceMid } = quote
  const spread = bid === null || ask === null ? null : spreadOf(bid, ask)
  const prices = isTrading(market, time) ? { bid, ask } : { bid: null, ask: null }
  return { ...UNKNOWN, twiceMid, spread, ...prices }
}

/** By the result that has been told, whether or not it is final. */
export function settlementOf(market: Market): Moment {
  const payout = payoutOf(market)
  const twiceMid = payout === null ? null : twiceMidOf(payout, payout)
  return { ...UNKNOWN, twiceMid, payout, isSettled: market.settledAt !== null }
}

/** What a contract of a side costs; a YES bid is a NO ask. */
export function buyingPrice({ bid, ask }: Moment, side: Side): Price | null {
  if (side === 'yes') return ask
  return bid === null ? null : complement(bid)
}

/** What a contract of a side brings: its payout, else the best bid for it. */
export function sellingPrice({ bid, ask, payout }: Moment, side: Side): Price | null {
  const yes = payout ?? (side === 'yes' ? bid : ask)
  return side === 'yes' || yes === null ? yes : complement(yes)
}
