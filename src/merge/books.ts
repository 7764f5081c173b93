import type { Microseconds, Nanoseconds } from '../core/time.ts'
import { toMicroseconds } from '../core/time.ts'
import type { Market } from '../market/market.ts'
import { MarketTracker } from '../market/market-tracker.ts'
import type { MarketTable } from '../protocol/market-table.ts'
import type { Message } from '../protocol/messages.ts'
import type { Item, Line } from './line.ts'

interface Filtered {
  readonly base: boolean
  readonly other: boolean
}

/**
 * The books as the result tells them after what has been written, and as the other recorder told them after what has been
 * taken from it: both as the tracker has them, so that a book is fresh here if and only if it will be for whoever reads the
 * result. By market number.
 */
export class Books {
  readonly #result: MarketTracker
  readonly #other: MarketTracker
  readonly #window: Nanoseconds
  /** The lines that gave their last snapshots in the result, and those that the other recorder got. */
  readonly #tellers = new Map<number, Line>()
  readonly #otherSnapshots = new Map<number, Item>()
  /** Those whose last snapshot in the result is not of the base. */
  readonly #lent = new Set<number>()
  /** How many changes the other recorder's books have that those of the base do not have yet. */
  readonly #ahead = new Map<number, number>()
  /** The last changes of each that only the other recorder has, and that only the base has. */
  readonly #addedLast = new Map<number, Item>()
  readonly #missedLast = new Map<number, Item>()

  constructor(markets: MarketTable, filtered: Filtered, window: Nanoseconds) {
    this.#result = new MarketTracker(markets, { isFiltered: () => filtered.base })
    this.#other = new MarketTracker(markets, { isFiltered: () => filtered.other })
    this.#window = window
  }

  /** The line whose book of a market is the result's, if it can be relied on. */
  teller(market: number): Line | undefined {
    return this.#result.market(market)?.bookState === 'fresh' ? this.#tellers.get(market) : undefined
  }

  tickerOf(market: number): string | undefined {
    return this.#result.market(market)?.ticker
  }

  /** The line that told the book last, fresh or not. */
  lastTeller(market: number): Line | undefined {
    return this.#tellers.get(market)
  }

  /** It was this merge that gave the book to its teller. */
  isLent(market: number): boolean {
    return this.#lent.has(market)
  }

  /** The other recorder's line that told the book last. */
  otherTeller(market: number): Line | undefined {
    return this.#otherSnapshots.get(market)?.line
  }

  /** The market as the other recorder has it, if a line of it tells the book and it can be relied on. */
  known(market: number, line: Line): Market | undefined {
    if (this.otherTeller(market) !== line) return undefined
    const known = this.#other.market(market)
    return known?.bookState === 'fresh' ? known : undefined
  }

  /** The other recorder's book has every change that the base's has, and no more. */
  isLevel(market: number, line: Line, at: Nanoseconds): boolean {
    return (this.#ahead.get(market) ?? 0) === 0 && !this.isDoubtful(market, line, at)
  }

  /** The base had a change just now of which the other recorder's line has perhaps not shown yet that it missed it. */
  isDoubtful(market: number, line: Line, at: Nanoseconds): boolean {
    const missed = this.#missedLast.get(market)
    return this.#isOpen(missed, line, at) && !isHeld(missed, this.#otherSnapshots.get(market))
  }

  /** A change that the base lacks was written. */
  noteAdded(market: number, item: Item): void {
    this.#addedLast.set(market, item)
  }

  /** It came so late that a snapshot of the base need not hold it. */
  isJustAdded(market: number, snapshot: Item): boolean {
    const added = this.#addedLast.get(market)
    return this.#isOpen(added, snapshot.line, snapshot.at) && !isHeld(added, snapshot)
  }

  /** A frame of the base as it is, or one that comes from elsewhere on a line of the result. */
  write(message: Message, line: Line, at: Nanoseconds): void {
    if (!this.#result.apply(message, line.target, now(at))) return
    if (message.type !== 'orderbook_snapshot') return
    this.#tellers.set(message.market, line)
    this.#lent.delete(message.market)
  }

  lend(message: Message & { readonly type: 'orderbook_snapshot' }, line: Line, at: Nanoseconds): void {
    this.write(message, line, at)
    this.#lent.add(message.market)
  }

  /** A frame of the other recorder. */
  take(item: Item): void {
    const { message, line, at, twin } = item
    if (!this.#other.apply(message, line.connection, now(at))) return
    if (message.type === 'orderbook_snapshot') this.#otherSnapshots.set(message.market, item)
    if (message.type !== 'orderbook_delta') return
    if (twin !== null) this.#step(message.market, twin.isDone ? -1 : 1)
    // Another line tells what the book's own has not, which has ended, though nothing says so.
    if (this.otherTeller(message.market) !== line && !item.isAmbiguous) this.#otherSnapshots.delete(message.market)
  }

  /** A change that the base has. */
  pass(market: number, item: Item, isSure: boolean): void {
    // Behind a change that it has, the other recorder has shown whether it missed one before.
    if (isSure) this.#missedLast.delete(market)
    else this.#missedLast.set(market, item)
    if (item.twin !== null) this.#step(market, item.twin.isDone ? -1 : 1)
  }

  /**
   * Whether what a line of one recorder tells at a time may be from before a frame of the other. Not if it had a twin of what
   * came behind that frame, nor if that was more than a window ago.
   */
  #isOpen(item: Item | undefined, line: Line, at: Nanoseconds): item is Item {
    if (item === undefined || at > item.at + this.#window) return false
    return line.partner !== item.line || line.anchor < item.position
  }

  /** Twice for each change that both have: up with the one that comes first, down with the other. */
  #step(market: number, by: 1 | -1): void {
    this.#ahead.set(market, (this.#ahead.get(market) ?? 0) + by)
  }
}

/** Whether a snapshot was asked for after a change. */
function isHeld(change: Item, snapshot: Item | undefined): boolean {
  return snapshot?.askedAt !== undefined && change.at <= snapshot.askedAt
}

function now(at: Nanoseconds): Microseconds {
  return toMicroseconds(at)
}
