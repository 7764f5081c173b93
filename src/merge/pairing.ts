import type { Nanoseconds } from '../core/time.ts'
import { areTwins } from './identity.ts'
import type { Item } from './line.ts'

interface Unpaired {
  readonly base: Item[]
  readonly other: Item[]
}

/** Finds twins: frames of the two recorders that are the same, at most a window apart, the n-th with the n-th. */
export class Pairing {
  readonly #window: Nanoseconds
  readonly #unpaired = new Map<string, Unpaired>()

  constructor(window: Nanoseconds) {
    this.#window = window
  }

  /** Frames of a recorder must come in their order. */
  add(item: Item, side: 'base' | 'other'): void {
    if (item.key === null) return
    let unpaired = this.#unpaired.get(item.key)
    if (unpaired === undefined) this.#unpaired.set(item.key, (unpaired = { base: [], other: [] }))
    const candidates = side === 'base' ? unpaired.other : unpaired.base
    const twin = this.#choose(item, candidates)
    if (twin === undefined) {
      unpaired[side].push(item)
      return
    }
    candidates.splice(candidates.indexOf(twin), 1)
    this.#clear(item.key, unpaired)
    item.twin = twin
    twin.twin = item
    if (side === 'base') join(item, twin)
    else join(twin, item)
  }

  /** It is written: nothing can be its twin any more. */
  forget(item: Item, side: 'base' | 'other'): void {
    const unpaired = item.twin === null && item.key !== null ? this.#unpaired.get(item.key) : undefined
    if (unpaired === undefined || item.key === null) return
    const at = unpaired[side].indexOf(item)
    if (at >= 0) unpaired[side].splice(at, 1)
    this.#clear(item.key, unpaired)
  }

  /** Where equal frames are several, the distance of their `seq` tells which belong together. */
  #choose(item: Item, candidates: readonly Item[]): Item | undefined {
    const near = candidates.filter(
      other => distance(item.at, other.at) <= this.#window && areTwins(item.role, item.frame, other.frame)
    )
    return near.length < 2 ? near[0] : (near.find(other => isInStep(item, other)) ?? near[0])
  }

  #clear(key: string, { base, other }: Unpaired): void {
    if (base.length === 0 && other.length === 0) this.#unpaired.delete(key)
  }
}

function join(base: Item, other: Item): void {
  base.line.partner = other.line
  other.line.partner = base.line
  base.line.offset = stepOf(base, other)
  other.line.offset = stepOf(other, base)
}

function isInStep(item: Item, other: Item): boolean {
  return item.line.partner === other.line && item.line.offset === stepOf(item, other)
}

function stepOf(one: Item, other: Item): number | null {
  const [seq, otherSeq] = [one.message.seq, other.message.seq]
  return seq === null || otherSeq === null ? null : seq - otherSeq
}

function distance(one: Nanoseconds, other: Nanoseconds): Nanoseconds {
  return one > other ? one - other : other - one
}
