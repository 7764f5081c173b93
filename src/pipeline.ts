import type { Feed, FrameBatch, FrameSink } from './core/frame.ts'
import type { Microseconds, Nanoseconds } from './core/time.ts'
import { halvesOf, microsecondsIn } from './core/time.ts'
import type { MarketTrackerOptions } from './market/market-tracker.ts'
import type { Irregularity } from './market/irregularity.ts'
import type { MarketChoiceOptions } from './market/market-choice.ts'
import { MarketChoice } from './market/market-choice.ts'
import { MarketTracker } from './market/market-tracker.ts'
import { Decoder } from './protocol/decoder.ts'
import { MarketTable } from './protocol/market-table.ts'
import type { Message } from './protocol/messages.ts'
import type { OrderbookDelta } from './protocol/messages/market-data.ts'
import type { ScanEngineOptions } from './scan/scan-engine.ts'
import { ScanEngine } from './scan/scan-engine.ts'
import type { RankTable, Scanner } from './scan/scanner.ts'
import type { SignalSink } from './scan/signal-sink.ts'

/** Follows what the tracker has seen; a live feed mends itself by it. It must not change anything below. */
export interface MessageObserver {
  /** A message that counts, not a duplicate, after the tracker has taken it. `now` is its receive time. */
  observe(message: Message, connection: number, now: Microseconds): void
  irregular(irregularity: Irregularity): void
}

/** Several observers as one, in their order. */
export function observers(...all: readonly MessageObserver[]): MessageObserver {
  return {
    observe(message, connection, now) {
      for (const observer of all) observer.observe(message, connection, now)
    },
    irregular(irregularity) {
      for (const observer of all) observer.irregular(irregularity)
    }
  }
}

/** How many markets are known at a time, unless it is told otherwise. */
export const MARKETS_MAX = 20_000

/** Tracker and scanners see the chosen markets only; sequence numbers are watched for all. */
export interface PipelineOptions
  extends Omit<MarketTrackerOptions, 'onForgotten'>, MarketChoiceOptions, Omit<ScanEngineOptions, 'onSignal'> {
  readonly scanners: readonly Scanner[]
  readonly sinks: readonly SignalSink[]
  /** Default: `MARKETS_MAX`. */
  readonly maxMarkets?: number
  readonly observer?: MessageObserver
  /** Called at each frame while the tracker is still as the frames before left it, and before any timer. */
  readonly onTime?: (now: Microseconds, time: Nanoseconds) => void
  readonly onFrame?: OnFrame
}

/**
 * Called after each frame, when the tracker has seen it. `isApplied` is false for a message that the tracker took no
 * more of than its place in the sequence: a duplicate, or one of a market that nobody asked for.
 */
export type OnFrame = (message: Message, isApplied: boolean, batch: FrameBatch, row: number) => void

/** The one path from a frame to a signal, live or replayed: a pure function of the frames. */
export class Pipeline implements FrameSink {
  readonly tracker: MarketTracker
  readonly #decoder: Decoder
  readonly #engine: ScanEngine
  readonly #sinks: readonly SignalSink[]
  readonly #choice: MarketChoice | undefined
  readonly #observer: MessageObserver | undefined
  readonly #onFrame: OnFrame | undefined
  readonly #onTime: PipelineOptions['onTime']
  /** Of the batch in hand, and the same as pairs of integers. */
  #receivedAt: BigInt64Array = new BigInt64Array(0)
  #halves: Uint32Array = new Uint32Array(0)
  #frames = 0
  #bytes = 0
  #now = 0 as Microseconds
  #lag: Microseconds | null = null

  constructor(options: PipelineOptions) {
    const { scanners, sinks } = options
    const markets = new MarketTable()
    const onSignal: ScanEngineOptions['onSignal'] = signal => {
      for (const sink of sinks) sink.accept(signal)
    }
    this.#decoder = new Decoder(markets)
    this.tracker = new MarketTracker(markets, {
      maxMarkets: MARKETS_MAX,
      ...options,
      onIrregularity: listenerOf(options),
      onForgotten: markets => this.#engine.forgot(markets)
    })
    this.#engine = new ScanEngine(scanners, this.tracker, { ...options, onSignal })
    this.#sinks = sinks
    this.#choice = MarketChoice.of(options)
    this.#observer = options.observer
    this.#onFrame = options.onFrame
    this.#onTime = options.onTime
  }

