import type { OrderbookDelta, OrderbookSnapshot } from '../protocol/messages/market-data.ts'
import type { Deviation } from './irregularity.ts'
import type { MarketState } from './market-state.ts'
import type { Subscription } from './subscriptions.ts'

/** The book belongs to the subscription that gave its last snapshot, whoever had it before. */
export function applySnapshot(
  market: MarketState,
  message: OrderbookSnapshot,
  subscription: Subscription
): Deviation | null {
  if (market.book.replace(message.yes, message.no) === 'negative') {
    if (market.bookOrigin.isFrom(subscription)) market.bookOrigin.spoil()
    return negativeLevel(message)
  }
  market.bookOrigin.renew(subscription)
  return afterChange(market)
}

/**
 * A delta is relative, so it counts only on a fresh book of its own subscription: where two recorders of one market are
 * merged, each change arrives twice.
 */
export function applyDelta(market: MarketState, message: OrderbookDelta, subscription: Subscription): Deviation | null {
  const { bookOrigin, book } = market
  if (bookOrigin.freshness === 'none') return { type: 'delta_without_book' }
  if (!bookOrigin.isFrom(subscription)) return { type: 'foreign_delta' }
  if (bookOrigin.freshness === 'stale') return { type: 'delta_on_stale_book' }
  const { side, price, delta } = message
  if (book.apply(side, price, delta) === 'negative') {
    bookOrigin.spoil()
    return { type: 'negative_level', side, price, count: book.sizeAt(side, price) + delta }
  }
  return afterChange(market)
}

function negativeLevel(message: OrderbookSnapshot): Deviation | null {
  for (const side of ['yes', 'no'] as const) {
    const level = message[side].find(level => level.count < 0)
    if (level !== undefined) return { type: 'negative_level', side, ...level }
  }
  return null
}

function afterChange(market: MarketState): Deviation | null {
  const { book, isCrossed: wasCrossed } = market
  market.firstTwiceMid ??= book.twiceMid()
  const bid = book.bestBid()
  const ask = book.bestAsk()
  const isCrossed = bid !== null && ask !== null && bid >= ask
  market.isCrossed = isCrossed
  return isCrossed && !wasCrossed ? { type: 'crossed_book', bid, ask } : null
}
