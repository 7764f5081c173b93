import type { Microseconds } from '../core/time.ts'

const MARKETS = 64

/** When each market was last spoken of, by its number: one array, since it is written at every frame. */
export class UpdateTimes {
  #times = new Float64Array(MARKETS)

  get(number: number): Microseconds {
    return this.#times[number] as Microseconds
  }

  set(number: number, time: Microseconds): void {
    if (number >= this.#times.length) this.#grow(number)
    this.#times[number] = time
  }

  #grow(number: number): void {
    const larger = new Float64Array(Math.max(this.#times.length * 2, number + 1))
    larger.set(this.#times)
    this.#times = larger
  }
}
