import { KwsError, reasonOf } from '../core/errors.ts'
import type { Microseconds, Nanoseconds } from '../core/time.ts'
import { formatTime } from '../core/time.ts'
import type { MarketTracker } from '../market/market-tracker.ts'
import type { Message } from '../protocol/messages.ts'
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
  readonly #context: EngineContext
  readonly #options: ScanEngineOptions
  #frame = 0
  #failures = 0

  constructor(scanners: readonly Scanner[], tracker: MarketTracker, options: ScanEngineOptions) {
    this.#runs = scanners.map(scanner => ({ scanner, nextTimer: 0 }))
    this.#context = new EngineContext(tracker, options)
    this.#options = options
  }

  get failures(): number {
    return this.#failures
  }

  /**
   * Sets the time, which is that of a row of a column, and fires the timers that are due, while the tracker is still as
   * the frames before left it.
   */
  begin(times: BigInt64Array, row: number, now: Microseconds): void {
    this.#frame++
    this.#context.times = times
    this.#context.row = row
    this.#context.now = now
    for (const run of this.#runs) {
      const { timerEvery } = run.scanner
      if (timerEvery === undefined || now < run.nextTimer) continue
      // Multiples of the interval since the epoch, so that a recording's timers do not depend on where it starts.
      const first = run.nextTimer === 0
      run.nextTimer = (Math.floor(now / timerEvery) + 1) * timerEvery
      if (first) continue
      this.#call(run.scanner, () => {
        const returned: unknown = run.scanner.onTimer?.(this.#context)
        if (returned instanceof Promise) refusePromise(returned)
      })
    }
  }

  /** Before the memory of the column is used for others. */
  end(): void {
    this.#context.times = BigInt64Array.of(this.#context.time)
    this.#context.row = 0
  }

  offer(message: Message): void {
    for (const { scanner } of this.#runs) {
      if (scanner.onMessage === undefined) continue
      this.#context.scanner = scanner.name
      try {
        const returned: unknown = scanner.onMessage(message, this.#context)
        if (returned instanceof Promise) refusePromise(returned)
      } catch (error) {
        this.#fail(scanner, error)
      }
    }
  }

  /** The ranking of each scanner that has one. */
  rank(top: number): { readonly scanner: string; readonly table: RankTable }[] {
    const tables: { scanner: string; table: RankTable }[] = []
    for (const { scanner } of this.#runs) {
      this.#call(scanner, () => {
        const table = scanner.rank?.(this.#context, top)
        if (table !== undefined) tables.push({ scanner: scanner.name, table })
      })
    }
    return tables
  }

  #call(scanner: Scanner, callback: () => void): void {
    this.#context.scanner = scanner.name
    try {
      callback()
    } catch (error) {
      this.#fail(scanner, error)
    }
  }

  #fail(scanner: Scanner, error: unknown): void {
    const failure = { scanner: scanner.name, frame: this.#frame, time: this.#context.time, error }
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
function refusePromise(promise: Promise<unknown>): never {
  promise.catch(() => undefined)
  throw new TypeError('it returned a promise, but a scanner must not wait: leave out async')
}

/** A user's scanner may be JavaScript, where no type has been checked, and JSON would hide what is wrong. */
function checkFinding(market: unknown, kind: unknown, values: Finding['values']): void {
  if (typeof market !== 'string' || market === '') throw new TypeError('a signal needs a market')
  if (typeof kind !== 'string' || kind === '') throw new TypeError('a signal needs a kind')
  for (const [name, value] of Object.entries(values)) {
    const isGood = typeof value === 'number' ? Number.isFinite(value) : value === null || PLAIN.has(typeof value)
    if (!isGood)
      throw new TypeError(`the signal's ${name} is ${String(value)}: give text, a finite number, true, false or null`)
  }
}

const PLAIN: ReadonlySet<string> = new Set(['string', 'boolean'])

interface ScannerRun {
  readonly scanner: Scanner
  nextTimer: number
}

/** One object for the whole run: nothing is allocated per frame. */
class EngineContext implements ScanContext {
  readonly tracker: MarketTracker
  readonly #options: ScanEngineOptions
  times: BigInt64Array = new BigInt64Array(1)
  row = 0
  now = 0 as Microseconds
  scanner = ''

  constructor(tracker: MarketTracker, options: ScanEngineOptions) {
    this.tracker = tracker
    this.#options = options
  }

  /** Made of the column when somebody asks, since a bigint for each frame would cost more than all else here. */
  get time(): Nanoseconds {
    return this.times[this.row] ?? 0n
  }

  /** A property, since scanners take it out of the context by destructuring. */
  readonly emit = ({ market, kind, values }: Finding): void => {
    const { signalsFrom, onSignal } = this.#options
    if (signalsFrom !== undefined && this.time < signalsFrom) return
    checkFinding(market, kind, values)
    onSignal({ time: this.time, scanner: this.scanner, market, kind, values })
  }
}
