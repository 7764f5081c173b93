import type { SeededRandom } from '../seeded-random.ts'
import type { ArmedFault, Next } from './armed-fault.ts'
import type { FaultDetails, Note } from './fault-entry.ts'
import type { TamperingName } from './fault-spec.ts'
import { FrameText } from './frame-text.ts'
import type { Trigger } from './trigger.ts'

/** A fault that is done to one frame of data at a time and leaves none, one or two in its place. */
export class Tampering implements ArmedFault {
  readonly #name: TamperingName
  readonly #trigger: Trigger
  readonly #random: SeededRandom
  readonly #note: Note

  constructor(name: TamperingName, trigger: Trigger, random: SeededRandom, note: Note) {
    this.#name = name
    this.#trigger = trigger
    this.#random = random
    this.#note = note
  }

  get isSpent(): boolean {
    return this.#trigger.isSpent
  }

  fire(): void {
    this.#trigger.arm()
  }

  take(frame: FrameText, next: Next): void {
    if (!this.#canTouch(frame) || !this.#trigger.pulls()) return next(frame)
    const { frames, details } = tamper(this.#name, frame, this.#random)
    this.#note(this.#name, { ...frame.identity, ...details })
    for (const text of frames) next(text === frame.text ? frame : new FrameText(text))
  }

  end(): void {}

  #canTouch({ isData, seq }: FrameText): boolean {
    const needsSeq = this.#name === 'skip-seq' || this.#name === 'repeat-seq'
    return isData && (seq !== undefined || !needsSeq)
  }
}

interface Tampered {
  readonly frames: readonly string[]
  readonly details?: FaultDetails
}

/** Far above what a connection gets to by subscribing. */
const SIDS_NEVER_GIVEN = 1_000_000
const UNKNOWN_FIELD = '"unheard_of":{"since":["never"]}'

function tamper(name: TamperingName, frame: FrameText, random: SeededRandom): Tampered {
  switch (name) {
    case 'skip-seq':
      return { frames: [] }
    case 'repeat-seq':
      return { frames: [frame.text, frame.text] }
    case 'cut': {
      // Whatever lacks its last brace is no JSON.
      const cut = frame.text.slice(0, random.integer(1, frame.text.lastIndexOf('}')))
      return { frames: [cut], details: { bytes: Buffer.byteLength(cut) } }
    }
    case 'unknown-field':
      return { frames: [frame.withField(UNKNOWN_FIELD)] }
    case 'wrong-sid': {
      const sentSid = SIDS_NEVER_GIVEN + (frame.sid ?? 0)
      return { frames: [frame.withSid(sentSid)], details: { sentSid } }
    }
  }
}
