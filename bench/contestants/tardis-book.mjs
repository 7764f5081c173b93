// The same changes in the form that the `OrderBook` of tardis-dev takes, made beforehand: levels as they are from then
// on, asks where we have NO bids. Prices are in units of 1e-4 dollar, which makes the comparison of them exact.
import { peer } from '../peers.mjs'
import { BestSum, heldChanges } from '../held-changes.mjs'

const ONE_DOLLAR = 10_000

export async function prepare({ recording }) {
  const { OrderBook } = peer('tardis-dev')
  const { changes, markets } = await heldChanges(recording)
  const updates = updatesFor(changes, markets)
  return () => {
    const books = Array.from({ length: markets }, () => new OrderBook())
    const sum = new BestSum()
    for (const { market, update } of updates) {
      const book = books[market]
      book.update(update)
      sum.add(book.bestBid()?.price ?? -1, book.bestAsk()?.price ?? -1)
    }
    return { frames: updates.length, check: () => sum.toString() }
  }
}

function updatesFor(changes, markets) {
  const counts = Array.from({ length: markets }, () => ({ yes: new Map(), no: new Map() }))
  return changes.map(change => {
    const known = counts[change.market]
    if (change.type === 'orderbook_snapshot') {
      for (const side of ['yes', 'no']) known[side] = new Map(change[side].map(({ price, count }) => [price, count]))
      return { market: change.market, update: updateOf(true, [...known.yes], [...known.no]) }
    }
    const { market, side, price, delta } = change
    const count = (known[side].get(price) ?? 0) + delta
    known[side].set(price, count)
    const level = [[price, count]]
    return { market, update: side === 'yes' ? updateOf(false, level, []) : updateOf(false, [], level) }
  })
}

function updateOf(isSnapshot, yes, no) {
  return {
    isSnapshot,
    bids: yes.map(([price, amount]) => ({ price, amount })),
    asks: no.map(([price, amount]) => ({ price: ONE_DOLLAR - price, amount }))
  }
}
