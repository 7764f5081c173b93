import type { ArmedFault, Next } from './armed-fault.ts'
import type { Note } from './fault-entry.ts'
import type { FrameText } from './frame-text.ts'
import { lostAlone } from './lost-frames.ts'
import type { Trigger } from './trigger.ts'

/** Sends a frame after its successor in the run of its sid. */
export class ExchangedNeighbours implements ArmedFault {
  readonly #trigger: Trigger
  readonly #note: Note
  #held: FrameText | undefined

  constructor(trigger: Trigger, note: Note) {
    this.#trigger = trigger
    this.#note = note
  }

  get isSpent(): boolean {
    return this.#trigger.isSpent && this.#held === undefined
  }

  fire(): void {
    this.#trigger.arm()
  }

  take(frame: FrameText, next: Next): void {
    const held = this.#held
    if (held === undefined) {
      if (frame.isData && frame.seq !== undefined && this.#trigger.pulls()) this.#held = frame
      else next(frame)
      return
    }
    next(frame)
    if (frame.sid !== held.sid || frame.seq === undefined) return
    this.#held = undefined
    this.#note('reorder-seq', { ...held.identity, after: frame.seq })
    next(held)
  }

  /** Without a successor the frame is never sent. */
  end(): void {
    if (this.#held !== undefined) this.#note('reorder-seq', { ...this.#held.identity, lost: lostAlone(this.#held) })
    this.#held = undefined
  }
}
