import type { OrderbookDelta, OrderbookSnapshot } from '../protocol/messages/market-data.ts'
import type { Item, Line } from './line.ts'
import { Truth } from './truth.ts'

/** Whose book of a market is whose, and what is known of it. By market number. */
export class Books {
  readonly truth = new Truth()
  readonly #base = new Map<number, Line>()
  readonly #other = new Map<number, Line>()
  /** Books that the other recorder's lines tell in the result, since none of the base does. */
  readonly #owned = new Map<number, Line>()

  /** The base's line that tells the book of a market, as long as it does. */
  base(market: number): Line | undefined {
    return this.#base.get(market)
  }

  other(market: number): Line | undefined {
    return this.#other.get(market)
  }

  setBase(snapshot: OrderbookSnapshot, line: Line): void {
    const { market } = snapshot
    this.#base.get(market)?.books.delete(market)
    this.#base.set(market, line)
    line.books.add(market)
    this.#owned.delete(market)
    this.truth.set(snapshot)
  }

  /** The base turns out to tell a book of which it has no snapshot, such as one that was lost. */
  adopt(market: number, line: Line): void {
    this.#base.set(market, line)
    line.books.add(market)
    this.#owned.delete(market)
  }

  applyBase(delta: OrderbookDelta, line: Line): void {
    if (this.#base.get(delta.market) === line) this.truth.apply(delta)
  }

  setOther({ market }: OrderbookSnapshot, line: Line): void {
    this.#other.get(market)?.books.delete(market)
    this.#other.set(market, line)
    line.books.add(market)
  }

  /** From now on the result has the book from a line of the other recorder. */
  own(market: number, line: Line): void {
    this.#base.get(market)?.books.delete(market)
    this.#base.delete(market)
    this.#owned.set(market, line)
  }

  isOwned(market: number, line: Line): boolean {
    return this.#owned.get(market) === line
  }

  ownedBy(line: Line): number[] {
    return [...line.books].filter(market => this.isOwned(market, line))
  }

  /** Whether the other recorder has missed nothing of a book up to a frame of the base. */
  isCovered(market: number, { twin, message }: Item): boolean {
    const line = this.#other.get(market)
    if (line === undefined || !line.isAlive) return false
    if (twin?.line === line) return true
    if (!line.isWhole) return false
    const isMissed = twin === null && message.type === 'orderbook_delta' && this.#other.get(message.market) === line
    return !isMissed
  }

  /** The base tells it no more. */
  releaseBase(market: number): void {
    this.#base.get(market)?.books.delete(market)
    this.#base.delete(market)
  }

  endOther(line: Line): void {
    for (const market of line.books) {
      if (this.isOwned(market, line)) {
        this.#owned.delete(market)
        this.truth.doubt(market)
      }
      this.#other.delete(market)
    }
    line.books.clear()
  }

  forget(market: number): void {
    for (const lines of [this.#base, this.#other, this.#owned]) {
      lines.get(market)?.books.delete(market)
      lines.delete(market)
    }
    this.truth.forget(market)
  }
}
