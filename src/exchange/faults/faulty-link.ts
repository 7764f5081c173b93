import type { Clock } from '../../core/clock.ts'
import { formatTime } from '../../core/time.ts'
import type { SeededRandom } from '../seeded-random.ts'
import type { Wiring } from './arm-fault.ts'
import { armFault } from './arm-fault.ts'
import type { ArmedFault } from './armed-fault.ts'
import { DelayLine } from './delay-line.ts'
import type { FaultDetails, FaultEntry } from './fault-entry.ts'
import type { ConnectionFault, FaultName, FaultSpec, When } from './fault-spec.ts'
import { FrameText } from './frame-text.ts'
import type { FaultTarget, Link } from './link.ts'
import { Silence } from './silence.ts'
import { WrongClock } from './wrong-clock.ts'

export interface FaultyLinkOptions {
  readonly link: Link
  readonly connection: number
  readonly session: FaultTarget
  readonly clock: Clock
  readonly log: (entry: FaultEntry) => void
  /** When the exchange started, on the monotonic clock. */
  readonly started: bigint
}

/**
 * A link on which things go wrong. Each frame goes through the faults that change or hold single frames, in the order
 * in which they were given, then through what shifts its times, what delays it and what silences it.
 */
export class FaultyLink implements Link {
  readonly connection: number
  readonly #clock: Clock
  readonly #log: (entry: FaultEntry) => void
  readonly #started: bigint
  readonly #wiring: Wiring
  readonly #over = new AbortController()
  #faults: ArmedFault[] = []

  constructor({ link, connection, session, clock, log, started }: FaultyLinkOptions) {
    this.connection = connection
    this.#clock = clock
    this.#log = log
    this.#started = started
    const note = this.#note.bind(this)
    const { signal } = this.#over
    const silence = new Silence(link, clock, note, signal)
    const delayLine = new DelayLine(silence, clock, note, signal)
    const wrongClock = new WrongClock(clock, note, signal)
    this.#wiring = { session, silence, delayLine, wrongClock, note, hangUp: code => this.#hangUp(code) }
  }

  add(spec: FaultSpec<ConnectionFault>, random: SeededRandom): void {
    const armed = armFault(spec, random, this.#wiring)
    this.#faults = [...this.#faults.filter(({ isSpent }) => !isSpent), armed]
    void this.#schedule(armed, spec.when)
  }

  send(frame: string): void {
    if (!this.#over.signal.aborted) this.#pass(new FrameText(frame), 0)
  }

  ping(body: string): void {
    if (!this.#over.signal.aborted) this.#wiring.delayLine.ping(body)
  }

  pong(body: Buffer): void {
    if (!this.#over.signal.aborted) this.#wiring.delayLine.pong(body)
  }

  close(code: number, reason?: string): void {
    this.#wiring.delayLine.close(code, reason)
  }

  terminate(): void {
    this.#wiring.delayLine.terminate()
  }

  /** The connection is over: nothing more goes wrong with it. */
  end(): void {
    if (this.#over.signal.aborted) return
    this.#over.abort()
    for (const fault of this.#faults) fault.end()
    this.#wiring.delayLine.end()
    this.#wiring.silence.end()
  }

  async #schedule(armed: ArmedFault, when: When): Promise<void> {
    const { signal } = this.#over
    switch (when.kind) {
      case 'now':
        return armed.fire()
      case 'once': {
        const elapsed = when.since === 'start' ? Number(this.#clock.monotonic() - this.#started) / 1e6 : 0
        if (elapsed > when.milliseconds) return
        await this.#clock.sleep(when.milliseconds - elapsed, signal)
        return signal.aborted ? undefined : armed.fire()
      }
      case 'every':
        while (!signal.aborted) {
          await this.#clock.sleep(when.milliseconds, signal)
          if (!signal.aborted) armed.fire()
        }
        return
      case 'chance':
    }
  }

  #pass(frame: FrameText, index: number): void {
    const fault = this.#faults[index]
    if (fault === undefined) this.#emit(frame)
    else fault.take(frame, taken => this.#pass(taken, index + 1))
  }

  #emit(frame: FrameText): void {
    if (!this.#over.signal.aborted) this.#wiring.delayLine.send(this.#wiring.wrongClock.shift(frame))
  }

  #hangUp(code: number | undefined): void {
    if (code !== undefined) this.close(code)
    this.end()
    if (code === undefined) this.terminate()
  }

  #note(fault: FaultName, details?: FaultDetails): void {
    this.#log({ time: formatTime(this.#clock.wall()), fault, connection: this.connection, ...details })
  }
}
