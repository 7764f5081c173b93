import type { Count, Price } from '../core/units.ts'
import { complement, countOf, ONE_DOLLAR, priceOf } from '../core/units.ts'
import type { Side } from '../protocol/messages/envelope.ts'
import { BidSide } from './bid-side.ts'
import type { BookChanged, BookReplaced, Change, MarketName, QuoteChanged } from './change.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { TickGrid } from './tick-grid.ts'
import { tickBelow } from './tick-grid.ts'

/** The shares that make a stream of about 86 % deltas, 7 % tickers and 6 % trades. */
const TAKER_SHARE = 0.052
const TICKER_SHARE_AFTER_TRADE = 0.5
const TICKER_SHARE_AFTER_TOUCH = 0.14
const SWEEP_LEVELS_MAX = 4
/** How far from the touch an order rests or is cancelled, in ticks. */
const MEAN_DISTANCE = 2.5
const FRACTIONAL_SHARE = 0.2

const LOWEST_FAIR = 200
const HIGHEST_FAIR = 9_800
/** The fair value's largest step, in 1e-4 dollar. */
const FAIR_STEP = 30
const FAIR_STEP_SHARE = 0.2

const SIDES = ['yes', 'no'] as const

/**
 * One market of the practice exchange. Its fair value wanders; resting orders come and go a little below it on both
 * sides, takers hit what rests. What it does depends on the random numbers alone, never on time.
 */
export class SyntheticMarket {
  readonly name: MarketName
  readonly grid: TickGrid
  readonly #bids: Readonly<Record<Side, BidSide>>
  /** Around which the contracts resting on a side swing, in hundredths. */
  readonly #depth: number
  #fair: Price
  #lastPrice: Price | null = null
  #lastCount = countOf(0)
  #volume = 0
  #openInterest = 0

  constructor(ticker: string, grid: TickGrid, random: SeededRandom) {
    this.name = { ticker, id: random.uuid() }
    this.grid = grid
    this.#bids = { yes: new BidSide(grid), no: new BidSide(grid) }
    this.#depth = random.integer(100_000, 1_000_000)
    this.#fair = priceOf(random.integer(LOWEST_FAIR, HIGHEST_FAIR))
  }

  /** What happens next: one change of the book or the trades of one taker, and at times a ticker that tells of it. */
  act(random: SeededRandom): readonly Change[] {
    if (random.chance(FAIR_STEP_SHARE)) this.#wander(random)
    const taken = random.chance(TAKER_SHARE) ? this.#take(random) : []
    if (taken.length > 0) {
      return random.chance(TICKER_SHARE_AFTER_TRADE) ? [...taken, this.quote()] : taken
    }
    const top = this.#bids.yes.best + this.#bids.no.best
    const change = this.#placeOrCancel(random)
    const touched = top !== this.#bids.yes.best + this.#bids.no.best || this.#isAtTouch(change)
    return touched && random.chance(TICKER_SHARE_AFTER_TOUCH) ? [change, this.quote()] : [change]
  }

  /** The order book as it is now. */
  book(): BookReplaced {
    const { yes, no } = this.#bids
    return { type: 'orderbook_snapshot', market: this.name, yes: yes.levels(), no: no.levels() }
  }

