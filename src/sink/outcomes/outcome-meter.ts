import type { Microseconds, Nanoseconds } from '../../core/time.ts'
import type { SeriesFees } from '../../market/fees.ts'
import type { MarketTracker } from '../../market/market-tracker.ts'
import type { Message } from '../../protocol/messages.ts'
import type { Signal } from '../../scan/signal.ts'
import type { SignalSink } from '../../scan/signal-sink.ts'
import { scheduleOf } from './charge.ts'
import type { Horizon } from './horizon.ts'
import type { Moment } from './moment.ts'
import { momentOf, settlementOf } from './moment.ts'
import type { OpenSignal } from './open-signal.ts'
import { openSignal, outcomeOf } from './open-signal.ts'
import { OpenSignals } from './open-signals.ts'
import type { Outcome } from './outcome.ts'
import { Score, scoreToJson } from './score.ts'

export interface OutcomeMeterOptions {
  readonly horizons: readonly Horizon[]
  /** Names, in the order of the summaries. */
  readonly scanners: readonly string[]
  /** The tracker of the pipeline whose signals are met. */
  readonly tracker: () => MarketTracker
  /** Of series whose fees are known better than by the frames. */
  readonly seriesFees?: SeriesFees
  readonly onOutcome: (outcome: Outcome) => void
}

/**
 * Looks at the market of every signal again, once its horizons have passed: at the first frame at or after each, while the
 * tracker is as the frames before left it, so that nothing is known of what came later. Scanners never see any of it.
 */
export class OutcomeMeter implements SignalSink {
  readonly #options: OutcomeMeterOptions
  readonly #open: OpenSignals
  /** By ticker, the signals whose market is to be settled; undefined where nobody wants to know. */
  readonly #unsettled: Map<string, OpenSignal[]> | undefined
  readonly #scores = new Map<string, Map<string, Score>>()
  readonly #signals = new Map<string, number>()
  #number = 0
  #now = 0 as Microseconds
  #time: Nanoseconds = 0n

  constructor(options: OutcomeMeterOptions) {
    this.#options = options
    this.#open = new OpenSignals(options.horizons)
    this.#unsettled = options.horizons.some(({ after }) => after === null) ? new Map() : undefined
    for (const scanner of options.scanners) this.#scoresOf(scanner)
  }

  /** Horizons that are still to come, settlements left out. */
  get waiting(): number {
    return this.#open.size
  }

  get scores(): Score[] {
    return [...this.#scores.values()].flatMap(scores => [...scores.values()])
  }

  /** At each frame, before the tracker takes it. */
  onTime(now: Microseconds, time: Nanoseconds): void {
    this.#now = now
    this.#time = time
    if (!this.#open.isAnyDue(now)) return
    for (const { open, horizon, due } of this.#open.takeUntil(now)) {
      const market = this.#options.tracker().byTicker(open.of.market) ?? open.market
      this.#tell(open, horizon, momentOf(market, due))
    }
  }

  /** At each frame, after the tracker has taken it. */
  onMessage(message: Message): void {
    if (this.#unsettled === undefined || !('eventType' in message && 'market' in message)) return
    if (message.eventType === 'settled') this.#settle(message.marketTicker)
  }

  accept(signal: Signal): void {
    const tracker = this.#options.tracker()
    const market = tracker.byTicker(signal.market)
    const moment = momentOf(market, this.#now)
    const schedule = scheduleOf(market, tracker, this.#options.seriesFees)
    const open = openSignal(signal, { number: ++this.#number, market, now: this.#now, moment, schedule })
    this.#signals.set(signal.scanner, (this.#signals.get(signal.scanner) ?? 0) + 1)
    this.#open.add(open)
    if (this.#unsettled === undefined || market === undefined) return
    const waiting = this.#unsettled.get(signal.market)
    if (waiting === undefined) this.#unsettled.set(signal.market, [open])
    else waiting.push(open)
    if (market.settledAt !== null) this.#settle(signal.market)
  }

  flush(): void {}

  /** The frames are over: what has its result, though it is not final, is told now. The rest stays open. */
  end(): void {
    const results = [...(this.#unsettled?.values() ?? [])].flat().sort((a, b) => a.number - b.number)
    for (const open of results) {
      const market = this.#options.tracker().byTicker(open.of.market) ?? open.market
      const moment = market && settlementOf(market)
      if (moment !== undefined && moment.payout !== null) this.#tell(open, SETTLE, moment)
    }
    this.#unsettled?.clear()
  }

  /** One object a scanner. */
  summaries(): object[] {
    return [...this.#scores].map(([scanner, scores]) => {
      const signals = this.#signals.get(scanner) ?? 0
      return { type: 'outcome_summary', scanner, signals, horizons: [...scores.values()].map(scoreToJson) }
    })
  }

  #settle(ticker: string): void {
    const market = this.#options.tracker().byTicker(ticker)
    const waiting = this.#unsettled?.get(ticker)
    if (market === undefined || waiting === undefined) return
    this.#unsettled?.delete(ticker)
    for (const open of waiting) this.#tell(open, SETTLE, settlementOf(market))
  }

  #tell(open: OpenSignal, horizon: string, moment: Moment): void {
    const { tracker, seriesFees, onOutcome } = this.#options
    const schedule = scheduleOf(open.market, tracker(), seriesFees)
    const outcome = outcomeOf(open, horizon, this.#time, moment, schedule)
    this.#scoresOf(open.of.scanner).get(horizon)?.add(outcome)
    onOutcome(outcome)
  }

  #scoresOf(scanner: string): Map<string, Score> {
    let scores = this.#scores.get(scanner)
    if (scores === undefined) {
      scores = new Map(this.#options.horizons.map(({ name }) => [name, new Score(scanner, name)]))
      this.#scores.set(scanner, scores)
    }
    return scores
  }
}

export const SETTLE = 'settle'
