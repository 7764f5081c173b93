// Decoded changes into order books, with the best bid and ask after each.
import { Ladders } from '../../dist/market/ladders.js'
import { OrderBook } from '../../dist/market/order-book.js'
import { BestSum, heldChanges } from '../held-changes.mjs'

export async function prepare({ recording }) {
  const { changes, markets } = await heldChanges(recording)
  return () => {
    const ladders = new Ladders()
    const books = Array.from({ length: markets }, (_, market) => new OrderBook(ladders, market))
    const sum = new BestSum()
    for (const change of changes) {
      const book = books[change.market]
      if (change.type === 'orderbook_delta') book.apply(change.side, change.price, change.delta)
      else book.replace(change.yes, change.no)
      sum.add(book.bestBid() ?? -1, book.bestAsk() ?? -1)
    }
    return { frames: changes.length, check: () => sum.toString() }
  }
}
