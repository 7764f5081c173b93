import { setTimeout as delay } from 'node:timers/promises'
import type { Feed, Frame } from '../../src/core/frame.ts'
import { framesOf } from '../../src/core/frame.ts'
import { systemClock } from '../../src/core/clock.ts'
import type { Nanoseconds } from '../../src/core/time.ts'
import { priceOf } from '../../src/core/units.ts'
import type { FaultEntry } from '../../src/exchange/faults/fault-entry.ts'
import { parseFault } from '../../src/exchange/faults/fault-language.ts'
import { PracticeExchange } from '../../src/exchange/practice-exchange.ts'
import type { LiveEvent } from '../../src/live/live-event.ts'
import { LiveFeed } from '../../src/live/live-feed.ts'
import type { Irregularity } from '../../src/market/irregularity.ts'
import type { MarketTracker } from '../../src/market/market-tracker.ts'
import { Pipeline, run } from '../../src/pipeline.ts'
import { openRecording } from '../../src/recording/recording.ts'
import { RecordingWriter } from '../../src/recording/recording-writer.ts'
import { ReplayFeed } from '../../src/replay/replay-feed.ts'
import { movers } from '../../src/scan/movers.ts'
import { opportunities } from '../../src/scan/opportunities.ts'
import { SignalText } from '../../src/sink/signal-text.ts'
import { DoubtProbe } from './doubt-probe.ts'
import { ConnectionAccount, recordedByConnection } from './fault-account.ts'
import { stopped, withoutDuplicates } from './feed-changes.ts'
import { HurriedClock } from './loopback.ts'
import type { SentFrames } from './sent-frames.ts'
import { listen } from './sent-frames.ts'

export interface FaultCase {
  /** On the command line of the exchange. */
  readonly faults: readonly string[]
  /** By control calls, once all is well and has been for a while. */
  readonly injected?: readonly string[]
  /** Times that the connection is lost because of it. Default: 0. */
  readonly reconnects?: number
  /** Entries of the log after which it is over. Default: 1. */
  readonly entries?: number
  readonly connections?: number
  /** The ticker channel has no `seq`, so that a frame of it which was changed cannot be told from the next. */
  readonly withTicker?: boolean
  readonly silenceSecondsMax?: number
}

/** What has become of a feed that a fault was done to. */
export interface Aftermath {
  readonly log: readonly FaultEntry[]
  readonly events: readonly LiveEvent[]
  readonly irregularities: readonly Irregularity[]
  readonly accounts: readonly ConnectionAccount[]
  readonly probe: DoubtProbe
  /** Books that were not fresh and equal to the exchange's: live, and after a replay up to the same moment. */
  readonly wrongBooks: { readonly live: readonly string[]; readonly replayed: readonly string[] }
  readonly signals: { readonly live: string; readonly replayed: string; readonly withoutDuplicates: string }
  readonly frames: readonly Frame[]
}

const MARKETS = 8
const PATIENCE_SECONDS = 25
/** So many frames after a fault has been done, and after all books are fresh again. */
const FRAMES_AFTER = 40
/** Nobody waits for longer than this, not even after a refusal. */
const MOMENT = 1_000

/** Runs a feed with a recording and scanners against an exchange with faults, until all is well again. */
export async function liveThrough(faultCase: FaultCase, directory: string, seed: number): Promise<Aftermath> {
  const life = await FaultyLife.begin(faultCase, directory, seed)
  try {
    await life.goThrough()
  } finally {
    await life.end()
  }
  return await life.aftermath()
}

class FaultyLife {
  readonly #case: FaultCase
  readonly #log: FaultEntry[]
  readonly #sent: SentFrames
  readonly #exchange: PracticeExchange
  readonly #feed: LiveFeed
  readonly #tickers: readonly string[]
  readonly #directory: string
  readonly #events: LiveEvent[]
  readonly #irregularities: Irregularity[] = []
  readonly #probe = new DoubtProbe()
  readonly #signals = new SignalText()
  readonly #pipeline: Pipeline
  readonly #running: Promise<void>
  #checkedAt: Nanoseconds = 0n
  #wrongBooks: readonly string[] = ['never compared']
  readonly #truths = new Map<string, string>()

