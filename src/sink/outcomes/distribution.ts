/**
 * Integers, counted by value, so that mean and median are exact and memory is bounded by how many different values there
 * are: moves and profits lie between −1 and 1 dollar.
 */
export class Distribution {
  readonly #counts = new Map<number, number>()
  #number = 0
  #above = 0

  add(value: number): void {
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1)
    this.#number++
    if (value > 0) this.#above++
  }

  get number(): number {
    return this.#number
  }

  /** How many are above zero. */
  get above(): number {
    return this.#above
  }

  /** Null where there are none. */
  get mean(): number | null {
    return this.#number === 0 ? null : Number(this.#sums().sum) / this.#number
  }

  get median(): number | null {
    if (this.#number === 0) return null
    const sorted = [...this.#counts].sort(([a], [b]) => a - b)
    return (at(sorted, Math.floor((this.#number - 1) / 2)) + at(sorted, Math.floor(this.#number / 2))) / 2
  }

  /**
   * How many standard errors the mean is away from zero, if the values are independent. Null where that cannot be told:
   * with fewer than two values, or with equal ones.
   */
  get tStatistic(): number | null {
    const { sum, squares } = this.#sums()
    const number = BigInt(this.#number)
    // n times the sum of squared distances from the mean, an integer.
    const spread = number * squares - sum * sum
    if (this.#number < 2 || spread === 0n) return null
    return (Number(sum) * Math.sqrt(this.#number - 1)) / Math.sqrt(Number(spread))
  }

  #sums(): { readonly sum: bigint; readonly squares: bigint } {
    let sum = 0n
    let squares = 0n
    for (const [value, count] of this.#counts) {
      const [exact, times] = [BigInt(value), BigInt(count)]
      sum += exact * times
      squares += exact * exact * times
    }
    return { sum, squares }
  }
}

/** The value at a position of the sorted values. */
function at(sorted: readonly (readonly [number, number])[], position: number): number {
  let passed = 0
  for (const [value, count] of sorted) {
    passed += count
    if (passed > position) return value
  }
  return 0
}
