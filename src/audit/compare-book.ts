import type { Microseconds } from '../core/time.ts'
import type { Count, Price } from '../core/units.ts'
import type { Market } from '../market/market.ts'
import type { OrderBookView } from '../market/order-book.ts'
import { OrderBook } from '../market/order-book.ts'
import type { Side } from '../protocol/messages/envelope.ts'
import type { OrderbookSnapshot } from '../protocol/messages/market-data.ts'
import type { BookDifference } from './finding.ts'

/** What a snapshot says of the book before it. */
export type Verdict = 'agreed' | 'cleared' | BookDifference

/**
 * A snapshot that nobody asked for and that is empty is how the exchange clears a book (observed); one that was asked
 * for may come between the close and that.
 */
export function judge(snapshot: OrderbookSnapshot, market: Market, now: Microseconds): Verdict {
  const difference = compareBook(market.book, snapshot)
  if (difference === null) return 'agreed'
  if (!isEmpty(snapshot)) return difference
  const status = market.statusAt(now)
  const isOver = status === 'closed' || status === 'determined' || status === 'settled' || status === 'paused'
  return snapshot.id === null || isOver ? 'cleared' : difference
}

/** Where a book differs from a snapshot; null where they are equal, or where the snapshot is none (a negative level). */
function compareBook(book: OrderBookView, snapshot: OrderbookSnapshot): BookDifference | null {
  const told = new OrderBook()
  if (told.replace(snapshot.yes, snapshot.no) === 'negative') return null
  let first: Omit<BookDifference, 'levels'> | null = null
  let levels = 0
  for (const side of SIDES) {
    for (const price of pricesOf(book, told, side)) {
      const [count, toldCount] = [book.sizeAt(side, price), told.sizeAt(side, price)]
      if (count === toldCount) continue
      first ??= { side, price, book: count, snapshot: toldCount }
      levels++
    }
  }
  return first && { ...first, levels }
}

const SIDES = ['yes', 'no'] as const

/** All prices at which either book has a level, the best first. */
function pricesOf(a: OrderBookView, b: OrderBookView, side: Side): Iterable<Price> {
  const levels = [...a.levels(side), ...b.levels(side)]
  return new Set(levels.map(level => level.price).sort((one, other) => other - one))
}

/** No level on either side. */
function isEmpty({ yes, no }: OrderbookSnapshot): boolean {
  return !yes.some(hasCount) && !no.some(hasCount)
}

function hasCount({ count }: { readonly count: Count }): boolean {
  return count !== 0
}
