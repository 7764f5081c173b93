import type { EventFeeUpdate, EventLifecycle } from '../protocol/messages/lifecycle.ts'
import type { ListedSeries } from '../protocol/messages/rest.ts'
import type { FeeSchedule } from './fees.ts'
import { readSchedule, USUAL_FEES } from './fees.ts'
import type { MarketEvent } from './market-event.ts'
import type { Market } from './market.ts'
import type { MarketState } from './market-state.ts'
import { seriesOf } from './market-state.ts'

/** The events of the known markets, and those that were told of, by ticker and series. */
export class EventIndex {
  readonly #emptyMax: number
  /** In the order in which they were made known. */
  readonly #events = new Map<string, EventState>()
  readonly #series = new Map<string, Set<EventState>>()
  readonly #fees: FeesBySeries = new Map()
  #empty = 0

  /** Twice as many events without a market are kept at most; what an event has told is needed when a market comes back. */
  constructor(emptyMax: number) {
    this.#emptyMax = emptyMax
  }

  get size(): number {
    return this.#events.size
  }

  event(ticker: string): MarketEvent | undefined {
    return this.#events.get(ticker)
  }

  bySeries(ticker: string): readonly Market[] {
    return [...(this.#series.get(ticker) ?? [])].flatMap(event => event.markets)
  }

  seriesFees(ticker: string): FeeSchedule | null | undefined {
    return this.#fees.get(ticker)
  }

  file(market: MarketState): void {
    const event = this.#of(market.eventTicker)
    if (event.markets.length === 0) this.#empty--
    event.markets.push(market)
    market.seriesTicker = event.seriesTicker
  }

  /** A market may be of another event than its ticker suggests. */
  move(market: MarketState, eventTicker: string): void {
    const { markets } = this.#of(market.eventTicker)
    markets.splice(markets.indexOf(market), 1)
    if (markets.length === 0) this.#empty++
    market.eventTicker = eventTicker
    this.file(market)
  }

  /** Takes markets out, in time that is linear in the markets of their events. */
  remove(markets: ReadonlySet<MarketState>): void {
    for (const ticker of new Set(Array.from(markets, market => market.eventTicker))) {
      const event = this.#of(ticker)
      let left = 0
      for (const market of event.markets) if (!markets.has(market)) event.markets[left++] = market
      event.markets.length = left
      if (left === 0) this.#empty++
    }
  }

  applyEvent(message: EventLifecycle): void {
    const event = this.#of(message.eventTicker)
    event.title = message.title ?? event.title
    event.subtitle = message.subtitle ?? event.subtitle
    event.collateralReturnType = message.collateralReturnType ?? event.collateralReturnType
    // Events of 2025 were seen to come with an empty series.
    if (message.seriesTicker !== null && message.seriesTicker !== '') this.#move(event, message.seriesTicker)
  }

  applyFee(message: EventFeeUpdate): void {
    const event = this.#of(message.eventTicker)
    event.feeTypeOverride = message.feeTypeOverride
    event.feeMultiplierOverride = message.feeMultiplierOverride
  }

  applySeries(listed: readonly ListedSeries[]): void {
    for (const { ticker, feeType, feeMultiplier } of listed)
      this.#fees.set(ticker, readSchedule(feeType, feeMultiplier))
  }

  #move(event: EventState, seriesTicker: string): void {
    if (event.seriesTicker === seriesTicker) return
    this.#leaveSeries(event)
    this.#seriesOf(seriesTicker).add(event)
    event.seriesTicker = seriesTicker
    for (const market of event.markets) market.seriesTicker = seriesTicker
  }

  #of(ticker: string): EventState {
    let event = this.#events.get(ticker)
    if (event === undefined) {
      if (this.#empty >= 2 * this.#emptyMax) this.#forgetEmpty()
      event = new EventState(ticker, this.#fees)
      this.#events.set(ticker, event)
      this.#seriesOf(event.seriesTicker).add(event)
      this.#empty++
    }
    return event
  }

  /** The oldest ones, half of all at once: so that it costs a few steps per event. */
  #forgetEmpty(): void {
    for (const event of this.#events.values()) {
      if (this.#empty <= this.#emptyMax) return
      if (event.markets.length > 0) continue
      this.#events.delete(event.ticker)
      this.#leaveSeries(event)
      this.#empty--
    }
  }

  #leaveSeries(event: EventState): void {
    const events = this.#seriesOf(event.seriesTicker)
    events.delete(event)
    if (events.size === 0) this.#series.delete(event.seriesTicker)
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

/** As REST has told; null where the multiplier cannot be read. */
type FeesBySeries = Map<string, FeeSchedule | null>

class EventState implements MarketEvent {
  readonly ticker: string
  seriesTicker: string
  title: string | null = null
  subtitle: string | null = null
  collateralReturnType: string | null = null
  feeTypeOverride: string | null = null
  feeMultiplierOverride: string | null = null
  readonly markets: MarketState[] = []
  readonly #fees: Readonly<FeesBySeries>

  constructor(ticker: string, fees: Readonly<FeesBySeries>) {
    this.ticker = ticker
    this.seriesTicker = seriesOf(ticker)
    this.#fees = fees
  }

  get seriesFees(): FeeSchedule | null {
    const told = this.#fees.get(this.seriesTicker)
    return told === undefined ? USUAL_FEES : told
  }
}
