import type { Era } from './era.ts'
import type { Publication } from './publication.ts'
import type { WireTime } from './wire-time.ts'

/** The markets as a session sees them, whether they are invented or were recorded. */
export interface MarketSource {
  /** In the encoding of which time the exchange speaks. */
  readonly era: Era
  /** What time it is on the exchange. */
  now(): WireTime
  /** All markets that can be subscribed to now. */
  tickers(): readonly string[]
  has(ticker: string): boolean
  /** Undefined where no market has this id. */
  tickerOf(marketId: string): string | undefined
  /** The whole order book as it is now; undefined where it is not known or cannot be relied on. */
  book(ticker: string): Publication | undefined
  /** The ticker as it is now; undefined where it is not known. */
  quote(ticker: string): Publication | undefined
  /**
   * Calls back when the state that can be asked for is that after the last publication, and before the next one; in
   * the order of the calls, and at once where there is nothing to wait for.
   */
  whenSettled(act: () => void): void
}
