import type { Clock } from '../../core/clock.ts'
import type { FrameBatch } from '../../core/frame.ts'
import type { Nanoseconds } from '../../core/time.ts'
import { formatTime } from '../../core/time.ts'
import type { Recording } from '../../recording/recording.ts'
import { firstReceivedAt } from '../../recording/recording.ts'
import type { OnFault } from '../../recording/segment-fault.ts'
import { ReplayFeed } from '../../replay/replay-feed.ts'
import type { Speed } from '../../replay/schedule.ts'
import { resolveTime } from '../../replay/time-range.ts'
import type { Audience } from '../audience.ts'
import type { BookTruth } from '../book-truth.ts'
import type { Era } from '../era.ts'
import type { Playback, PlaybackStatus } from '../playback.ts'
import type { Publication } from '../publication.ts'
import type { WireTime } from '../wire-time.ts'
import { wireTime } from '../wire-time.ts'
import { RecordedDirectory } from './recorded-directory.ts'
import { RecordedMarkets } from './recorded-markets.ts'
import { Router } from './router.ts'

export interface RecordedPlaybackOptions {
  readonly clock: Clock
  readonly speed?: Speed
  /** RFC 3339, Unix seconds, or an offset such as `+5m`: what lies before it is not served but has happened. */
  readonly from?: string | undefined
  /** What becomes of the connections when all has been served. */
  readonly atEnd?: AtEnd
  readonly onFault?: OnFault | undefined
}

export type AtEnd = 'hold' | 'close' | 'loop'

const NORMAL_CLOSURE = 1000

/** The markets of recordings, merged by receive time, in the frames in which the exchange told of them. */
export class RecordedPlayback implements Playback {
  readonly directory: RecordedDirectory
  readonly #recordings: readonly Recording[]
  readonly #clock: Clock
  readonly #start: Nanoseconds
  /** Where the first pass begins, and every other after a loop. */
  readonly #from: Nanoseconds
  readonly #onFault: OnFault | undefined
  readonly #atEnd: AtEnd
  readonly #markets: RecordedMarkets
  readonly #steps: (() => void)[] = []
  #speed: Speed
  #isPaused = false
  #isOver = false
  /** Rows that have happened, served or not. */
  #rows = 0
  #position: Nanoseconds
  #loops = 0
  #pass = new AbortController()
  #feed: ReplayFeed | undefined
  #router: Router | undefined
  #audience: Audience | undefined
  #playing: Promise<void> = Promise.resolve()
  #jumping: Promise<void> = Promise.resolve()
  #jumps = 0

