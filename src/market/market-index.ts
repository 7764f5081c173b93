import type { Microseconds } from '../core/time.ts'
import type { MarketTable } from '../protocol/market-table.ts'
import type { EventFeeUpdate, EventLifecycle } from '../protocol/messages/lifecycle.ts'
import { LevelSlots } from './level-slots.ts'
import type { MarketEvent } from './market-event.ts'
import type { Market } from './market.ts'
import { MarketState, seriesOf } from './market-state.ts'
import { UpdateTimes } from './update-times.ts'

/** All markets, by number, ticker, event and series. */
export class MarketIndex {
  readonly #table: MarketTable
  /** By number, with holes where the decoder has numbered a market that no message was applied to. */
  readonly #markets: (MarketState | undefined)[] = []
  readonly #shared = { slots: new LevelSlots(), updateTimes: new UpdateTimes() }
  readonly #events = new Map<string, EventState>()
  readonly #series = new Map<string, Set<EventState>>()

  constructor(table: MarketTable) {
    this.#table = table
  }

  /** The market of a number, of which a message speaks; made known if it is new. */
  of(number: number, ticker: string, now: Microseconds): MarketState {
    let market = this.#markets[number]
    if (market === undefined) {
      market = new MarketState(number, ticker, this.#shared)
      this.#markets[number] = market
      this.#file(market)
    }
    this.#shared.updateTimes.set(number, now)
    return market
  }

  at(number: number): MarketState | undefined {
    return this.#markets[number]
  }

  find(ticker: string): MarketState | undefined {
    const number = this.#table.find(ticker)
    return number === undefined ? undefined : this.#markets[number]
  }

  event(ticker: string): MarketEvent | undefined {
    return this.#events.get(ticker)
  }

  bySeries(ticker: string): readonly Market[] {
    return [...(this.#series.get(ticker) ?? [])].flatMap(event => event.markets)
  }

  *all(): Generator<Market> {
    for (const market of this.#markets) if (market !== undefined) yield market
  }

  /** A market may be of another event than its ticker suggests. */
  move(market: MarketState, eventTicker: string): void {
    if (eventTicker === '' || eventTicker === market.eventTicker) return
    const { markets } = this.#eventOf(market.eventTicker)
    markets.splice(markets.indexOf(market), 1)
    market.eventTicker = eventTicker
    this.#file(market)
  }

  applyEvent(message: EventLifecycle): void {
    const event = this.#eventOf(message.eventTicker)
    event.title = message.title ?? event.title
    event.subtitle = message.subtitle ?? event.subtitle
    event.collateralReturnType = message.collateralReturnType ?? event.collateralReturnType
    // Events of 2025 were seen to come with an empty series.
    if (message.seriesTicker !== null && message.seriesTicker !== '') this.#moveEvent(event, message.seriesTicker)
  }

  applyFee(message: EventFeeUpdate): void {
    const event = this.#eventOf(message.eventTicker)
    event.feeTypeOverride = message.feeTypeOverride
    event.feeMultiplierOverride = message.feeMultiplierOverride
  }

  #file(market: MarketState): void {
    const event = this.#eventOf(market.eventTicker)
    event.markets.push(market)
    market.seriesTicker = event.seriesTicker
  }

  #moveEvent(event: EventState, seriesTicker: string): void {
    this.#seriesOf(event.seriesTicker).delete(event)
    this.#seriesOf(seriesTicker).add(event)
    event.seriesTicker = seriesTicker
    for (const market of event.markets) market.seriesTicker = seriesTicker
  }

  #eventOf(ticker: string): EventState {
    let event = this.#events.get(ticker)
    if (event === undefined) {
      event = new EventState(ticker)
      this.#events.set(ticker, event)
      this.#seriesOf(event.seriesTicker).add(event)
    }
    return event
  }

  #seriesOf(ticker: string): Set<EventState> {
    let series = this.#series.get(ticker)
    if (series === undefined) {
      series = new Set()
      this.#series.set(ticker, series)
    }
    return series
  }
}

class EventState implements MarketEvent {
  readonly ticker: string
  seriesTicker: string
  title: string | null = null
  subtitle: string | null = null
  collateralReturnType: string | null = null
  feeTypeOverride: string | null = null
  feeMultiplierOverride: string | null = null
  readonly markets: MarketState[] = []

  constructor(ticker: string) {
    this.ticker = ticker
    this.seriesTicker = seriesOf(ticker)
  }
}
