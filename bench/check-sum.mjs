// One line that tells whether two ways came to the same books, and found the same signals.

/** Markets have a ticker, `best(side)`, and `levels(side)` as a map of counts by price. */
export function bookCheck(markets, signals, gaps) {
  let sum = 0
  let levels = 0
  for (const market of markets) {
    for (const side of ['yes', 'no']) {
      const book = market.levels(side)
      levels += book.size
      for (const [price, count] of book) sum = (sum + (hashOf(market.ticker) % 1000) * (price * 7 + count)) % 2 ** 40
      sum = (sum * 31 + (market.best(side) ?? -1)) % 2 ** 40
    }
  }
  const found = signals === undefined ? '' : `, ${signals.count} signals ${signals.digest().slice(0, 12)}`
  return `${levels} levels ${sum.toString(36)}, ${gaps} gaps${found}`
}

function hashOf(text) {
  let hash = 0
  for (let at = 0; at < text.length; at++) hash = (hash * 31 + text.charCodeAt(at)) % 2 ** 32
  return hash
}
