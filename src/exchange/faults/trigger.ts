import type { SeededRandom } from '../seeded-random.ts'
import type { When } from './fault-spec.ts'

/** Says on which of the frames that a fault can be done to it is done: the next one once armed, or by chance. */
export class Trigger {
  readonly #probability: number
  readonly #isOnce: boolean
  readonly #random: SeededRandom
  #isArmed = false
  #isSpent = false

  constructor(when: When, random: SeededRandom) {
    this.#probability = when.kind === 'chance' ? when.probability : 0
    this.#isOnce = when.kind === 'now' || when.kind === 'once'
    this.#random = random
  }

  /** Whether it was to be pulled once and has been. */
  get isSpent(): boolean {
    return this.#isSpent
  }

  arm(): void {
    this.#isArmed = true
  }

  pulls(): boolean {
    if (this.#isArmed) {
      this.#isArmed = false
      this.#isSpent = this.#isOnce
      return true
    }
    return this.#probability > 0 && this.#random.chance(this.#probability)
  }
}
