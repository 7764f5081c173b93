import type { ArmedFault, Next } from './armed-fault.ts'
import type { Note } from './fault-entry.ts'
import type { FrameText } from './frame-text.ts'
import { lostAlone } from './lost-frames.ts'
import type { Trigger } from './trigger.ts'

interface LateReply {
  readonly frame: FrameText
  /** Frames of data that are still to go before it. */
  left: number
}

/** Holds replies to subscribe and update commands back until so many frames of data have gone. */
export class LateReplies implements ArmedFault {
  readonly #dataFrames: number
  readonly #trigger: Trigger
  readonly #note: Note
  #held: LateReply[] = []

  constructor(dataFrames: number, trigger: Trigger, note: Note) {
    this.#dataFrames = dataFrames
    this.#trigger = trigger
    this.#note = note
  }

  get isSpent(): boolean {
    return this.#trigger.isSpent && this.#held.length === 0
  }

  fire(): void {
    this.#trigger.arm()
  }

  take(frame: FrameText, next: Next): void {
    if (isReply(frame) && this.#trigger.pulls()) {
      this.#held.push({ frame, left: this.#dataFrames })
      return
    }
    next(frame)
    if (this.#held.length === 0 || !frame.isData) return
    for (const reply of this.#held) reply.left--
    const due = this.#held.filter(({ left }) => left <= 0)
    this.#held = this.#held.filter(({ left }) => left > 0)
    for (const { frame: late } of due) {
      this.#note('late-ack', { ...late.identity, after: this.#dataFrames })
      next(late)
    }
  }

  end(): void {
    for (const { frame } of this.#held) this.#note('late-ack', { ...frame.identity, lost: lostAlone(frame) })
    this.#held = []
  }
}

function isReply({ type }: FrameText): boolean {
  return type === 'subscribed' || type === 'ok'
}
