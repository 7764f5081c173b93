import type { Count, Price } from '../core/units.ts'
import { complement, countOf, ONE_DOLLAR, priceOf } from '../core/units.ts'
import type { Side } from '../protocol/messages/envelope.ts'
import { BidSide } from './bid-side.ts'
import type { BookChanged, BookReplaced, Change, MarketName, QuoteChanged, Strike } from './change.ts'
import type { RestMarketStatus } from './rest/rest-directory.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { TickGrid } from './tick-grid.ts'
import { lowestPrice, priceBelow } from './tick-grid.ts'

/** The shares that make a stream of about 86 % deltas, 7 % tickers and 6 % trades. */
const TAKER_SHARE = 0.052
const TICKER_SHARE_AFTER_TRADE = 0.5
const TICKER_SHARE_AFTER_TOUCH = 0.14
const SWEEP_LEVELS_MAX = 4
/** How far below the fair value an order rests on average, in 1e-4 dollar; less where that would be much of it. */
const MEAN_DISTANCE = 250
/** How far below the best bid an order is cancelled on average, in levels. */
const MEAN_CANCEL_DEPTH = 2.5
const FRACTIONAL_SHARE = 0.2

const SIDES = ['yes', 'no'] as const

export interface SyntheticMarketOptions {
  /** Counts all markets of the exchange. */
  readonly ordinal: number
  readonly ticker: string
  readonly subtitle: string
  readonly strike: Strike | null
  readonly grid: TickGrid
  readonly fair: Price
  /** Whether it trades whole contracts alone. */
  readonly isWhole: boolean
}

/**
 * One market of the practice exchange. Resting orders come and go a little below its fair value on both sides, takers hit
 * what rests. What it does depends on the random numbers alone, never on time.
 */
export class SyntheticMarket {
  readonly ordinal: number
  readonly name: MarketName
  status: RestMarketStatus = 'initialized'
  subtitle: string
  strike: Strike | null
  grid: TickGrid
  result: Side | 'scalar' | null = null
  /** Payout of a YES contract, once there is a result. */
  settlementValue: Price | null = null
  readonly #bids: Readonly<Record<Side, BidSide>> = { yes: new BidSide(), no: new BidSide() }
  /** Around which the contracts resting on a side swing, in hundredths. */
  readonly #depth: number
  /** What counts are multiples of, in hundredths of a contract. */
  readonly #unit: number
  #fair: Price
  #lastPrice: Price | null = null
  #lastCount = countOf(0)
  #volume = 0
  #openInterest = 0

  constructor(
    { ordinal, ticker, subtitle, strike, grid, fair, isWhole }: SyntheticMarketOptions,
    random: SeededRandom
  ) {
    this.ordinal = ordinal
    this.name = { ticker, id: random.uuid() }
    this.subtitle = subtitle
    this.strike = strike
    this.grid = grid
    this.#unit = isWhole ? 100 : 1
    this.#depth = random.integer(1_000, 10_000) * 100
    this.#fair = fair
  }

  get fair(): Price {
    return this.#fair
  }

