import type { Count, Price, TwiceMid } from '../core/units.ts'
import { complement, ONE_DOLLAR, spreadOf, twiceMidOf } from '../core/units.ts'
import type { Side } from '../protocol/messages/envelope.ts'
import type { Level } from '../protocol/messages/market-data.ts'
import { Ladder } from './ladder.ts'
import { LevelSlots } from './level-slots.ts'

/** `negative`: refused, since a level would hold less than nothing; the book is as it was. */
export type BookChange = 'applied' | 'negative'

/** The book for those who only look at it. */
export type OrderBookView = Omit<OrderBook, 'apply' | 'replace' | 'clear'>

/**
 * The order book of one market. It holds bids only, YES and NO, as the exchange does (protocol reference, section 12):
 * an ask is the complement of the other side's best bid. Null where there is no such order.
 */
export class OrderBook {
  readonly #yes: Ladder
  readonly #no: Ladder

  /** Books that are kept together share their slots. */
  constructor(slots = new LevelSlots()) {
    this.#yes = new Ladder(slots)
    this.#no = new Ladder(slots)
  }

  /** Adds a signed count to a level; a level that holds nothing is gone. */
  apply(side: Side, price: Price, delta: Count): BookChange {
    return this.#bids(side).add(price, delta) ? 'applied' : 'negative'
  }

  /**
   * Replaces all levels, which may come in any order. A count of zero is no level. Where a price is repeated, which the
   * exchange has not been seen to do, the last one holds.
   */
  replace(yes: readonly Level[], no: readonly Level[]): BookChange {
    if (yes.some(isNegative) || no.some(isNegative)) return 'negative'
    this.#yes.replace(yes)
    this.#no.replace(no)
    return 'applied'
  }

  clear(): void {
    this.#yes.clear()
    this.#no.clear()
  }

  bestBid(side: Side = 'yes'): Price | null {
    return this.#bids(side).best
  }

  bestBidSize(side: Side = 'yes'): Count | null {
    const bid = this.bestBid(side)
    return bid === null ? null : this.sizeAt(side, bid)
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
    return this.#bids(side).depth
  }

  levelCount(side: Side): number {
    return this.#bids(side).levelCount
  }

  sizeAt(side: Side, price: Price): Count {
    return this.#bids(side).sizeAt(price)
  }

  /** Best first. */
  levels(side: Side): readonly Level[] {
    return this.#bids(side).levels()
  }

  /** Crossed or locked: the best bids should have traded with each other, so the book has drifted. */
  isCrossed(): boolean {
    const yes = this.#yes.best
    const no = this.#no.best
    return yes !== null && no !== null && yes + no >= ONE_DOLLAR
  }

  #bids(side: Side): Ladder {
    return side === 'yes' ? this.#yes : this.#no
  }
}

function other(side: Side): Side {
  return side === 'yes' ? 'no' : 'yes'
}

function isNegative(level: Level): boolean {
  return level.count < 0
}
