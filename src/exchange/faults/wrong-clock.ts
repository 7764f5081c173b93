import type { Clock } from '../../core/clock.ts'
import type { Note } from './fault-entry.ts'
import type { FrameText } from './frame-text.ts'
import { Period } from './period.ts'

/** Shifts the times that frames carry in milliseconds. */
export class WrongClock {
  readonly #note: Note
  readonly #period: Period
  #milliseconds = 0

  constructor(clock: Clock, note: Note, signal: AbortSignal) {
    this.#note = note
    this.#period = new Period(clock, signal)
  }

  begin(shift: number, milliseconds: number | undefined): void {
    this.#note('wrong-clock', { phase: 'begin', milliseconds: shift })
    this.#milliseconds = shift
    this.#period.begin(milliseconds, () => this.#note('wrong-clock', { phase: 'end' }))
  }

  shift(frame: FrameText): string {
    return this.#period.isOn ? frame.withShiftedTimes(this.#milliseconds) : frame.text
  }
}
