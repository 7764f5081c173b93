import type { Clock } from '../../core/clock.ts'
import type { Note } from './fault-entry.ts'
import type { Link } from './link.ts'
import { LostTally } from './lost-frames.ts'
import { Period } from './period.ts'

/**
 * A link that can go silent with its socket open, as half-open connections do: what is sent meanwhile is lost. The
 * exchange still takes commands, and a close still goes through.
 */
export class Silence implements Link {
  readonly #link: Link
  readonly #note: Note
  readonly #period: Period
  readonly #lost = new LostTally()

  constructor(link: Link, clock: Clock, note: Note, signal: AbortSignal) {
    this.#link = link
    this.#note = note
    this.#period = new Period(clock, signal)
  }

  begin(milliseconds: number | undefined): void {
    this.#note('silent', { phase: 'begin', milliseconds })
    this.#period.begin(milliseconds, () => this.#noteEnd())
  }

  send(frame: string): void {
    if (this.#period.isOn) this.#lost.add(frame)
    else this.#link.send(frame)
  }

  ping(body: string): void {
    if (!this.#period.isOn) this.#link.ping(body)
  }

  pong(body: Buffer): void {
    if (!this.#period.isOn) this.#link.pong(body)
  }

  close(code: number, reason?: string): void {
    this.#link.close(code, reason)
  }

  terminate(): void {
    this.#link.terminate()
  }

  /** The connection is over. */
  end(): void {
    if (this.#period.isOn) this.#noteEnd()
  }

  #noteEnd(): void {
    this.#note('silent', { phase: 'end', lost: this.#lost.take() })
  }
}
