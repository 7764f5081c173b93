import type { SeededRandom } from './seeded-random.ts'

/** Draws positions, each as often as its weight says, by a binary search. */
export class WeightedChoice {
  /** Position i holds the sum of the weights up to the i-th. */
  readonly #sums: Float64Array
  readonly #total: number

  constructor(weights: readonly number[]) {
    let sum = 0
    this.#sums = Float64Array.from(weights, weight => (sum += weight))
    this.#total = sum
  }

  draw(random: SeededRandom): number {
    const drawn = random.fraction() * this.#total
    let low = 0
    let high = this.#sums.length - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#sums[middle] ?? 0) <= drawn) low = middle + 1
      else high = middle
    }
    return low
  }
}
