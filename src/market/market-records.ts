const RECORDS = 64

/** Integers in a record: a line of the processor's cache. */
const LENGTH = 16

/** Where in a record what stands. A side's ladder takes five integers, which `ladders.ts` explains. */
export const RECORD = {
  yes: 0,
  no: 5,
  /** The stamps of the subscriptions that book and ticker are fresh by; see `origin.ts`. */
  bookStamp: 10,
  tickerStamp: 11,
  /** The first mid seen, doubled; NOTHING before. */
  firstTwiceMid: 12,
  /** 1 where the book was crossed after its last change. */
  isCrossed: 13
} as const

export const NOTHING = -1

/**
 * What is read and written of a market at nearly every frame, together for each and in one array for all: a delta, on
 * its way into the book, waits for memory once for this and once for the level, and for nothing else.
 */
export class MarketRecords {
  /** Replaced by a longer one when it is full: not to be held on to. */
  integers = new Int32Array(RECORDS * LENGTH).fill(NOTHING)

  /** Where the record of a market begins; it is there from now on. */
  at(market: number): number {
    const at = market * LENGTH
    if (at >= this.integers.length) this.#grow(at + LENGTH)
    return at
  }

  #grow(needed: number): void {
    const larger = new Int32Array(Math.max(this.integers.length * 2, needed)).fill(NOTHING)
    larger.set(this.integers)
    this.integers = larger
  }
}
