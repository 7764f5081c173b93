import type { Clock } from '../core/clock.ts'
import { KwsError } from '../core/errors.ts'
import { formatTime } from '../core/time.ts'
import type { Level } from '../protocol/messages/market-data.ts'
import type { Speed } from '../replay/schedule.ts'
import type { Audience } from './audience.ts'
import type { BookTruth, PriceAndCount } from './book-truth.ts'
import type { Change } from './change.ts'
import type { Era } from './era.ts'
import { keepPace } from './pace.ts'
import type { Playback, PlaybackStatus } from './playback.ts'
import type { Publication } from './publication.ts'
import { ChangePublication } from './publication.ts'
import { SyntheticDirectory } from './synthetic-directory.ts'
import type { SyntheticExchangeOptions } from './synthetic-exchange.ts'
import { SyntheticExchange } from './synthetic-exchange.ts'
import type { WireTime } from './wire-time.ts'
import { wireTime } from './wire-time.ts'

export interface SyntheticPlaybackOptions extends SyntheticExchangeOptions {
  readonly clock: Clock
  /** Changes per second over all markets, each of which is one frame to whoever has subscribed to it. */
  readonly rate: number
  readonly era: Era
}

/** Invented markets, which trade by the clock of the machine. */
export class SyntheticPlayback implements Playback {
  readonly era: Era
  readonly directory: SyntheticDirectory
  readonly #clock: Clock
  readonly #rate: number
  /** What closing times are foretold from; markets that stand still must close some time too. */
  readonly #changesPerSecond: number
  readonly #markets: SyntheticExchange
  #speed = 1
  #isPaused = false
  #audience: Audience | undefined

  constructor(options: SyntheticPlaybackOptions) {
    this.#clock = options.clock
    this.#rate = options.rate
    this.#changesPerSecond = Math.max(1, options.rate)
    this.era = options.era
    this.#markets = new SyntheticExchange(options)
    this.directory = new SyntheticDirectory(this.#markets, {
      clock: this.#clock,
      changesPerSecond: this.#changesPerSecond
    })
  }

  /** Changes of the markets, whether or not somebody had subscribed to them. */
  get changes(): number {
    return this.#markets.changes
  }

  now(): WireTime {
    return wireTime(this.#clock.wall())
  }

  tickers(): readonly string[] {
    return this.#markets.tickers()
  }

  has(ticker: string): boolean {
    return this.#markets.find(ticker) !== undefined
  }

  tickerOf(marketId: string): string | undefined {
    return this.tickers().find(ticker => this.#markets.find(ticker)?.name.id === marketId)
  }

  book(ticker: string): Publication | undefined {
    return this.#stateOf(this.#markets.find(ticker)?.book())
  }

  quote(ticker: string): Publication | undefined {
    return this.#stateOf(this.#markets.find(ticker)?.quote())
  }

  whenSettled(act: () => void): void {
    act()
  }

  truth(ticker: string): BookTruth | undefined {
    const book = this.#markets.find(ticker)?.book()
    return book && { yes: book.yes.map(toPair), no: book.no.map(toPair) }
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
  }

  async step(): Promise<void> {
    this.pause()
    await Promise.resolve()
    if (this.#audience === undefined) return
    this.#audience.hold()
    this.#advance(this.#audience)
    this.#audience.flush()
  }

  setSpeed(speed: Speed): void {
    if (speed === 'max') throw new KwsError('usage', 'synthetic markets have no greatest speed: write one such as 10x')
    this.#speed = speed
  }

  async seek(): Promise<void> {
    await Promise.reject(new KwsError('usage', 'synthetic markets cannot go to another time: serve a recording'))
  }

  status(): PlaybackStatus {
    return {
      source: 'synthetic',
      position: formatTime(this.#clock.wall()),
      speed: `${this.#speed}x`,
      isPaused: this.#isPaused,
      isOver: false,
      counters: { changes: this.changes, markets: this.tickers().length }
    }
  }

  async run(audience: Audience, signal: AbortSignal): Promise<void> {
    this.#audience = audience
    const currentRate = () => this.#rate * this.#speed
    await keepPace({
      clock: this.#clock,
      get rate() {
        return currentRate()
      },
      signal,
      isPaused: () => this.#isPaused,
      beforeBurst: () => {
        audience.dropSlow()
        audience.hold()
      },
      produce: () => this.#advance(audience),
      afterBurst: () => audience.flush()
    })
  }

  async close(): Promise<void> {
    await Promise.resolve()
  }

  #advance(audience: Audience): number {
    const now = this.now()
    const changes = this.#markets.advance()
    for (const change of changes) this.#publish(change, now, audience)
    return changes.length
  }

  #publish(change: Change, now: WireTime, audience: Audience): void {
    this.directory.accept(change, now)
    if (audience.size === 0) return
    audience.publish(this.#publicationOf(change, now))
    if (change.type === 'market_lifecycle_v2' && change.eventType === 'settled') audience.forget(change.market.ticker)
  }

  #stateOf(state: Change | undefined): Publication | undefined {
    return state && this.#publicationOf(state, this.now())
  }

  #publicationOf(change: Change, now: WireTime): Publication {
    return new ChangePublication(change, now, { changesPerSecond: this.#changesPerSecond, era: this.era })
  }
}

function toPair({ price, count }: Level): PriceAndCount {
  return [price, count]
}
