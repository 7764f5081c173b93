import type { Change } from './change.ts'
import type { Era } from './era.ts'
import { SeededRandom } from './seeded-random.ts'
import type { Slot } from './slots.ts'
import { planSlots } from './slots.ts'
import { SyntheticEvent } from './synthetic-event.ts'
import type { SyntheticMarket } from './synthetic-market.ts'
import { DECI_GRID, TAPERED_GRID } from './tick-grid.ts'
import { Timeline } from './timeline.ts'
import { WeightedChoice } from './weighted-choice.ts'

export interface SyntheticExchangeOptions {
  readonly seed: number
  /** How many markets are open at any moment. */
  readonly markets: number
  /** Of how many changes a round is made; an event of the shortest series lasts one. */
  readonly roundLength: number
  /** Before the current era there are whole cents and whole contracts alone. */
  readonly era?: Era | undefined
}

/** An activity of 1/rank^1.1: of twenty markets the hottest has 30 %, the quietest 1 %. */
const ZIPF_EXPONENT = 1.1
const ACTIONS_BEFORE_START = 40
const NEWS_SHARE = 0.002

/** All in shares of a round, or of an event's lifetime where that is said. */
const ANNOUNCED_AHEAD = 0.1
const CLOSE_MOVED_BY = 0.05
const CLOSE_MOVED_SHARE = 0.1
const EMPTIED_WITHIN = 0.05
const DETERMINED_WITHIN = 0.1
const SETTLED_WITHIN = 0.25
const INCIDENTS_APART_MIN = 0.1
const INCIDENTS_APART = 0.25
const PAUSED_FOR = 0.05

/** With fewer markets, one that pauses would be too much of the exchange. */
const PAUSES_FROM_MARKETS = 4
const PAUSE_SHARE = 0.8

/** A place for an open market, with its share of activity: when one closes, the next of its series takes it. */
interface Seat {
  readonly place: Place
  readonly index: number
}

/** Where the events of a series follow one another. */
interface Place {
  readonly slot: Slot
  event: SyntheticEvent
}

/**
 * The markets of the practice exchange and what happens on them. The n-th change is a function of the seed and n, so
 * that a run can be repeated; how fast it goes is up to whoever calls `advance`.
 */
export class SyntheticExchange {
  readonly #random: SeededRandom
  readonly #roundLength: number
  readonly #isWhole: boolean
  readonly #markets = new Map<string, SyntheticMarket>()
  readonly #events = new Map<string, SyntheticEvent>()
  readonly #seats: Seat[] = []
  readonly #activity: WeightedChoice
  readonly #timeline = new Timeline<() => readonly Change[]>()
  #changes = 0
  #nextOrdinal = 0

  constructor({ seed, markets, roundLength, era = 'current' }: SyntheticExchangeOptions) {
    this.#random = new SeededRandom(seed)
    this.#roundLength = roundLength
    this.#isWhole = era !== 'current'
    for (const slot of planSlots(markets)) this.#fill(slot)
    this.#activity = new WeightedChoice(this.#seats.map((_, index) => (index + 1) ** -ZIPF_EXPONENT))
    this.#scheduleIncident()
  }

  /** Changes so far. */
  get changes(): number {
    return this.#changes
  }

