import type { Microseconds } from '../core/time.ts'
import { complement, ONE_DOLLAR, twiceMidOf } from '../core/units.ts'
import type { OrderbookDelta, OrderbookSnapshot } from '../protocol/messages/market-data.ts'
import type { Deviation } from './irregularity.ts'
import type { Ladders } from './ladders.ts'
import type { MarketIndex } from './market-index.ts'
import { NOTHING, RECORD } from './market-records.ts'
import type { MarketState } from './market-state.ts'
import type { Subscription } from './subscriptions.ts'

const { yes: YES, no: NO, bookStamp: BOOK_STAMP, firstTwiceMid: FIRST_TWICE_MID, isCrossed: IS_CROSSED } = RECORD
const NONE = NOTHING
const LOCKED: number = ONE_DOLLAR

/** The book belongs to the subscription that gave its last snapshot, whoever had it before. */
export function applySnapshot(
  ladders: Ladders,
  market: MarketState,
  message: OrderbookSnapshot,
  subscription: Subscription
): Deviation | null {
  if (market.book.replace(message.yes, message.no) === 'negative') {
    if (market.bookOrigin.isFrom(subscription)) market.bookOrigin.spoil()
    return negativeLevel(message)
  }
  market.bookOrigin.renew(subscription)
  return noteTop(ladders, ladders.records.at(market.number))
}

/**
 * A delta is relative, so it counts only on a fresh book of its own subscription: where two recorders of one market are
 * merged, each change arrives twice. Nearly all frames come this way, which looks at the market's record alone.
 */
export function applyDelta(
  markets: MarketIndex,
  message: OrderbookDelta,
  subscription: Subscription,
  now: Microseconds
): Deviation | null {
  const { market: number, side, price, delta } = message
  const { ladders, updateTimes } = markets
  const at = ladders.records.at(number)
  if (ladders.records.integers[at + BOOK_STAMP] !== subscription.stamp) {
    return unfitBook(markets.of(message, now), subscription)
  }
  updateTimes.set(number, now)
  if (ladders.add(at + (side === 'yes' ? YES : NO), price, delta)) return noteTop(ladders, at)
  const { book, bookOrigin } = markets.of(message, now)
  bookOrigin.spoil()
  return { type: 'negative_level', side, price, count: book.sizeAt(side, price) + delta }
}

/** A connection tells a book by one subscription: where another changes it, it is doubtful which of them is right. */
function unfitBook({ bookOrigin }: MarketState, subscription: Subscription): Deviation {
  if (bookOrigin.freshness === 'none') return { type: 'delta_without_book' }
  if (bookOrigin.isFrom(subscription)) return { type: 'delta_on_stale_book' }
  if (bookOrigin.isOfConnection(subscription.connection)) bookOrigin.spoil()
  return { type: 'foreign_delta' }
}

function negativeLevel(message: OrderbookSnapshot): Deviation | null {
  for (const side of ['yes', 'no'] as const) {
    const level = message[side].find(level => level.count < 0)
    if (level !== undefined) return { type: 'negative_level', side, ...level }
  }
  return null
}

/** Keeps the first mid, and whether the book is crossed, so that one which stays so is surfaced once. */
function noteTop(ladders: Ladders, at: number): Deviation | null {
  const { integers } = ladders.records
  const bid = ladders.best(at + YES)
  const opposite = ladders.best(at + NO)
  const isCrossed = bid !== null && opposite !== null && bid + opposite >= LOCKED
  const wasCrossed = integers[at + IS_CROSSED] === 1
  integers[at + IS_CROSSED] = isCrossed ? 1 : 0
  if (bid === null || opposite === null) return null
  const ask = complement(opposite)
  if (integers[at + FIRST_TWICE_MID] === NONE) integers[at + FIRST_TWICE_MID] = twiceMidOf(bid, ask)
  return isCrossed && !wasCrossed ? { type: 'crossed_book', bid, ask } : null
}
