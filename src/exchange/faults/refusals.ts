import type { SeededRandom } from '../seeded-random.ts'
import type { Refusal, When } from './fault-spec.ts'

interface Pending {
  readonly status: number
  readonly probability: number
  left: number
}

/** The upgrades that are still to be refused, in the order in which they were asked for. */
export class Refusals {
  readonly #random: SeededRandom
  readonly #note: (status: number) => void
  readonly #pending: Pending[] = []

  constructor(random: SeededRandom, note: (status: number) => void) {
    this.#random = random
    this.#note = note
  }

  add({ status, times = Infinity }: Refusal, when: When): void {
    this.#pending.push({ status, probability: when.kind === 'chance' ? when.probability : 1, left: times })
  }

  /** The HTTP status for the upgrade at hand; undefined lets it through. */
  next(): number | undefined {
    const refusal = this.#pending.find(({ left, probability }) => left > 0 && this.#random.chance(probability))
    if (refusal === undefined) return undefined
    refusal.left--
    this.#note(refusal.status)
    return refusal.status
  }
}