  /** Moves the fair value, as far as it can go: room for a bid on either side remains. Returns how far it went. */
  moveFair(by: number): number {
    const lowest = 2 * lowestPrice(this.grid)
    const fair = Math.min(ONE_DOLLAR - lowest, Math.max(lowest, this.#fair + by))
    const moved = fair - this.#fair
    this.#fair = priceOf(fair)
    return moved
  }

  /** What happens next: one change of the book or the trades of one taker, and at times a ticker that tells of it. */
  act(random: SeededRandom): readonly Change[] {
    const taken = random.chance(TAKER_SHARE) ? this.#take(random) : []
    if (taken.length > 0) {
      return random.chance(TICKER_SHARE_AFTER_TRADE) ? [...taken, this.quote()] : taken
    }
    const { yes, no } = this.#bids
    const top = yes.best + no.best
    const change = this.#placeOrCancel(random)
    const touched = top !== yes.best + no.best || change.price === this.#bids[change.side].best
    return touched && random.chance(TICKER_SHARE_AFTER_TOUCH) ? [change, this.quote()] : [change]
  }

  /** A new order on a side. */
  place(side: Side, random: SeededRandom): BookChanged {
    return this.#changeBook(side, this.#restingPrice(side, random), this.#orderCount(random))
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
      yesBid: yes.best,
      yesBidSize: yes.bestCount,
      yesAsk: complement(no.best),
      yesAskSize: no.bestCount,
      volume: countOf(this.#volume),
      openInterest: countOf(this.#openInterest)
    }
  }

  /** Cancels all that rests, as the exchange does soon after a close and after a pause, and tells the empty book. */
  empty(): BookReplaced {
    this.#bids.yes.clear()
    this.#bids.no.clear()
    return this.book()
  }

  #placeOrCancel(random: SeededRandom): BookChanged {
    const side = random.choice(SIDES)
    const bids = this.#bids[side]
    if (this.#isStale(side) && random.chance(0.5)) return this.#changeBook(side, bids.best, 0 - bids.bestCount)
    const isThin = bids.total < this.#depth * (0.5 + random.fraction())
    return isThin ? this.place(side, random) : this.#cancel(side, random)
  }

  #cancel(side: Side, random: SeededRandom): BookChanged {
    const { price, count } = this.#bids[side].levelBelowBest(random.exponential(MEAN_CANCEL_DEPTH))
    const part = random.chance(0.5) ? count : random.integer(1, Math.floor(count / this.#unit)) * this.#unit
    return this.#changeBook(side, price, -part)
  }

  /** A taker of one side at p takes the resting bids of the other at 1 − p, the best first (section 11.3). */
  #take(random: SeededRandom): Change[] {
    const side = this.#isStale('no') ? 'yes' : this.#isStale('yes') ? 'no' : random.choice(SIDES)
    const resting = this.#bids[opposite(side)]
    const changes: Change[] = []
    let wanted: number = this.#orderCount(random)
    for (let levels = 0; levels < SWEEP_LEVELS_MAX && wanted > 0 && resting.best > 0; levels++) {
      const price = resting.best
      const count = countOf(Math.min(wanted, resting.bestCount))
      changes.push(this.#trade(side, price, count, random))
      changes.push(this.#changeBook(opposite(side), price, 0 - count))
      wanted -= count
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

  #changeBook(side: Side, price: Price, by: number): BookChanged {
    const delta = countOf(by)
    this.#bids[side].change(price, delta)
    return { type: 'orderbook_delta', market: this.name, side, price, delta }
  }

  /** A bid must stay below the complement of the best opposite bid: the book is never crossed or locked. */
  #restingPrice(side: Side, random: SeededRandom): Price {
    const fair = this.#fairOf(side)
    const distance = random.exponential(Math.min(MEAN_DISTANCE, fair / 4, complement(fair) / 4))
    const limit = Math.min(fair - distance, complement(this.#bids[opposite(side)].best))
    return priceBelow(this.grid, limit) ?? lowestPrice(this.grid)
  }

  #orderCount(random: SeededRandom): Count {
    const count = 1 + random.exponential(this.#depth / 25)
    const isFractional = this.#unit === 1 && random.chance(FRACTIONAL_SHARE)
    return countOf(isFractional ? count : Math.ceil(count / 100) * 100)
  }

  #fairOf(side: Side): Price {
    return side === 'yes' ? this.#fair : complement(this.#fair)
  }

  /** Whether the fair value has moved away under the best bid. */
  #isStale(side: Side): boolean {
    const { best } = this.#bids[side]
    return best > 0 && best >= this.#fairOf(side)
  }
}

function opposite(side: Side): Side {
  return side === 'yes' ? 'no' : 'yes'
}
