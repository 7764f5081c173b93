/**
 * Numbers the market tickers in the order in which they are first seen. A message carries the number beside the ticker,
 * so that state is indexed by it and no string is hashed again after decoding.
 */
export class MarketTable {
  readonly #numbers = new Map<string, number>()
  readonly #tickers: string[] = []

  get size(): number {
    return this.#tickers.length
  }

  /** By their numbers; it grows. */
  get tickers(): readonly string[] {
    return this.#tickers
  }

  /** The number of a ticker, given to it now if it is new. */
  add(ticker: string): number {
    const known = this.#numbers.get(ticker)
    if (known !== undefined) return known
    const number = this.#tickers.length
    this.#numbers.set(ticker, number)
    this.#tickers.push(ticker)
    return number
  }

  find(ticker: string): number | undefined {
    return this.#numbers.get(ticker)
  }
}