  get frames(): number {
    return this.#frames
  }

  /** Bytes of their payloads. */
  get bytes(): number {
    return this.#bytes
  }

  /** Receive time of the latest frame. */
  get now(): Microseconds {
    return this.#now
  }

  /** From the exchange's queue to here, by the latest frame that tells; it includes the difference of the two clocks. */
  get lag(): Microseconds | null {
    return this.#lag
  }

  get scannerFailures(): number {
    return this.#engine.failures
  }

  /** Signals are with the sinks when it returns; the promise is for sinks that must wait for their output. */
  async accept(batch: FrameBatch): Promise<void> {
    for (let row = 0; row < batch.length; row++) this.acceptRow(batch, row)
    this.#bytes += (batch.offsets[batch.length] ?? 0) - (batch.offsets[0] ?? 0)
    for (const sink of this.#sinks) await sink.flush()
  }

  /** One row of a batch, for who looks at the tracker after each. Signals stay with the sinks until the next `accept` or `close`. */
  acceptRow(batch: FrameBatch, row: number): void {
    if (batch.receivedAt !== this.#receivedAt) this.#lookAt(batch.receivedAt)
    const halves = this.#halves
    const time = microsecondsIn(halves, row)
    // A wall clock may be set back; below the feed time never runs backwards.
    if (time > this.#now) this.#now = time
    const now = this.#now
    this.#frames++
    if (this.#onTime !== undefined) this.#onTime(now, batch.receivedAt[row] ?? 0n)
    this.#engine.begin((halves[2 * row + 1] ?? 0) | 0, (halves[2 * row] ?? 0) | 0, now)
    const message = this.#decoder.decode(batch, row)
    const connection = batch.connection[row] ?? 0
    // Two ways for one thing: what is known to be a delta is an object of one shape.
    const isApplied =
      message.type === 'orderbook_delta'
        ? this.#applyDelta(message, connection, now)
        : this.#apply(message, connection, now)
    if (this.#onFrame !== undefined) this.#onFrame(message, isApplied, batch, row)
  }

  async close(): Promise<void> {
    for (const sink of this.#sinks) await sink.flush()
  }

  rank(top: number): { readonly scanner: string; readonly table: RankTable }[] {
    return this.#engine.rank(top)
  }

  #lookAt(receivedAt: BigInt64Array): void {
    this.#receivedAt = receivedAt
    this.#halves = halvesOf(receivedAt)
  }

  #applyDelta(message: OrderbookDelta, connection: number, now: Microseconds): boolean {
    if (message.sentAt !== null) this.#lag = (now - message.sentAt) as Microseconds
    const isShown = this.#choice === undefined || this.#choice.wants(message.market, message.marketTicker)
    const counts = isShown
      ? this.tracker.applyDelta(message, connection, now)
      : this.tracker.follow(message, connection, now)
    if (!counts) return false
    if (isShown) this.#engine.offer(message)
    this.#observer?.observe(message, connection, now)
    return isShown
  }

  #apply(message: Message, connection: number, now: Microseconds): boolean {
    if (message.sentAt !== null) this.#lag = (now - message.sentAt) as Microseconds
    const shown = this.#choice === undefined ? message : this.#choice.shown(message)
    const counts =
      shown === null ? this.tracker.follow(message, connection, now) : this.tracker.apply(shown, connection, now)
    if (!counts) return false
    if (shown !== null) this.#engine.offer(shown)
    this.#observer?.observe(message, connection, now)
    return shown !== null
  }
}

function listenerOf({ onIrregularity, observer }: PipelineOptions): (irregularity: Irregularity) => void {
  return irregularity => {
    onIrregularity?.(irregularity)
    observer?.irregular(irregularity)
  }
}

/** Drives a feed into its sinks, in their order, until it ends; closes them all, whatever happens. */
export async function run(feed: Feed, sinks: readonly FrameSink[]): Promise<void> {
  const errors: unknown[] = []
  try {
    for await (const batch of feed) for (const sink of sinks) await sink.accept(batch)
  } catch (error) {
    errors.push(error)
  }
  for (const sink of sinks) await sink.close().catch((error: unknown) => errors.push(error))
  if (errors.length > 0) throw errors[0]
}