  private constructor(
    faultCase: FaultCase,
    directory: string,
    parts: {
      readonly log: FaultEntry[]
      readonly sent: SentFrames
      readonly exchange: PracticeExchange
      readonly feed: LiveFeed
      readonly events: LiveEvent[]
      readonly writer: RecordingWriter
    }
  ) {
    this.#case = faultCase
    this.#directory = directory
    this.#log = parts.log
    this.#sent = parts.sent
    this.#exchange = parts.exchange
    this.#feed = parts.feed
    this.#events = parts.events
    this.#tickers = tickersOf(parts.exchange)
    this.#pipeline = new Pipeline({
      ...scanning(this.#signals),
      scanners: [...scanning(this.#signals).scanners, this.#probe],
      observer: parts.feed,
      onIrregularity: irregularity => {
        this.#irregularities.push(irregularity)
        this.#probe.irregular(irregularity)
      }
    })
    this.#running = run(parts.feed, [parts.writer, this.#pipeline])
    // It is waited for at the end.
    this.#running.catch(() => {})
  }

  static async begin(faultCase: FaultCase, directory: string, seed: number): Promise<FaultyLife> {
    const log: FaultEntry[] = []
    const note = (entry: object) => log.push(entry as FaultEntry)
    const sent = listen(note)
    // Without any fault there is no place from which to listen.
    const faults = [...faultCase.faults, 'wrong-clock=1h@1h'].map(parseFault)
    const exchange = await PracticeExchange.start({
      clock: systemClock(),
      seed,
      markets: MARKETS,
      rate: 100,
      roundLength: 1_000_000,
      heartbeatSeconds: 0.2,
      faults: { faults, seed, log: note }
    })
    const events: LiveEvent[] = []
    const { connections = 1, withTicker = true, silenceSecondsMax = 20 } = faultCase
    const market_tickers = [...tickersOf(exchange)]
    const clock = new HurriedClock(MOMENT)
    const feed = await LiveFeed.connect({
      url: exchange.url,
      clock,
      connections,
      silenceSecondsMax,
      random: () => 0,
      subscriptions: [
        { channels: ['orderbook_delta'], market_tickers, use_yes_price: false },
        { channels: ['trade'], market_tickers },
        ...(withTicker ? [{ channels: ['ticker'], market_tickers, send_initial_snapshot: true }] : []),
        { channels: ['market_lifecycle_v2'] }
      ],
      onEvent: event => events.push(event)
    })
    const session = {
      version: '0',
      source: { type: 'live' as const, url: exchange.url, environment: 'custom' },
      filtered: false,
      channels: [],
      markets: [],
      counters: {}
    }
    const writer = await RecordingWriter.create(directory, { clock, session })
    return new FaultyLife(faultCase, directory, { log, sent, exchange, feed, events, writer })
  }

  async goThrough(): Promise<void> {
    const { injected = [], entries = 1, reconnects = 0 } = this.#case
    if (injected.length > 0) await this.#goOn(2 * FRAMES_AFTER)
    for (const fault of injected) await this.#inject(fault)
    const done = () => this.#log.filter(({ phase }) => phase !== 'begin').length >= entries
    await this.#until('the fault is done', done)
    await this.#until('the connection is back', () => this.#count('reconnect') >= reconnects)
    await this.#goOn(FRAMES_AFTER)
    await this.#until('all books are fresh', () => this.#tickers.every(ticker => this.#isFresh(ticker)))
    await this.#goOn(FRAMES_AFTER)
    this.#exchange.pause()
    for (const ticker of this.#tickers) this.#truths.set(ticker, truthOf(this.#exchange, ticker))
    const compare = () => {
      this.#wrongBooks = this.#compare(this.#pipeline.tracker)
      return this.#wrongBooks.length === 0
    }
    // What differs then is told by the test.
    await this.#until('all books are equal', compare).catch(() => {})
    this.#checkedAt = BigInt(this.#pipeline.now) * 1_000n + 999n
  }

  async end(): Promise<void> {
    this.#feed.stop()
    await this.#running
    await this.#exchange.close()
  }

  async aftermath(): Promise<Aftermath> {
    const frames: Frame[] = []
    const recording = await openRecording(this.#directory)
    for await (const batch of recording.batches()) frames.push(...framesOf(batch))
    let replayedBooks: readonly string[] = ['never compared']
    const replayed = await this.#replay((feed, { tracker }) => {
      return stopped(feed, this.#checkedAt, () => (replayedBooks = this.#compare(tracker)))
    })
    const hasDuplicates = this.#irregularities.some(({ type }) => type === 'duplicate')
    return {
      log: this.#log,
      events: this.#events,
      irregularities: this.#irregularities,
      accounts: [...recordedByConnection(frames)].map(([connection, recorded]) => {
        return new ConnectionAccount(connection, recorded, this.#sent, this.#log)
      }),
      probe: this.#probe,
      wrongBooks: { live: this.#wrongBooks, replayed: replayedBooks },
      signals: {
        live: this.#signals.text,
        replayed,
        withoutDuplicates: hasDuplicates ? await this.#replay(withoutDuplicates) : replayed
      },
      frames
    }
  }

  /** The signals of a replay that passes through something on its way. */
  async #replay(passing: (feed: Feed, pipeline: Pipeline) => Feed): Promise<string> {
    const signals = new SignalText()
    const pipeline = new Pipeline(scanning(signals))
    const recording = await openRecording(this.#directory)
    await run(passing(new ReplayFeed([recording], { clock: systemClock() }), pipeline), [pipeline])
    return signals.text
  }

  #compare(tracker: MarketTracker): string[] {
    return this.#tickers.flatMap(ticker => {
      const state = tracker.byTicker(ticker)?.bookState
      if (state !== 'fresh') return [`${ticker} is ${state}`]
      const book = bookOf(tracker, ticker)
      const truth = this.#truths.get(ticker)
      return book === truth ? [] : [`${ticker} is ${book}, not ${truth}`]
    })
  }

  #isFresh(ticker: string): boolean {
    return this.#pipeline.tracker.byTicker(ticker)?.bookState === 'fresh'
  }