  private constructor(
    recordings: readonly Recording[],
    start: Nanoseconds,
    { clock, speed = 1, from, atEnd = 'hold', onFault }: RecordedPlaybackOptions
  ) {
    this.#recordings = recordings
    this.#clock = clock
    this.#start = start
    this.#from = from === undefined ? start : resolveTime(from, start)
    this.#position = this.#from
    this.#onFault = onFault
    this.#speed = speed
    this.#atEnd = atEnd
    this.#markets = new RecordedMarkets(recordings, clock, {
      onHold: () => this.#feed?.pause(),
      onRelease: () => this.#letGo()
    })
    this.directory = new RecordedDirectory(this.#markets)
    if (this.#from > start) this.#jumpTo(this.#from)
  }

  /** Opens what plays these recordings, as often as it is called. Refuses a time that cannot be read. */
  static async prepare(
    recordings: readonly Recording[],
    options: RecordedPlaybackOptions
  ): Promise<() => RecordedPlayback> {
    const starts = await Promise.all(recordings.map(firstReceivedAt))
    const start = starts.filter(time => time !== undefined).reduce((a, b) => (a < b ? a : b), starts[0] ?? 0n)
    if (options.from !== undefined) resolveTime(options.from, start)
    return () => new RecordedPlayback(recordings, start, options)
  }

  get era(): Era {
    return this.#markets.era
  }

  now(): WireTime {
    return wireTime(this.#position)
  }

  tickers(): readonly string[] {
    return this.#markets.tickers()
  }

  /** What will come is not known yet: a market that never does stays silent. */
  has(): boolean {
    return true
  }

  tickerOf(marketId: string): string | undefined {
    return this.#markets.tickerOf(marketId)
  }

  book(ticker: string): Publication | undefined {
    return this.#markets.book(ticker, this.now())
  }

  quote(ticker: string): Publication | undefined {
    return this.#markets.quote(ticker, this.now())
  }

  truth(ticker: string): BookTruth | undefined {
    return this.#markets.truth(ticker)
  }

  whenSettled(act: () => void): void {
    if (this.#jumps > 0) void this.#afterJumps(act)
    else this.#markets.whenSettled(this.#rows, act)
  }

  pause(): void {
    this.#isPaused = true
    this.#feed?.pause()
  }

  resume(): void {
    this.#isPaused = false
    this.#letGo()
  }

  /** A frame of the recording is a step, also one that is not served. */
  async step(): Promise<void> {
    this.pause()
    await new Promise<void>(resolve => this.whenSettled(resolve))
    if (this.#feed === undefined || this.#isOver) return
    await new Promise<void>(resolve => {
      this.#steps.push(resolve)
      this.#feed?.step()
    })
  }

  setSpeed(speed: Speed): void {
    this.#speed = speed
    this.#feed?.setSpeed(speed)
  }

  async seek(to: string): Promise<void> {
    this.#jumpTo(resolveTime(to, this.#start))
    await this.#jumping
  }

  status(): PlaybackStatus {
    const { gaps = 0, duplicates = 0, foreign = 0, unreadable = 0 } = this.#router?.counts ?? {}
    return {
      source: 'recording',
      position: formatTime(this.#position),
      speed: this.#speed === 'max' ? 'max' : `${this.#speed}x`,
      isPaused: this.#isPaused,
      isOver: this.#isOver,
      counters: { rows: this.#rows, loops: this.#loops, gaps, duplicates, foreign, unreadable }
    }
  }

  async run(audience: Audience, signal: AbortSignal): Promise<void> {
    this.#audience = audience
    const interrupt = () => this.#pass.abort()
    signal.addEventListener('abort', interrupt)
    while (!signal.aborted) {
      await this.#jumping
      this.#playing = this.#playOn(audience)
      await this.#playing
      if (!this.#pass.signal.aborted) await this.#end(audience)
    }
  }

  async close(): Promise<void> {
    await this.#jumping
    await this.#markets.close()
  }

  /** Serves what has not happened yet, until the end or until the pass is broken off. */
  async #playOn(audience: Audience): Promise<void> {
    const { signal } = this.#pass
    const feed = new ReplayFeed(this.#recordings, {
      clock: this.#clock,
      speed: this.#speed,
      from: this.#position,
      signal,
      ...(this.#onFault === undefined ? {} : { onFault: this.#onFault })
    })
    const router = new Router(connection => feed.isFiltered(connection))
    this.#feed = feed
    this.#router = router
    if (this.#isPaused || this.#markets.isHolding) feed.pause()
    let read = 0
    for await (const batch of feed) {
      const row = Math.min(batch.length, Math.max(0, this.#rows - read))
      for (let passed = 0; passed < row; passed++) router.route(batch, passed)
      read += batch.length
      if (row === batch.length) continue
      this.#serve(batch, row, router, audience)
      for (const done of this.#steps.splice(0)) done()
      if (this.#speed === 'max') await audience.drained(signal)
    }
  }

  /** Who does not keep up with the time of day is cut off; at full speed there is nothing to keep up with: it is waited for. */
  #serve(batch: FrameBatch, from: number, router: Router, audience: Audience): void {
    const isLive = this.#speed !== 'max'
    if (isLive) audience.dropSlow()
    audience.hold()
    for (let row = from; row < batch.length; row++) {
      const publication = router.route(batch, row)
      if (publication !== undefined) audience.publish(publication)
    }
    audience.flush()
    if (isLive) this.#markets.follow(batch, from, this.#rows)
    this.#rows += batch.length - from
    this.#position = batch.receivedAt[batch.length - 1] ?? this.#position
  }

  async #end(audience: Audience): Promise<void> {
    for (const done of this.#steps.splice(0)) done()
    if (this.#atEnd === 'loop' && this.#rows > 0) {
      this.#loops++
      this.#jumpTo(this.#from)
      return
    }
    this.#isOver = true
    if (this.#atEnd === 'close') audience.close(NORMAL_CLOSURE)
    const { signal } = this.#pass
    if (!signal.aborted) await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }))
  }

  /** Commands wait until all jumps are over. */
  #jumpTo(time: Nanoseconds): void {
    this.#jumps++
    this.#jumping = this.#jumpAfter(this.#jumping, time)
  }

  async #jumpAfter(others: Promise<void>, time: Nanoseconds): Promise<void> {
    await others
    await this.#jump(time)
    this.#jumps--
  }

  async #afterJumps(act: () => void): Promise<void> {
    await this.#jumping
    this.whenSettled(act)
  }

  /** Breaks off the pass; the next one begins at a time, with books as they were then. */
  async #jump(time: Nanoseconds): Promise<void> {
    this.#pass.abort()
    await this.#playing
    if (this.#markets.isHolding) await new Promise<void>(resolve => this.#markets.whenSettled(this.#rows, resolve))
    this.#rows = await rowsBefore(time, this.#recordings, this.#clock)
    this.#position = time > this.#start ? time : this.#start
    this.#isOver = false
    await this.#markets.restart()
    this.#pass = new AbortController()
    const audience = this.#audience
    if (audience === undefined || audience.size === 0) return
    await new Promise<void>(resolve => this.#markets.whenSettled(this.#rows, resolve))
    audience.renewBooks()
  }

  #letGo(): void {
    if (!this.#isPaused && !this.#markets.isHolding) this.#feed?.resume()
  }
}

async function rowsBefore(time: Nanoseconds, recordings: readonly Recording[], clock: Clock): Promise<number> {
  let rows = 0
  for await (const batch of new ReplayFeed(recordings, { clock })) {
    const row = batch.receivedAt.subarray(0, batch.length).findIndex(receivedAt => receivedAt >= time)
    if (row >= 0) return rows + row
    rows += batch.length
  }
  return rows
}
