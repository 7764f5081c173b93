import { ONE_DOLLAR } from '../../core/units.ts'
import type { Price } from '../../core/units.ts'
import type { Side } from '../../protocol/messages/envelope.ts'

interface LevelName {
  readonly side: Side
  readonly price: Price
}

/** Some levels of a book, each as one small integer: a set of objects would cost many times as much. */
export class LevelSet {
  readonly #keys = new Set<number>()

  set(side: Side, price: Price, isThere: boolean): void {
    const key = side === 'yes' ? price : NO_START + price
    if (isThere) this.#keys.add(key)
    else this.#keys.delete(key)
  }

  /** Safe against changes while it is looked at. */
  all(): LevelName[] {
    return Array.from(this.#keys, key =>
      key < NO_START ? { side: 'yes', price: key as Price } : { side: 'no', price: (key - NO_START) as Price }
    )
  }
}

const NO_START = ONE_DOLLAR + 1
