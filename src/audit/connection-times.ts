import type { FrameBatch } from '../core/frame.ts'
import { DIRECTION, KIND } from '../core/frame.ts'
import type { Nanoseconds } from '../core/time.ts'
import type { TimeFinding } from './finding.ts'

/** The exchange pings every 10 s (protocol reference, sections 3 and 17): two pings that did not come are a dead socket. */
const SILENCE_MAX: Nanoseconds = 25_000_000_000n
/** The wall clock and the monotonic one are read one after the other, and the thread may have to wait in between. */
const STEP_MIN: Nanoseconds = 2_000_000n

/** One connection's frames in time. */
export class ConnectionTimes {
  /** Its opening was recorded, so that no frame of it lies before the first. */
  isWhole = false
  isClosed = false
  /** Receive time of the last frame from the exchange; undefined before the first. */
  lastFrameAt: Nanoseconds | undefined
  #hasPings = false
  /** Of the last received frame or event, by both clocks. */
  #heard: readonly [receivedAt: Nanoseconds, monotonic: Nanoseconds] | undefined
  #receivedAt: Nanoseconds | undefined
  #monotonic: Nanoseconds = 0n
  #offset: Nanoseconds = 0n
  /** The frame before was already off by more than reading two clocks can be. */
  #isOff = false

  /** Takes note of a row; returns what is wrong with its time. */
  observe(batch: FrameBatch, row: number): readonly TimeFinding[] {
    const receivedAt = batch.receivedAt[row] ?? 0n
    const monotonic = batch.monotonic[row] ?? 0n
    const order = this.#order(receivedAt, monotonic)
    this.#receivedAt = receivedAt
    this.#monotonic = monotonic
    if (batch.direction[row] !== DIRECTION.received) return order
    const silence = this.#hear(receivedAt, monotonic)
    this.#note(batch.kind[row] ?? 0, receivedAt)
    return silence === undefined ? order : [...order, silence]
  }

  /** Whether nothing had been received for too long when something else was received, or the recording ended. */
  isSilentAt(time: Nanoseconds): boolean {
    return !this.isClosed && this.lastFrameAt !== undefined && time - this.lastFrameAt > SILENCE_MAX
  }

  /** The silence between the last frame and the end of the recording. */
  silenceUntil(time: Nanoseconds): TimeFinding | undefined {
    if (!this.#isHeartRecorded || !this.isSilentAt(time)) return undefined
    return { type: 'silence', seconds: toSeconds(time - (this.lastFrameAt ?? time)) }
  }

  /** Captures that others made hold no pings, so that their silence tells nothing. */
  get #isHeartRecorded(): boolean {
    return this.isWhole || this.#hasPings
  }

  #hear(receivedAt: Nanoseconds, monotonic: Nanoseconds): TimeFinding | undefined {
    const [heardAt, heardMonotonic] = this.#heard ?? [receivedAt, monotonic]
    this.#heard = [receivedAt, monotonic]
    const areBoth = monotonic !== 0n && heardMonotonic !== 0n
    const silence = areBoth ? monotonic - heardMonotonic : receivedAt - heardAt
    const isFinding = silence > SILENCE_MAX && !this.isClosed && this.#isHeartRecorded
    return isFinding ? { type: 'silence', seconds: toSeconds(silence) } : undefined
  }

  #note(kind: number, receivedAt: Nanoseconds): void {
    if (kind === KIND.open) {
      this.isWhole = this.lastFrameAt === undefined
      this.isClosed = false
    } else if (kind === KIND.close) {
      this.isClosed = true
    } else if (kind !== KIND.error && kind !== KIND.rest) {
      this.lastFrameAt = receivedAt
      if (kind === KIND.ping) this.#hasPings = true
    }
  }

  #order(receivedAt: Nanoseconds, monotonic: Nanoseconds): readonly TimeFinding[] {
    const before = this.#receivedAt
    const offset = receivedAt - monotonic
    if (before === undefined || monotonic === 0n || this.#monotonic === 0n) {
      this.#offset = offset
      if (before === undefined || receivedAt >= before) return NONE
      return [{ type: 'time_backwards', clock: 'receive', seconds: toSeconds(before - receivedAt) }]
    }
    if (monotonic < this.#monotonic) {
      this.#offset = offset
      return [{ type: 'time_backwards', clock: 'monotonic', seconds: toSeconds(this.#monotonic - monotonic) }]
    }
    return this.#step(offset, receivedAt < before)
  }

  /** A step stays; what only one frame shows is the time that passed between the reading of the two clocks. */
  #step(offset: Nanoseconds, isBackwards: boolean): readonly TimeFinding[] {
    const by = offset - this.#offset
    const isOff = by > STEP_MIN || by < -STEP_MIN
    const isStep = isBackwards || (isOff && this.#isOff)
    this.#isOff = isOff && !isStep
    if (isStep || !isOff) this.#offset = offset
    return isStep ? [{ type: 'clock_step', seconds: toSeconds(by) }] : NONE
  }
}

const NONE: readonly TimeFinding[] = []

function toSeconds(time: Nanoseconds): number {
  return Number(time) / 1e9
}
