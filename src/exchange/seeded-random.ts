/**
 * The randomness of the synthetic markets: the same seed gives the same numbers on every machine. The algorithm is
 * Chris Doty-Humphrey's sfc32, which passes PractRand and needs four integers of state.
 */
export class SeededRandom {
  #a: number
  #b: number
  #c = 0x9e3779b9
  #counter = 1

  constructor(seed: number) {
    this.#a = seed | 0
    this.#b = Math.floor(seed / 2 ** 32) | 0
    // Seeds that differ in one bit give unrelated numbers only after some rounds.
    for (let round = 0; round < 15; round++) this.next()
  }

  /** 32 random bits, as an unsigned integer. */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  /** At least 0 and less than 1. */
  fraction(): number {
    return this.next() / 2 ** 32
  }

  /** A whole number from `lowest` to `highest`, both included. */
  integer(lowest: number, highest: number): number {
    return lowest + Math.floor(this.fraction() * (highest - lowest + 1))
  }

  chance(probability: number): boolean {
    return this.fraction() < probability
  }

  choice<Option>(options: readonly [Option, ...Option[]]): Option {
    return options[this.integer(0, options.length - 1)] ?? options[0]
  }

  /** A whole number from 0 on, exponentially distributed: most are small, a few are many times the mean. */
  exponential(mean: number): number {
    return Math.floor(-Math.log(1 - this.fraction()) * mean)
  }

  /** Shaped like a UUID; its version and variant bits are as random as the rest, as some of the exchange's are. */
  uuid(): string {
    const hex = this.#hex() + this.#hex() + this.#hex() + this.#hex()
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
  }

  #hex(): string {
    return this.next().toString(16).padStart(8, '0')
  }
}
