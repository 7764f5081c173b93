/** The markets of a tracker, as `bookCheck` wants them. */
export function bookViews(tracker) {
  return [...tracker.markets()].map(({ ticker, book }) => ({
    ticker,
    best: side => book.bestBid(side),
    levels: side => new Map(book.levels(side).map(({ price, count }) => [price, count]))
  }))
}
