import type { Count, Price } from '../core/units.ts'
import { complement, formatCount, formatPrice } from '../core/units.ts'
import { OrderBook } from '../market/order-book.ts'
import type { OrderbookDelta, OrderbookSnapshot } from '../protocol/messages/market-data.ts'

interface TrueBook {
  readonly ticker: string
  readonly book: OrderBook
  /** All changes since its last snapshot are known, by one recorder or the other. */
  isKnown: boolean
}

/** The books as both recorders together know them, each as after the frames that have been written. By market number. */
export class Truth {
  readonly #books = new Map<number, TrueBook>()

  isKnown(market: number): boolean {
    return this.#books.get(market)?.isKnown === true
  }

  set({ market, marketTicker, yes, no }: OrderbookSnapshot): void {
    let entry = this.#books.get(market)
    if (entry === undefined) {
      this.#books.set(market, (entry = { ticker: marketTicker, book: new OrderBook(), isKnown: false }))
    }
    entry.isKnown = entry.book.replace(yes, no) === 'applied'
  }

  apply({ market, side, price, delta }: OrderbookDelta): void {
    const entry = this.#books.get(market)
    if (entry?.isKnown === true && entry.book.apply(side, price, delta) === 'negative') entry.isKnown = false
  }

  /** Something that nobody has may have changed it. */
  doubt(market: number): void {
    const entry = this.#books.get(market)
    if (entry !== undefined) entry.isKnown = false
  }

  forget(market: number): void {
    this.#books.delete(market)
  }

  /**
   * A snapshot of it, as the exchange writes them today, for a connection on which NO prices are on the YES leg or not.
   * Without `seq` it takes no place in the run of its `sid`. Null where the book is not known.
   */
  snapshot(market: number, sid: number | null, seq: number | null, usesYesPrice: boolean): string | null {
    const entry = this.#books.get(market)
    if (entry?.isKnown !== true) return null
    const { ticker, book } = entry
    const levels = (side: 'yes' | 'no') =>
      [...book.levels(side)]
        .reverse()
        .map(({ price, count }) => level(side === 'no' && usesYesPrice ? complement(price) : price, count))
    const [yes, no] = [levels('yes'), levels('no')]
    return JSON.stringify({
      type: 'orderbook_snapshot',
      sid,
      ...(seq === null ? {} : { seq }),
      msg: {
        market_ticker: ticker,
        ...(yes.length === 0 ? {} : { yes_dollars_fp: yes }),
        ...(no.length === 0 ? {} : { no_dollars_fp: no })
      }
    })
  }
}

function level(price: Price, count: Count): readonly [string, string] {
  return [formatPrice(price), formatCount(count)]
}
