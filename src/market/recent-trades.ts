/**
 * Remembers the latest trade ids. A trade arrives twice where two recorders are merged and after a resubscription; the
 * two lie close together, so a bounded memory does: two generations, the older of which is forgotten when the younger
 * is full.
 */
export class RecentTrades {
  readonly #size: number
  #younger: Generation
  #older: Generation

  /** Remembers at least the latest `size` ids. */
  constructor(size = 4096) {
    this.#size = size
    this.#younger = new Generation(size)
    this.#older = new Generation(size)
  }

  /** False where the id is known already. */
  add(id: string): boolean {
    const hash = hashOf(id)
    if (this.#younger.has(hash, id) || this.#older.has(hash, id)) return false
    if (this.#younger.size === this.#size) {
      const forgotten = this.#older
      this.#older = this.#younger
      this.#younger = forgotten
      forgotten.clear()
    }
    this.#younger.add(hash, id)
    return true
  }
}

/** A set of texts with open addressing, half of it free: a third of the time that a `Set` of fresh strings takes. */
class Generation {
  readonly #places: number
  /** 0 where a place is free. Both are made for the first id: many a tracker never sees one. */
  #hashes = new Int32Array(0)
  #ids: string[] = []
  #size = 0

  constructor(size: number) {
    this.#places = 2 ** Math.ceil(Math.log2(2 * size))
  }

  get size(): number {
    return this.#size
  }

  has(hash: number, id: string): boolean {
    if (this.#size === 0) return false
    const mask = this.#places - 1
    let place = hash & mask
    for (let known = this.#hashes[place]; known !== 0; known = this.#hashes[place]) {
      if (known === hash && this.#ids[place] === id) return true
      place = (place + 1) & mask
    }
    return false
  }

  add(hash: number, id: string): void {
    if (this.#hashes.length === 0) {
      this.#hashes = new Int32Array(this.#places)
      this.#ids = Array.from({ length: this.#places }, () => '')
    }
    const mask = this.#places - 1
    let place = hash & mask
    while (this.#hashes[place] !== 0) place = (place + 1) & mask
    this.#hashes[place] = hash
    this.#ids[place] = id
    this.#size++
  }

  clear(): void {
    this.#hashes.fill(0)
    this.#size = 0
  }
}

const CHARACTERS = 8
const MIX = 0x9e3779b1 | 0

/** Of the first and the last characters, which is where ids differ; not 0. */
function hashOf(id: string): number {
  let hash = id.length
  for (let at = 0; at < CHARACTERS; at++) {
    hash = Math.imul(hash ^ (id.charCodeAt(at) | (id.charCodeAt(id.length - 1 - at) << 8)), MIX)
    hash ^= hash >>> 15
  }
  return hash === 0 ? 1 : hash
}
