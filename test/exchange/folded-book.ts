import type { Side } from '../../src/protocol/messages/envelope.ts'

interface PriceAndCount {
  readonly price: number
  readonly count: number
}

/** A book as a client folds it, in the plainest way there is. */
export class FoldedBook {
  readonly #sides: Readonly<Record<Side, Map<number, number>>>

  constructor({ yes, no }: { yes: readonly PriceAndCount[]; no: readonly PriceAndCount[] } = { yes: [], no: [] }) {
    const fold = (levels: readonly PriceAndCount[]): Map<number, number> =>
      new Map(levels.map(({ price, count }) => [price, count]))
    this.#sides = { yes: fold(yes), no: fold(no) }
  }

  change(side: Side, price: number, delta: number): void {
    const count = this.countAt(side, price) + delta
    if (count === 0) this.#sides[side].delete(price)
    else this.#sides[side].set(price, count)
  }

  countAt(side: Side, price: number): number {
    return this.#sides[side].get(price) ?? 0
  }

  best(side: Side): number {
    return Math.max(0, ...this.#sides[side].keys())
  }

  /** As `PracticeExchange.book` tells it. */
  pairs(): { yes: number[][]; no: number[][] } {
    const pairs = (side: Side): number[][] => [...this.#sides[side]].sort(([a], [b]) => a - b)
    return { yes: pairs('yes'), no: pairs('no') }
  }
}
