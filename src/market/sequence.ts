/** How a frame's `seq` follows the one before it. */
export type SequenceStep =
  | { readonly type: 'first' }
  | { readonly type: 'next' }
  | { readonly type: 'gap'; readonly expected: number; readonly received: number }
  | { readonly type: 'duplicate'; readonly last: number; readonly received: number }

/**
 * The counter of one `sid` (protocol reference, section 9). Every received frame that carries a `seq` uses one up,
 * whatever its type, so every one must be shown to `observe`. The first need not be 1: a capture may begin in the middle.
 */
export class Sequence {
  readonly #mayJump: boolean
  #last: number | null = null

  /** `mayJump` for a capture that was cut down to some markets, where only a fall tells anything. */
  constructor(mayJump: boolean) {
    this.#mayJump = mayJump
  }

  observe(seq: number): SequenceStep {
    const last = this.#last
    if (last !== null && seq === last + 1) {
      this.#last = seq
      return NEXT
    }
    if (last !== null && seq <= last) return { type: 'duplicate', last, received: seq }
    this.#last = seq
    if (last === null) return FIRST
    if (this.#mayJump) return NEXT
    return { type: 'gap', expected: last + 1, received: seq }
  }
}

const FIRST: SequenceStep = { type: 'first' }
const NEXT: SequenceStep = { type: 'next' }