  /** The ticker as it is now. */
  quote(): QuoteChanged {
    const { yes, no } = this.#bids
    return {
      type: 'ticker',
      market: this.name,
      lastPrice: this.#lastPrice,
      lastCount: this.#lastCount,
      yesBid: this.#priceAt(yes.best),
      yesBidSize: yes.countAt(yes.best),
      yesAsk: complement(this.#priceAt(no.best)),
      yesAskSize: no.countAt(no.best),
      volume: countOf(this.#volume),
      openInterest: countOf(this.#openInterest)
    }
  }

  /** Cancels all that rests, which the exchange does soon after a market has closed. */
  empty(): void {
    this.#bids.yes.clear()
    this.#bids.no.clear()
  }

  /** The outcome: as likely to be yes as the fair value says. */
  determine(random: SeededRandom): Side {
    return random.integer(0, ONE_DOLLAR - 1) < this.#fair ? 'yes' : 'no'
  }

  #wander(random: SeededRandom): void {
    const fair = this.#fair + random.integer(-FAIR_STEP, FAIR_STEP)
    this.#fair = priceOf(Math.min(HIGHEST_FAIR, Math.max(LOWEST_FAIR, fair)))
  }

  #placeOrCancel(random: SeededRandom): BookChanged {
    const side = random.choice(SIDES)
    const bids = this.#bids[side]
    if (this.#isStale(side) && random.chance(0.5)) return this.#remove(side, bids.best, bids.countAt(bids.best))
    const isThin = bids.total < this.#depth * (0.5 + random.fraction())
    return isThin ? this.#place(side, random) : this.#cancel(side, random)
  }

  /** A bid must stay below the complement of the best opposite bid: the book is never crossed or locked. */
  #place(side: Side, random: SeededRandom): BookChanged {
    const top = this.grid.prices.length - 2
    const limit = Math.min(top, top - this.#bids[opposite(side)].best)
    const wanted = this.#fairTick(side) - random.exponential(MEAN_DISTANCE)
    return this.#changeBook(side, Math.max(0, Math.min(limit, wanted)), this.#orderCount(random))
  }

  #cancel(side: Side, random: SeededRandom): BookChanged {
    const bids = this.#bids[side]
    let tick = bids.best
    for (let steps = random.exponential(MEAN_DISTANCE); steps > 0; steps--) {
      const below = bids.bidBelow(tick)
      if (below < 0) break
      tick = below
    }
    const count = bids.countAt(tick)
    return this.#remove(side, tick, random.chance(0.5) ? count : random.integer(1, count))
  }

  /** A taker of one side at p takes the resting bids of the other at 1 − p, the best first (section 11.3). */
  #take(random: SeededRandom): Change[] {
    const side = this.#isStale('no') ? 'yes' : this.#isStale('yes') ? 'no' : random.choice(SIDES)
    const resting = this.#bids[opposite(side)]
    const changes: Change[] = []
    let wanted = this.#orderCount(random)
    for (let levels = 0; levels < SWEEP_LEVELS_MAX && wanted > 0 && resting.best >= 0; levels++) {
      const tick = resting.best
      const count = countOf(Math.min(wanted, resting.countAt(tick)))
      changes.push(this.#trade(side, this.#priceAt(tick), count, random))
      changes.push(this.#remove(opposite(side), tick, count))
      wanted = countOf(wanted - count)
    }
    return changes
  }

  #trade(takerSide: Side, restingPrice: Price, count: Count, random: SeededRandom): Change {
    const yesPrice = takerSide === 'yes' ? complement(restingPrice) : restingPrice
    this.#lastPrice = yesPrice
    this.#lastCount = count
    this.#volume += count
    // Two who open add to the open interest, two who close take from it, and one of each leaves it as it is.
    const kind = random.fraction()
    if (kind < 0.6) this.#openInterest += count
    else if (kind < 0.8) this.#openInterest = Math.max(0, this.#openInterest - count)
    return { type: 'trade', market: this.name, tradeId: random.uuid(), yesPrice, count, takerSide }
  }

  #remove(side: Side, tick: number, count: number): BookChanged {
    return this.#changeBook(side, tick, -count)
  }

  #changeBook(side: Side, tick: number, by: number): BookChanged {
    const delta = countOf(by)
    this.#bids[side].change(tick, delta)
    return { type: 'orderbook_delta', market: this.name, side, price: this.#priceAt(tick), delta }
  }

  #orderCount(random: SeededRandom): Count {
    const count = 1 + random.exponential(this.#depth / 25)
    return countOf(random.chance(FRACTIONAL_SHARE) ? count : Math.ceil(count / 100) * 100)
  }

  /** The highest price that a bidder of this side finds fair. */
  #fairTick(side: Side): number {
    return tickBelow(this.grid, side === 'yes' ? this.#fair : complement(this.#fair))
  }

  /** Whether the fair value has moved away under the best bid. */
  #isStale(side: Side): boolean {
    return this.#bids[side].best > this.#fairTick(side)
  }

  #isAtTouch(change: BookChanged): boolean {
    return change.price === this.#priceAt(this.#bids[change.side].best)
  }

  #priceAt(tick: number): Price {
    return this.grid.prices[tick] ?? NO_PRICE
  }
}

const NO_PRICE = priceOf(0)

function opposite(side: Side): Side {
  return side === 'yes' ? 'no' : 'yes'
}
