import type { Nanoseconds } from '../core/time.ts'
import { areTwins } from './identity.ts'
import type { Item } from './line.ts'

interface Equals {
  readonly base: Item[]
  readonly other: Item[]
}

/** Finds twins: frames of the two recorders that are the same, at most a window apart. */
export class Pairing {
  readonly #window: Nanoseconds
  readonly #equals = new Map<string, Equals>()

  constructor(window: Nanoseconds) {
    this.#window = window
  }

  /** Frames of a recorder must come in their order. */
  add(item: Item, side: keyof Equals): void {
    let equals = this.#equals.get(item.key)
    if (equals === undefined) this.#equals.set(item.key, (equals = { base: [], other: [] }))
    for (const same of equals[side]) if (this.#isNear(item, same)) item.isAmbiguous = same.isAmbiguous = true
    equals[side].push(item)
    const twin = this.#choose(item, side === 'base' ? equals.other : equals.base)
    if (twin === undefined) return
    item.twin = twin
    twin.twin = item
  }

  /** It is a window behind all that is read: nothing that will be can be equal and near. */
  forget(item: Item, side: keyof Equals): void {
    const equals = this.#equals.get(item.key)
    if (equals === undefined) return
    const at = equals[side].indexOf(item)
    if (at >= 0) equals[side].splice(at, 1)
    if (equals.base.length === 0 && equals.other.length === 0) this.#equals.delete(item.key)
  }

  /** The nearest, and of equally near ones the first. */
  #choose(item: Item, candidates: readonly Item[]): Item | undefined {
    let nearest: Item | undefined
    for (const other of candidates) {
      if (other.twin !== null || !this.#isNear(item, other)) continue
      if (!areTwins(item.role, item.frame, other.frame)) continue
      if (nearest === undefined || distance(item, other) < distance(item, nearest)) nearest = other
    }
    return nearest
  }

  #isNear(item: Item, other: Item): boolean {
    return distance(item, other) <= this.#window
  }
}

function distance(one: Item, other: Item): Nanoseconds {
  return one.at > other.at ? one.at - other.at : other.at - one.at
}