  #count(type: LiveEvent['type']): number {
    return this.#events.filter(event => event.type === type).length
  }

  async #goOn(frames: number): Promise<void> {
    const wanted = this.#pipeline.frames + frames
    await this.#until(`${frames} more frames have come`, () => this.#pipeline.frames >= wanted)
  }

  async #inject(fault: string): Promise<void> {
    const control = `http://127.0.0.1:${this.#exchange.port}/control/fault`
    const response = await fetch(control, { method: 'POST', body: JSON.stringify({ fault }) })
    if (!response.ok) throw new Error(await response.text())
  }

  async #until(what: string, isSo: () => boolean): Promise<void> {
    const end = performance.now() + PATIENCE_SECONDS * 1_000
    while (!isSo()) {
      if (performance.now() > end) {
        throw new Error(`waited in vain until ${what}: ${JSON.stringify([this.#log, this.#events]).slice(0, 2_000)}`)
      }
      await delay(20)
    }
  }
}

function tickersOf(exchange: PracticeExchange): readonly string[] {
  return exchange.tickers().slice(0, MARKETS)
}

/** Sensitive enough to find something in a few seconds. */
function scanning(sink: SignalText) {
  return { scanners: [movers({ minChange: priceOf(10) }), opportunities()], sinks: [sink] }
}

function truthOf(exchange: PracticeExchange, ticker: string): string {
  const { yes = [], no = [] } = exchange.book(ticker) ?? {}
  return JSON.stringify({ yes, no })
}

function bookOf(tracker: MarketTracker, ticker: string): string {
  const { book } = tracker.byTicker(ticker) ?? {}
  const sideOf = (side: 'yes' | 'no') =>
    book
      ?.levels(side)
      .map(({ price, count }) => [price, count])
      .toReversed() ?? []
  return JSON.stringify({ yes: sideOf('yes'), no: sideOf('no') })
}
