interface Entry<Occurrence> {
  readonly at: number
  /** Of what is due at once, what was scheduled first comes first. */
  readonly order: number
  readonly occurrence: Occurrence
}

/** What is still to happen, the earliest first: a binary heap, so that nothing here grows with the number of markets. */
export class Timeline<Occurrence> {
  readonly #heap: Entry<Occurrence>[] = []
  #scheduled = 0

  schedule(at: number, occurrence: Occurrence): void {
    const entry = { at, order: this.#scheduled++, occurrence }
    let place = this.#heap.length
    for (let parent = (place - 1) >> 1; place > 0; parent = (place - 1) >> 1) {
      const above = this.#heap[parent]
      if (above === undefined || isEarlier(above, entry)) break
      this.#heap[place] = above
      place = parent
    }
    this.#heap[place] = entry
  }

  /** Takes off the earliest, if its time has come. */
  takeDue(now: number): Occurrence | undefined {
    const [first] = this.#heap
    if (first === undefined || first.at > now) return undefined
    const last = this.#heap.pop()
    if (last !== undefined && this.#heap.length > 0) this.#sink(last)
    return first.occurrence
  }

  /** Puts an entry in the place of the first, and then where it belongs. */
  #sink(entry: Entry<Occurrence>): void {
    let place = 0
    for (;;) {
      const [left, right] = [this.#heap[2 * place + 1], this.#heap[2 * place + 2]]
      const isRight = left !== undefined && right !== undefined && isEarlier(right, left)
      const child = isRight ? right : left
      if (child === undefined || isEarlier(entry, child)) break
      this.#heap[place] = child
      place = 2 * place + (isRight ? 2 : 1)
    }
    this.#heap[place] = entry
  }
}

function isEarlier(one: Entry<unknown>, other: Entry<unknown>): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order)
}
