import type { Microseconds } from '../core/time.ts'
import type { MarketTable } from '../protocol/market-table.ts'
import type { OfMarket } from '../protocol/messages/envelope.ts'
import { EventIndex } from './event-index.ts'
import type { Market } from './market.ts'
import { Ladders } from './ladders.ts'
import type { SharedByMarkets } from './market-state.ts'
import { MarketState } from './market-state.ts'
import { UpdateTimes } from './update-times.ts'

/** How many markets had to be forgotten. */
export interface Forgotten {
  settled: number
  /** Not known to be settled. */
  idle: number
}

export type OnForgotten = (markets: readonly Market[]) => void

/** All markets, by number and ticker, and their events. */
export class MarketIndex implements SharedByMarkets {
  readonly ladders = new Ladders()
  readonly updateTimes = new UpdateTimes()
  readonly events: EventIndex
  readonly #table: MarketTable
  readonly #marketsMax: number
  readonly #onForgotten: OnForgotten | undefined
  /**
   * By number, with holes where the decoder has numbered a market that no message was applied to, or that was forgotten.
   * Numbers are not given again: whoever keeps something by them need not have listened to what was forgotten.
   */
  readonly #markets: (MarketState | undefined)[] = []
  /** The same without holes. */
  #known: MarketState[] = []
  readonly forgotten: Forgotten = { settled: 0, idle: 0 }

  constructor(table: MarketTable, marketsMax = Infinity, onForgotten?: OnForgotten) {
    this.#table = table
    this.#marketsMax = marketsMax
    this.#onForgotten = onForgotten
    this.events = new EventIndex(marketsMax)
  }

  /** How many are known. */
  get size(): number {
    return this.#known.length
  }

  /** The market of a message, made known if it is new. */
  of({ market: number, marketTicker }: OfMarket, now: Microseconds): MarketState {
    let market = this.#markets[number]
    if (market === undefined) {
      if (this.#known.length >= this.#marketsMax) this.#forget()
      market = new MarketState(number, marketTicker, this)
      this.#markets[number] = market
      this.#insert(market)
      this.events.file(market)
    }
    this.updateTimes.set(number, now)
    return market
  }

  at(number: number): MarketState | undefined {
    return this.#markets[number]
  }

  find(ticker: string): MarketState | undefined {
    const number = this.#table.find(ticker)
    return number === undefined ? undefined : this.#markets[number]
  }

  /** In the order of their numbers. */
  all(): Iterable<Market> {
    return this.#known
  }

  move(market: MarketState, eventTicker: string): void {
    if (eventTicker !== '' && eventTicker !== market.eventTicker) this.events.move(market, eventTicker)
  }

  /** An eighth of all at once, so that a new market costs a few steps and a known one none. */
  #forget(): void {
    const byAge = this.#known.toSorted(byDispensability)
    const removed = new Set(byAge.slice(0, Math.ceil(this.#marketsMax / 8)))
    this.events.remove(removed)
    for (const market of removed) {
      this.#markets[market.number] = undefined
      this.forgotten[market.settledAt === null ? 'idle' : 'settled']++
      // Whoever still holds it must not take its book for fresh.
      market.forget()
    }
    this.#known = this.#known.filter(market => !removed.has(market))
    this.#onForgotten?.([...removed])
  }

  /** Nearly always at the end: numbers are given as markets are first heard of. */
  #insert(market: MarketState): void {
    let low = this.#known.length
    if ((this.#known[low - 1]?.number ?? -1) > market.number) {
      low = this.#known.findIndex(known => known.number > market.number)
    }
    this.#known.splice(low, 0, market)
  }
}

/** The settled ones first, then who has been silent for longest; of equal ones who was known first. */
function byDispensability(a: MarketState, b: MarketState): number {
  return Number(a.settledAt === null) - Number(b.settledAt === null) || a.updatedAt - b.updatedAt || a.number - b.number
}
