// What tardis-dev does offline: minutes from its cache, normalised, and an order book of each instrument with its best
// bid and offer after each change. The messages are those of another exchange (see ../deribit-feed.mjs), and their work
// is lighter: nothing is checked, there are no sequence numbers to follow, levels come as they are.
import { bookCheck } from '../check-sum.mjs'
import { peer } from '../peers.mjs'

const SCALE = { price: 10_000, count: 100 }

export function prepare({ deribit: { cache, from, to }, frames }) {
  const tardis = peer('tardis-dev')
  tardis.init({ cacheDir: cache })
  return () => replay(tardis, { from, to }, frames)
}

async function replay(tardis, range, frames) {
  const { OrderBook, normalizeBookChanges, normalizeDerivativeTickers, normalizeTrades, replayNormalized } = tardis
  const normalizers = [normalizeBookChanges, normalizeTrades, normalizeDerivativeTickers]
  const books = new Map()
  let best = 0
  for await (const message of replayNormalized({ exchange: 'deribit', ...range }, ...normalizers)) {
    if (message.type !== 'book_change') continue
    let book = books.get(message.symbol)
    if (book === undefined) books.set(message.symbol, (book = new OrderBook()))
    book.update(message)
    best += (book.bestBid()?.price ?? 0) + (book.bestAsk()?.price ?? 0)
  }
  if (!(best > 0)) throw new Error('tardis-dev kept no book')
  return { frames, check: () => bookCheck([...books].map(viewOf), undefined, 0) }
}

/** In our terms: an ask is a bid for NO. */
function viewOf([ticker, book]) {
  const levels = {
    yes: new Map(Array.from(book.bids(), ({ price, amount }) => [scaled(price, 'price'), scaled(amount, 'count')])),
    no: new Map(
      Array.from(book.asks(), ({ price, amount }) => [SCALE.price - scaled(price, 'price'), scaled(amount, 'count')])
    )
  }
  return { ticker, levels: side => levels[side], best: side => [...levels[side].keys()][0] ?? null }
}

function scaled(value, unit) {
  return Math.round(value * SCALE[unit])
}
