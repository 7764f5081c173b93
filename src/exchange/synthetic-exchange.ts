import type { Change, MarketCreated } from './change.ts'
import { SeededRandom } from './seeded-random.ts'
import type { Series } from './series.ts'
import { SERIES } from './series.ts'
import { SyntheticMarket } from './synthetic-market.ts'

export interface SyntheticExchangeOptions {
  readonly seed: number
  /** How many markets are open at any moment. */
  readonly markets: number
  /** Of how many changes a round is made; an event of the shortest series lasts one. */
  readonly roundLength: number
}

/** An activity of 1/rank^1.1: of twenty markets the hottest has 30 %, the quietest 1 %. */
const ZIPF_EXPONENT = 1.1
const ACTIONS_BEFORE_START = 80
/** A closed market's book is emptied soon, and it settles later; in shares of a round. */
const EMPTY_WITHIN = 0.05
const SETTLE_WITHIN = 0.25

/** The event that is on in a series. */
interface CurrentEvent {
  readonly series: Series
  readonly seats: readonly Seat[]
  number: number
  closesAt: number
}

/** A place for an open market: when one closes, the next of its series takes the seat and its share of activity. */
interface Seat {
  readonly strike: number
  market: SyntheticMarket
}

/** Something that is still to happen to a closed market. */
interface Aftermath {
  readonly at: number
  readonly market: SyntheticMarket
  readonly step: 'empty' | 'settle'
}

/**
 * The markets of the practice exchange and what happens on them. The n-th change is a function of the seed and n, so
 * that a run can be repeated; how fast it goes is up to whoever calls `advance`.
 */
export class SyntheticExchange {
  readonly #random: SeededRandom
  readonly #roundLength: number
  readonly #markets = new Map<string, SyntheticMarket>()
  readonly #events: CurrentEvent[]
  readonly #seats: Seat[] = []
  /** Position i holds the activity of all seats up to the i-th. */
  readonly #activity: Float64Array
  /** Ascending by `at`. */
  readonly #aftermath: Aftermath[] = []
  #changes = 0

  constructor({ seed, markets, roundLength }: SyntheticExchangeOptions) {
    this.#random = new SeededRandom(seed)
    this.#roundLength = roundLength
    this.#events = SERIES.map((series, index) => {
      const strikes = Math.ceil((markets - index) / SERIES.length)
      const seats = Array.from({ length: Math.max(0, strikes) }, (_, strike) => ({
        strike,
        market: this.#open(series, 0, strike)
      }))
      return { series, seats, number: 0, closesAt: series.rounds * roundLength }
    })
    for (let index = 0; index < markets; index++) {
      const seat = this.#events[index % SERIES.length]?.seats[Math.floor(index / SERIES.length)]
      if (seat !== undefined) this.#seats.push(seat)
    }
    this.#activity = cumulate(this.#seats.map((_, index) => (index + 1) ** -ZIPF_EXPONENT))
    for (const { market } of this.#seats) {
      for (let action = 0; action < ACTIONS_BEFORE_START; action++) market.act(this.#random)
    }
  }

  /** Changes so far. */
  get changes(): number {
    return this.#changes
  }

  /** The markets that have not settled, open or closed. */
  tickers(): readonly string[] {
    return [...this.#markets.keys()]
  }

  find(ticker: string): SyntheticMarket | undefined {
    return this.#markets.get(ticker)
  }

  /** Lets the next thing happen. When it returns, all its changes have been made to the markets. */
  advance(): readonly Change[] {
    const changes = this.#next()
    this.#changes += changes.length
    return changes
  }

  #next(): readonly Change[] {
    const [due] = this.#aftermath
    if (due !== undefined && due.at <= this.#changes) {
      this.#aftermath.shift()
      return [this.#conclude(due)]
    }
    const ending = this.#events.find(event => event.closesAt <= this.#changes)
    if (ending !== undefined) return this.#roll(ending)
    return this.#pick().act(this.#random)
  }

  #pick(): SyntheticMarket {
    const activity = this.#random.fraction() * (this.#activity.at(-1) ?? 0)
    let low = 0
    let high = this.#seats.length - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#activity[middle] ?? 0) <= activity) low = middle + 1
      else high = middle
    }
    const seat = this.#seats[low]
    if (seat === undefined) throw new RangeError('an exchange needs at least one market')
    return seat.market
  }

  #open(series: Series, event: number, strike: number): SyntheticMarket {
    const ticker = `${eventTickerOf(series, event)}-T${strike}`
    const market = new SyntheticMarket(ticker, series.grid, this.#random)
    this.#markets.set(ticker, market)
    return market
  }

  /** Ends an event and begins the next of its series, whose books are empty at first. */
  #roll(event: CurrentEvent): Change[] {
    const lifetime = event.series.rounds * this.#roundLength
    event.number++
    event.closesAt += lifetime
    const changes: Change[] = []
    if (event.seats.length > 0) changes.push(eventCreated(event))
    for (const seat of event.seats) {
      const closed = seat.market
      const result = closed.determine(this.#random)
      changes.push({ type: 'market_lifecycle_v2', eventType: 'determined', market: closed.name, result })
      this.#close(closed)
      seat.market = this.#open(event.series, event.number, seat.strike)
      changes.push(marketCreated(event, seat, lifetime))
    }
    return changes
  }

  /** One or two empty snapshots follow a close, as on the exchange. */
  #close(market: SyntheticMarket): void {
    for (let snapshots = this.#random.integer(1, 2); snapshots > 0; snapshots--) {
      this.#schedule({ at: this.#within(0, EMPTY_WITHIN), market, step: 'empty' })
    }
    this.#schedule({ at: this.#within(EMPTY_WITHIN, SETTLE_WITHIN), market, step: 'settle' })
  }

  #within(from: number, to: number): number {
    return this.#changes + Math.floor(this.#roundLength * (from + this.#random.fraction() * (to - from)))
  }

  #schedule(aftermath: Aftermath): void {
    const before = this.#aftermath.findLastIndex(other => other.at <= aftermath.at)
    this.#aftermath.splice(before + 1, 0, aftermath)
  }

  #conclude({ market, step }: Aftermath): Change {
    if (step === 'settle') {
      this.#markets.delete(market.name.ticker)
      return { type: 'market_lifecycle_v2', eventType: 'settled', market: market.name }
    }
    market.empty()
    return market.book()
  }
}

function eventTickerOf(series: Series, event: number): string {
  return `${series.ticker}-${series.eventSuffix(event)}`
}

function eventCreated({ series, number }: CurrentEvent): Change {
  return {
    type: 'event_lifecycle',
    eventTicker: eventTickerOf(series, number),
    seriesTicker: series.ticker,
    title: series.title,
    subtitle: series.eventSuffix(number)
  }
}

function marketCreated({ series, number }: CurrentEvent, { market, strike }: Seat, closesAfter: number): MarketCreated {
  return {
    type: 'market_lifecycle_v2',
    eventType: 'created',
    market: market.name,
    eventTicker: eventTickerOf(series, number),
    title: series.title,
    subtitle: `Strike ${strike}`,
    closesAfter,
    structure: market.grid.structure,
    ranges: market.grid.ranges
  }
}

function cumulate(weights: readonly number[]): Float64Array {
  let sum = 0
  return Float64Array.from(weights, weight => (sum += weight))
}
