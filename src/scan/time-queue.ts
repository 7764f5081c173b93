import type { Microseconds } from '../core/time.ts'

interface Entry<Item> {
  readonly time: Microseconds
  readonly item: Item
}

/** What is due at given times. What is due at one time comes out as it was put in. */
export class TimeQueue<Item> {
  /** The earliest last. */
  #entries: Entry<Item>[] = []

  add(time: Microseconds, item: Item): void {
    let low = 0
    let high = this.#entries.length
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if ((this.#entries[middle]?.time ?? 0) > time) low = middle + 1
      else high = middle
    }
    this.#entries.splice(low, 0, { time, item })
  }

  /** Takes out what will not be waited for. */
  remove(isUnwanted: (item: Item) => boolean): void {
    this.#entries = this.#entries.filter(({ item }) => !isUnwanted(item))
  }

  /** Takes out what is due by now, the earliest first. */
  *takeUntil(now: Microseconds): Generator<Item> {
    for (let entry = this.#entries.at(-1); entry !== undefined && entry.time <= now; entry = this.#entries.at(-1)) {
      this.#entries.pop()
      yield entry.item
    }
  }
}
