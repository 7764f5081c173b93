import { KwsError, reasonOf } from '../core/errors.ts'
import type { Microseconds, Nanoseconds } from '../core/time.ts'
import { formatTime, nanosecondsOf } from '../core/time.ts'
import type { MarketTracker } from '../market/market-tracker.ts'
import type { Market } from '../market/market.ts'
import type { Message } from '../protocol/messages.ts'
import { checkFinding } from './check-finding.ts'
import { checkTable } from './check-table.ts'
import type { Finding, RankTable, ScanContext, Scanner } from './scanner.ts'
import type { Signal } from './signal.ts'

/** A scanner that threw, and the frame in hand. */
export interface ScannerFailure {
  readonly scanner: string
  /** Counts the frames of the run from 1. */
  readonly frame: number
  readonly time: Nanoseconds
  readonly error: unknown
}

export interface ScanEngineOptions {
  readonly onSignal: (signal: Signal) => void
  /** Ends the run at the first failure. Otherwise failures are counted and the scanner goes on with the next frame. */
  readonly strict?: boolean
  readonly onFailure?: (failure: ScannerFailure) => void
  /** Before this time scanners see the frames, so that they know the past, but their signals are not passed on. */
  readonly signalsFrom?: Nanoseconds
}

/** Runs scanners over messages. `begin` opens a frame, `offer` shows its message. */
export class ScanEngine {
  readonly #runs: readonly ScannerRun[]
  readonly #turn: Turn = { high: 0, low: 0, now: 0 as Microseconds, scanner: '', callback: 'none' }
  readonly #context: ScanContext
  readonly #options: ScanEngineOptions
  #frame = 0
  #failures = 0
  /** Not told to the scanners yet. */
  #forgotten: Market[] = []

  constructor(scanners: readonly Scanner[], tracker: MarketTracker, options: ScanEngineOptions) {
    this.#runs = scanners.map(scanner => ({ scanner, nextTimer: 0 }))
    this.#context = contextOf(this.#turn, tracker, options)
    this.#options = options
  }

  get failures(): number {
    return this.#failures
  }

  /**
   * Sets the time, given as the halves of its 64 bits, and fires the timers that are due, while the tracker is still as
   * the frames before left it.
   */
  begin(high: number, low: number, now: Microseconds): void {
    this.#frame++
    this.#turn.high = high
    this.#turn.low = low
    this.#turn.now = now
    for (const run of this.#runs) {
      const { timerEvery } = run.scanner
      if (timerEvery === undefined || now < run.nextTimer) continue
      // Multiples of the interval since the epoch, so that a recording's timers do not depend on where it starts.
      const first = run.nextTimer === 0
      run.nextTimer = (Math.floor(now / timerEvery) + 1) * timerEvery
      if (!first) this.#fireTimer(run.scanner)
    }
  }

  /** To be told with the message in hand, since the tracker is in the middle of it. */
  forgot(markets: readonly Market[]): void {
    this.#forgotten.push(...markets)
  }

  offer(message: Message): void {
    if (this.#forgotten.length > 0) this.#tellForgotten()
    for (const { scanner } of this.#runs) {
      if (scanner.onMessage === undefined) continue
      this.#turn.scanner = scanner.name
      this.#turn.callback = 'frame'
      try {
        refusePromise(scanner.onMessage(message, this.#context))
      } catch (error) {
        this.#fail(scanner, error)
      } finally {
        this.#turn.callback = 'none'
      }
    }
  }

  /** The ranking of each scanner that has one. */
  rank(top: number): { readonly scanner: string; readonly table: RankTable }[] {
    const tables: { scanner: string; table: RankTable }[] = []
    for (const { scanner } of this.#runs) {
      if (scanner.rank === undefined) continue
      this.#turn.scanner = scanner.name
      this.#turn.callback = 'rank'
      try {
        const table: unknown = scanner.rank(this.#context, top)
        refusePromise(table)
        tables.push({ scanner: scanner.name, table: checkTable(table) })
      } catch (error) {
        this.#fail(scanner, error)
      } finally {
        this.#turn.callback = 'none'
      }
    }
    return tables
  }

  #tellForgotten(): void {
    const forgotten = this.#forgotten
    this.#forgotten = []
    for (const { scanner } of this.#runs) {
      // A list of its own for each, which may be kept or changed.
      if (scanner.onForgotten !== undefined)
        this.#call(scanner, () => scanner.onForgotten?.([...forgotten], this.#context))
    }
  }

  #fireTimer(scanner: Scanner): void {
    this.#call(scanner, () => scanner.onTimer?.(this.#context))
  }

  /** For what is called now and then: a closure for every frame would cost too much. */
  #call(scanner: Scanner, callback: () => unknown): void {
    this.#turn.scanner = scanner.name
    this.#turn.callback = 'frame'
    try {
      refusePromise(callback())
    } catch (error) {
      this.#fail(scanner, error)
    } finally {
      this.#turn.callback = 'none'
    }
  }

  #fail(scanner: Scanner, error: unknown): void {
    const failure = { scanner: scanner.name, frame: this.#frame, time: timeOf(this.#turn), error }
    this.#failures++
    if (this.#options.strict === true) throw new KwsError('scanner', describeFailure(failure), { cause: error })
    this.#options.onFailure?.(failure)
  }
}

export function describeFailure(failure: ScannerFailure): string {
  const { scanner, frame, time, error } = failure
  return `scanner ${scanner} threw at frame ${frame} (${formatTime(time)}): ${reasonOf(error)}`
}

/** What a scanner does after it has returned would not be of this frame, nor the same in a replay. */
function refusePromise(returned: unknown): void {
  if (typeof returned !== 'object' || returned === null) return
  if (!('then' in returned) || typeof returned.then !== 'function') return
  // Its rejection is not to end the process: the promise itself is what is wrong.
  Promise.resolve(returned).catch(() => undefined)
  throw new TypeError('it returned a promise, but a scanner must not wait: leave out async')
}

interface ScannerRun {
  readonly scanner: Scanner
  nextTimer: number
}

/** Whose turn it is, and when: one object for the whole run, so that nothing is allocated per frame. */
interface Turn {
  high: number
  low: number
  now: Microseconds
  scanner: string
  /** `none` between callbacks, `rank` in that one, `frame` in all others. */
  callback: 'none' | 'frame' | 'rank'
}

/** Made when somebody asks: a bigint for each frame would cost more than all else here. */
function timeOf({ high, low }: Turn): Nanoseconds {
  return nanosecondsOf(high, low)
}

/** Frozen, so that no scanner can change what the others see. */
function contextOf(turn: Turn, tracker: MarketTracker, { signalsFrom, onSignal }: ScanEngineOptions): ScanContext {
  const emit = (finding: Finding): void => {
    // Screens ask for rankings when they like, so that a signal from there would come at another frame in a replay.
    if (turn.callback === 'rank') throw new TypeError('rank must not emit: signals come from onMessage and onTimer')
    if (turn.callback === 'none') throw new TypeError('emit was called after onMessage or onTimer had returned')
    const { market, kind, values } = checkFinding(finding)
    if (signalsFrom !== undefined && timeOf(turn) < signalsFrom) return
    onSignal({ time: timeOf(turn), scanner: turn.scanner, market, kind, values })
  }
  return Object.freeze({
    tracker,
    get now() {
      return turn.now
    },
    emit
  })
}
