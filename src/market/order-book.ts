import type { Count, Price, TwiceMid } from '../core/units.ts'
import { complement, ONE_DOLLAR, spreadOf, twiceMidOf } from '../core/units.ts'
import type { Side } from '../protocol/messages/envelope.ts'
import type { Level } from '../protocol/messages/market-data.ts'
import { Ladders } from './ladders.ts'
import { RECORD } from './market-records.ts'

/** `negative`: refused, since a level would hold less than nothing; the book is as it was. */
export type BookChange = 'applied' | 'negative'

/** The book for those who only look at it. */
export type OrderBookView = Omit<OrderBook, 'apply' | 'replace' | 'clear'>

/**
 * The order book of one market. It holds bids only, YES and NO, as the exchange does (protocol reference, section 12):
 * an ask is the complement of the other side's best bid. Null where there is no such order.
 */
export class OrderBook {
  readonly #ladders: Ladders
  readonly #yes: number
  readonly #no: number

  /** By itself, or the one of a market among the books of a tracker, which lie together. */
  constructor(ladders = new Ladders(), market = 0) {
    this.#ladders = ladders
    const at = ladders.records.at(market)
    this.#yes = at + RECORD.yes
    this.#no = at + RECORD.no
  }

  /** Adds a signed count to a level; a level that holds nothing is gone. */
  apply(side: Side, price: Price, delta: Count): BookChange {
    return this.#ladders.add(this.#bids(side), price, delta) ? 'applied' : 'negative'
  }

  /**
   * Replaces all levels, which may come in any order. A count of zero is no level. Where a price is repeated, which the
   * exchange has not been seen to do, the last one holds.
   */
  replace(yes: readonly Level[], no: readonly Level[]): BookChange {
    if (yes.some(isNegative) || no.some(isNegative)) return 'negative'
    this.#ladders.replace(this.#yes, yes)
    this.#ladders.replace(this.#no, no)
    return 'applied'
  }

  clear(): void {
    this.#ladders.clear(this.#yes)
    this.#ladders.clear(this.#no)
  }

  bestBid(side: Side = 'yes'): Price | null {
    return this.#ladders.best(this.#bids(side))
  }

  bestBidSize(side: Side = 'yes'): Count | null {
    const count = this.#ladders.bestCount(this.#bids(side))
    return count < 0 ? null : (count as Count)
  }

  bestAsk(side: Side = 'yes'): Price | null {
    const opposite = this.bestBid(other(side))
    return opposite === null ? null : complement(opposite)
  }

  bestAskSize(side: Side = 'yes'): Count | null {
    return this.bestBidSize(other(side))
  }

  /** The same on both sides; zero or less where the book is crossed. */
  spread(): Price | null {
    const bid = this.bestBid()
    const ask = this.bestAsk()
    return bid === null || ask === null ? null : spreadOf(bid, ask)
  }

  /** Of the YES side. */
  twiceMid(): TwiceMid | null {
    const bid = this.bestBid()
    const ask = this.bestAsk()
    return bid === null || ask === null ? null : twiceMidOf(bid, ask)
  }

  /** Bids at all prices together. */
  depth(side: Side): Count {
    return this.#ladders.depth(this.#bids(side))
  }

  levelCount(side: Side): number {
    return this.#ladders.levelCount(this.#bids(side))
  }

  sizeAt(side: Side, price: Price): Count {
    return this.#ladders.sizeAt(this.#bids(side), price)
  }

  /** Best first. */
  levels(side: Side): readonly Level[] {
    return this.#ladders.levels(this.#bids(side))
  }

  /** Crossed or locked: the best bids should have traded with each other, so the book has drifted. */
  isCrossed(): boolean {
    const yes = this.bestBid('yes')
    const no = this.bestBid('no')
    return yes !== null && no !== null && yes + no >= ONE_DOLLAR
  }

  #bids(side: Side): number {
    return side === 'yes' ? this.#yes : this.#no
  }
}

function other(side: Side): Side {
  return side === 'yes' ? 'no' : 'yes'
}

function isNegative(level: Level): boolean {
  return level.count < 0
}
