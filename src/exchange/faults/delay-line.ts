import type { Clock } from '../../core/clock.ts'
import type { Nanoseconds } from '../../core/time.ts'
import type { Note } from './fault-entry.ts'
import type { Link } from './link.ts'
import { LostTally } from './lost-frames.ts'
import { Period } from './period.ts'

/** Something to be sent when it is due: a frame, or what has no text to be lost. */
interface Held {
  readonly due: Nanoseconds
  readonly frame: string | undefined
  readonly send: () => void
}

/** A client that is far behind gets what is held back early rather than fill the memory. */
const HELD_CHARACTERS_MAX = 64 * 1024 * 1024

/** A link that can send everything later, in order: by a latency, or all at once at the end of a burst. */
export class DelayLine implements Link {
  readonly #link: Link
  readonly #clock: Clock
  readonly #note: Note
  readonly #signal: AbortSignal
  readonly #slow: Period
  readonly #holding: Period
  #held: Held[] = []
  #heldCharacters = 0
  #latency: Nanoseconds = 0n
  /** When the burst comes, on the monotonic clock. */
  #burstAt: Nanoseconds = 0n
  #isReleasing = false

  constructor(link: Link, clock: Clock, note: Note, signal: AbortSignal) {
    this.#link = link
    this.#clock = clock
    this.#note = note
    this.#signal = signal
    this.#slow = new Period(clock, signal)
    this.#holding = new Period(clock, signal)
  }

  beginDelay(latency: number, milliseconds: number | undefined): void {
    this.#note('delay', { phase: 'begin', milliseconds: latency })
    this.#latency = nanoseconds(latency)
    this.#slow.begin(milliseconds, () => {
      this.#latency = 0n
      this.#note('delay', { phase: 'end' })
    })
  }

  beginBurst(milliseconds: number): void {
    this.#note('burst', { phase: 'begin', milliseconds })
    this.#burstAt = this.#clock.monotonic() + nanoseconds(milliseconds)
    this.#holding.begin(milliseconds, () => {
      this.#note('burst', { phase: 'end', held: this.#framesHeld() })
      this.#sendAll(({ due }) => due <= this.#burstAt)
    })
  }

  send(frame: string): void {
    this.#pass(frame, () => this.#link.send(frame))
    if (this.#heldCharacters <= HELD_CHARACTERS_MAX) return
    this.#note(this.#cause, { phase: 'overflow', held: this.#framesHeld() })
    this.#sendAll(() => true)
  }

  ping(body: string): void {
    this.#pass(undefined, () => this.#link.ping(body))
  }

  pong(body: Buffer): void {
    this.#pass(undefined, () => this.#link.pong(body))
  }

  /** Everything that was sent before goes first. */
  close(code: number, reason?: string): void {
    this.#sendAll(() => true)
    this.#link.close(code, reason)
  }

  terminate(): void {
    this.end()
    this.#link.terminate()
  }

  /** The connection is over: what is held back is lost. */
  end(): void {
    const tally = new LostTally()
    for (const { frame } of this.#held) if (frame !== undefined) tally.add(frame)
    const lost = tally.take()
    if (lost.length > 0) this.#note(this.#cause, { phase: 'end', lost })
    this.#held = []
    this.#heldCharacters = 0
  }

  get #cause(): 'delay' | 'burst' {
    return this.#holding.isOn ? 'burst' : 'delay'
  }

  #pass(frame: string | undefined, send: () => void): void {
    const now = this.#clock.monotonic()
    const last = this.#held.at(-1)?.due ?? 0n
    const due = latest(now + this.#latency, this.#holding.isOn ? this.#burstAt : 0n, last)
    if (due <= now && this.#held.length === 0) return send()
    this.#held.push({ due, frame, send })
    this.#heldCharacters += frame?.length ?? 0
    if (!this.#isReleasing) void this.#release()
  }

  async #release(): Promise<void> {
    this.#isReleasing = true
    for (let [next] = this.#held; next !== undefined && !this.#signal.aborted; [next] = this.#held) {
      const wait = Number(next.due - this.#clock.monotonic()) / 1e6
      if (wait > 0) await this.#clock.sleep(wait, this.#signal)
      const now = this.#clock.monotonic()
      this.#sendAll(({ due }) => due <= now)
    }
    this.#isReleasing = false
  }

  /** Sends from the front as long as the condition holds. */
  #sendAll(isDue: (held: Held) => boolean): void {
    const later = this.#held.findIndex(held => !isDue(held))
    for (const { frame, send } of this.#held.splice(0, later < 0 ? this.#held.length : later)) {
      this.#heldCharacters -= frame?.length ?? 0
      send()
    }
  }

  #framesHeld(): number {
    return this.#held.filter(({ frame }) => frame !== undefined).length
  }
}

function nanoseconds(milliseconds: number): Nanoseconds {
  return BigInt(milliseconds) * 1_000_000n
}

function latest(...times: readonly Nanoseconds[]): Nanoseconds {
  return times.reduce((latest, time) => (time > latest ? time : latest))
}
