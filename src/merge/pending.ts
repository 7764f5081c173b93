/** A queue of what has been read and is not written yet. */
export class Pending<Item> {
  #items: Item[] = []
  #head = 0

  get length(): number {
    return this.#items.length - this.#head
  }

  get first(): Item | undefined {
    return this.#items[this.#head]
  }

  /** The n-th from the first; undefined behind the last. */
  at(n: number): Item | undefined {
    return this.#items[this.#head + n]
  }

  /** The first of which something is true. */
  find(is: (item: Item) => boolean): Item | undefined {
    for (let n = this.#head; n < this.#items.length; n++) {
      const item = this.#items[n]
      if (item !== undefined && is(item)) return item
    }
    return undefined
  }

  push(item: Item): void {
    this.#items.push(item)
  }

  shift(): Item | undefined {
    const item = this.#items[this.#head]
    if (item === undefined) return undefined
    this.#head++
    // Moves what is left only when that is less than what is gone.
    if (this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }
}
