const SLOTS = 256

/**
 * Where ladders keep their counts: one array for all of a tracker's, since an array for each would be one more thing
 * to wait for at every change. Blocks that are given back are taken again.
 */
export class LevelSlots {
  /** Integers, which need more than 32 bits. Replaced by a longer array when it is full: not to be held on to. */
  counts = new Float64Array(SLOTS)
  #used = 0
  /** Where free blocks begin, by their length. */
  readonly #free = new Map<number, number[]>()

  /** Where a block begins, all zeros. */
  take(length: number): number {
    const freed = this.#free.get(length)?.pop()
    if (freed !== undefined) return freed
    const start = this.#used
    this.#used += length
    if (this.#used > this.counts.length) this.#grow()
    return start
  }

  /** Counts may stand in the first so many slots of the block. */
  giveBack(start: number, length: number, used: number): void {
    this.counts.fill(0, start, start + used)
    const freed = this.#free.get(length)
    if (freed === undefined) this.#free.set(length, [start])
    else freed.push(start)
  }

  #grow(): void {
    const larger = new Float64Array(Math.max(this.counts.length * 2, this.#used))
    larger.set(this.counts)
    this.counts = larger
  }
}