  /** The markets that have not settled: announced, open or closed. */
  tickers(): readonly string[] {
    return [...this.#markets.keys()]
  }

  find(ticker: string): SyntheticMarket | undefined {
    return this.#markets.get(ticker)
  }

  /** The events that have not settled. */
  events(): Iterable<SyntheticEvent> {
    return this.#events.values()
  }

  event(ticker: string): SyntheticEvent | undefined {
    return this.#events.get(ticker)
  }

  /** Lets the next thing happen. When it returns, all its changes have been made to the markets; there is at least one. */
  advance(): readonly Change[] {
    for (;;) {
      const occurrence = this.#timeline.takeDue(this.#changes)
      const changes = occurrence === undefined ? this.#trade() : occurrence()
      this.#changes += changes.length
      if (changes.length > 0) return changes
    }
  }

  #trade(): readonly Change[] {
    const seat = this.#seats[this.#activity.draw(this.#random)]
    if (seat === undefined) throw new RangeError('an exchange needs at least one market')
    const { event } = seat.place
    if (this.#random.chance(NEWS_SHARE)) return event.news(this.#random)
    const market = event.markets[seat.index]
    return market?.status === 'active' ? event.act(market, this.#random) : []
  }

  /** With an event that has been open for a while. */
  #fill(slot: Slot): void {
    const closesAt = Math.max(1, Math.floor(slot.firstClose * this.#lifetimeOf(slot)))
    const place = { slot, event: this.#create(slot, slot.lane, 0, closesAt) }
    place.event.open(this.#random)
    for (const [index, market] of place.event.markets.entries()) {
      this.#seats.push({ place, index })
      for (let action = 0; action < ACTIONS_BEFORE_START; action++) market.act(this.#random)
    }
    this.#scheduleSuccessor(place)
  }

  #create(slot: Slot, number: number, opensAt: number, closesAt: number): SyntheticEvent {
    const { series, outcomes } = slot
    const [firstOrdinal, isWhole] = [this.#nextOrdinal, this.#isWhole]
    const event = new SyntheticEvent(
      { series, number, outcomes, opensAt, closesAt, firstOrdinal, isWhole },
      this.#random
    )
    this.#nextOrdinal += outcomes
    this.#events.set(event.ticker, event)
    for (const market of event.markets) this.#markets.set(market.name.ticker, market)
    return event
  }

  #scheduleSuccessor(place: Place): void {
    const ahead = ANNOUNCED_AHEAD * Math.min(this.#lifetimeOf(place.slot), 10 * this.#roundLength)
    this.#timeline.schedule(place.event.closesAt - ahead, () => this.#announce(place))
  }

  /** Tells of the event that will follow; or, at times, that the current one goes on for longer. */
  #announce(place: Place): readonly Change[] {
    const { slot, event } = place
    const lifetime = this.#lifetimeOf(slot)
    if (!slot.series.isSingle && this.#random.chance(CLOSE_MOVED_SHARE)) {
      const changes = event.moveClose(event.closesAt + Math.ceil(CLOSE_MOVED_BY * lifetime), this.#changes)
      this.#scheduleSuccessor(place)
      return changes
    }
    const { closesAt } = event
    const next = this.#create(slot, event.number + slot.lanes, closesAt, closesAt + lifetime)
    this.#timeline.schedule(closesAt, () => this.#turn(place, next))
    return next.announce(this.#changes)
  }

  #turn(place: Place, next: SyntheticEvent): readonly Change[] {
    this.#close(place.event)
    place.event = next
    this.#scheduleSuccessor(place)
    return next.open(this.#random)
  }

  /** One or two empty snapshots follow a close, as on the exchange, then the result and at last the payout. */
  #close(event: SyntheticEvent): void {
    event.close()
    for (const market of event.markets) {
      for (let snapshots = this.#random.integer(1, 2); snapshots > 0; snapshots--) {
        this.#timeline.schedule(this.#within(0, EMPTIED_WITHIN), () => [market.empty()])
      }
    }
    const determinedAt = this.#within(EMPTIED_WITHIN, DETERMINED_WITHIN)
    this.#timeline.schedule(determinedAt, () => event.determine(this.#random))
    this.#timeline.schedule(this.#within(DETERMINED_WITHIN, SETTLED_WITHIN), () => this.#settle(event))
  }

  #settle(event: SyntheticEvent): readonly Change[] {
    this.#events.delete(event.ticker)
    for (const { name } of event.markets) this.#markets.delete(name.ticker)
    return event.settle()
  }

  #scheduleIncident(): void {
    const apart =
      this.#roundLength * INCIDENTS_APART_MIN + this.#random.exponential(this.#roundLength * INCIDENTS_APART)
    this.#timeline.schedule(this.#changes + Math.max(1, apart), () => this.#incident())
  }

  /** Now and then a market is paused, or gets a finer grid. */
  #incident(): readonly Change[] {
    this.#scheduleIncident()
    const seat = this.#seats[this.#random.integer(0, this.#seats.length - 1)]
    const market = seat?.place.event.markets[seat.index]
    if (market?.status !== 'active') return []
    if (this.#random.chance(PAUSE_SHARE)) return this.#seats.length < PAUSES_FROM_MARKETS ? [] : this.#pause(market)
    if (this.#isWhole || market.grid.structure !== 'linear_cent') return []
    market.grid = this.#random.choice([DECI_GRID, TAPERED_GRID])
    const { structure, ranges } = market.grid
    const eventType = 'price_level_structure_updated'
    return [{ type: 'market_lifecycle_v2', eventType, market: market.name, structure, ranges }]
  }

  /** When trading goes on, all that rested has been cancelled (section 11.7). */
  #pause(market: SyntheticMarket): readonly Change[] {
    market.status = 'inactive'
    this.#timeline.schedule(this.#within(0, PAUSED_FOR), () => {
      if (market.status !== 'inactive') return []
      market.status = 'active'
      return [market.empty(), { type: 'market_lifecycle_v2', eventType: 'activated', market: market.name }]
    })
    return [{ type: 'market_lifecycle_v2', eventType: 'deactivated', market: market.name }]
  }

  #within(from: number, to: number): number {
    return this.#changes + Math.floor(this.#roundLength * (from + this.#random.fraction() * (to - from)))
  }

  #lifetimeOf(slot: Slot): number {
    return Math.ceil(slot.lifetime * this.#roundLength)
  }
}
