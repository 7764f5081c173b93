import type { Clock } from '../../core/clock.ts'
import type { FrameBatch } from '../../core/frame.ts'
import type { Microseconds } from '../../core/time.ts'
import type { Count, Price } from '../../core/units.ts'
import { countOf, ONE_DOLLAR, priceOf } from '../../core/units.ts'
import type { Market } from '../../market/market.ts'
import type { MarketTracker } from '../../market/market-tracker.ts'
import type { Side } from '../../protocol/messages/envelope.ts'
import type { Level } from '../../protocol/messages/market-data.ts'
import type { Recording } from '../../recording/recording.ts'
import type { BookTruth, PriceAndCount } from '../book-truth.ts'
import type { Change } from '../change.ts'
import type { Era } from '../era.ts'
import type { Publication } from '../publication.ts'
import { ChangePublication } from '../publication.ts'
import type { WireTime } from '../wire-time.ts'
import type { FollowedTrade } from './market-follower.ts'
import { MarketFollower } from './market-follower.ts'

export interface HoldCallbacks {
  /** Nothing further may be served until the release. */
  readonly onHold: () => void
  readonly onRelease: () => void
}

/** What is known of recorded markets after the rows so far. Nothing is made up: a book that is stale is none. */
export class RecordedMarkets {
  readonly #recordings: readonly Recording[]
  readonly #clock: Clock
  readonly #callbacks: HoldCallbacks
  readonly #waiting: (() => void)[] = []
  #follower: MarketFollower
  #isHolding = false

  constructor(recordings: readonly Recording[], clock: Clock, callbacks: HoldCallbacks) {
    this.#recordings = recordings
    this.#clock = clock
    this.#callbacks = callbacks
    this.#follower = new MarketFollower(recordings, clock)
  }

  get era(): Era {
    return this.#follower.era
  }

  get tracker(): MarketTracker {
    return this.#follower.tracker
  }

  get now(): Microseconds {
    return this.#follower.now
  }

  get trades(): readonly FollowedTrade[] {
    return this.#follower.trades
  }

  /** Whether something waits for the state to be that after the last row. */
  get isHolding(): boolean {
    return this.#isHolding
  }

  tickers(): readonly string[] {
    return Array.from(this.tracker.markets(), market => market.ticker)
  }

  tickerOf(id: string): string | undefined {
    return this.#follower.tickerOf(id)
  }

  truth(ticker: string): BookTruth | undefined {
    const market = this.tracker.byTicker(ticker)
    if (market?.bookState !== 'fresh') return undefined
    return { yes: ascending(market, 'yes').map(toPair), no: ascending(market, 'no').map(toPair) }
  }

  book(ticker: string, now: WireTime): Publication | undefined {
    const market = this.tracker.byTicker(ticker)
    if (market?.bookState !== 'fresh') return undefined
    return this.#publicationOf(
      {
        type: 'orderbook_snapshot',
        market: this.#nameOf(market),
        yes: ascending(market, 'yes'),
        no: ascending(market, 'no')
      },
      now
    )
  }

  quote(ticker: string, now: WireTime): Publication | undefined {
    const market = this.tracker.byTicker(ticker)
    if (market?.latestTicker === null || market?.tickerState !== 'fresh') return undefined
    const { price, yesBid, yesAsk, yesBidSize, yesAskSize, openInterest } = market.latestTicker
    return this.#publicationOf(
      {
        type: 'ticker',
        market: this.#nameOf(market),
        lastPrice: price,
        lastCount: market.lastTrade?.count ?? NOTHING,
        yesBid: yesBid ?? NO_BID,
        yesBidSize: yesBidSize ?? NOTHING,
        yesAsk: yesAsk ?? ONE_DOLLAR,
        yesAskSize: yesAskSize ?? NOTHING,
        volume: market.volume,
        openInterest: openInterest ?? NOTHING
      },
      now
    )
  }

  /** Takes rows that are being served, if the state is in step with them; else they are read when somebody asks. */
  follow(batch: FrameBatch, from: number, rows: number): void {
    if (this.#follower.applied !== rows) return
    for (let row = from; row < batch.length; row++) this.#follower.apply(batch, row)
  }

  /** Calls back when the state is that after so many rows, which are all that have been served. */
  whenSettled(rows: number, act: () => void): void {
    if (this.#follower.applied === rows && this.#waiting.length === 0) {
      act()
      return
    }
    this.#waiting.push(act)
    if (this.#isHolding) return
    this.#isHolding = true
    this.#callbacks.onHold()
    void this.#settle(rows)
  }

  /** Forgets all: the recordings are played from another row on. */
  async restart(): Promise<void> {
    const before = this.#follower
    this.#follower = new MarketFollower(this.#recordings, this.#clock)
    await before.close()
  }

  async close(): Promise<void> {
    await this.#follower.close()
  }

  async #settle(rows: number): Promise<void> {
    await this.#follower.catchUp(rows)
    for (let act = this.#waiting.shift(); act !== undefined; act = this.#waiting.shift()) act()
    this.#isHolding = false
    this.#callbacks.onRelease()
  }

  #nameOf({ ticker }: Market): { readonly ticker: string; readonly id: string } {
    return { ticker, id: this.#follower.idOf(ticker) }
  }

  #publicationOf(change: Change, now: WireTime): Publication {
    return new ChangePublication(change, now, { changesPerSecond: 1, era: this.era })
  }
}

const NO_BID: Price = priceOf(0)
const NOTHING: Count = countOf(0)

/** The tracker gives the best first. */
function ascending(market: Market, side: Side): readonly Level[] {
  return [...market.book.levels(side)].reverse()
}

function toPair({ price, count }: Level): PriceAndCount {
  return [price, count]
}
