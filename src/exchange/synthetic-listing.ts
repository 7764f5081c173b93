import type { Microseconds } from '../core/time.ts'
import { microseconds } from '../core/time.ts'
import type { Count, Price } from '../core/units.ts'
import { ONE_DOLLAR } from '../core/units.ts'
import type { Side } from '../protocol/messages/envelope.ts'
import type { PriceRange } from '../protocol/messages/lifecycle.ts'
import type { Level } from '../protocol/messages/market-data.ts'
import type { BookTruth, PriceAndCount } from './book-truth.ts'
import { EXPIRATION_DELAY, RULES } from './lifecycle-wire.ts'
import type { RestMarket, RestMarketStatus, RestStrike } from './rest/rest-directory.ts'
import type { SyntheticEvent } from './synthetic-event.ts'
import type { SyntheticMarket } from './synthetic-market.ts'

export interface SyntheticListingOptions {
  readonly event: SyntheticEvent
  readonly market: SyntheticMarket
  readonly createdTime: Microseconds
  readonly openTime: Microseconds
  readonly closeTime: Microseconds
}

/** A market of the practice exchange as REST lists it: read through to the market, so that it is always as of now. */
export class SyntheticListing implements RestMarket {
  readonly ordinal: number
  readonly ticker: string
  readonly eventTicker: string
  readonly seriesTicker: string
  readonly title: string
  readonly rules = RULES
  readonly createdTime: Microseconds
  readonly openTime: Microseconds
  closeTime: Microseconds
  updatedTime: Microseconds
  settledTime: Microseconds | null = null
  readonly #market: SyntheticMarket

  constructor({ event, market, createdTime, openTime, closeTime }: SyntheticListingOptions) {
    this.ordinal = market.ordinal
    this.ticker = market.name.ticker
    this.eventTicker = event.ticker
    this.seriesTicker = event.series.ticker
    this.title = event.series.title
    this.createdTime = createdTime
    this.updatedTime = createdTime
    this.openTime = openTime
    this.closeTime = closeTime
    this.#market = market
  }

  get status(): RestMarketStatus {
    return this.#market.status
  }

  get yesSubtitle(): string {
    return this.#market.subtitle
  }

  get noSubtitle(): string {
    return this.#market.subtitle
  }

  get expirationTime(): Microseconds {
    return microseconds(this.closeTime + EXPIRATION_DELAY * 1_000_000)
  }

  get yesBid(): Price | null {
    const { yesBid } = this.#market.quote()
    return yesBid === 0 ? null : yesBid
  }

  get yesBidSize(): Count {
    return this.#market.quote().yesBidSize
  }

  get yesAsk(): Price | null {
    const { yesAsk } = this.#market.quote()
    return yesAsk === ONE_DOLLAR ? null : yesAsk
  }

  get yesAskSize(): Count {
    return this.#market.quote().yesAskSize
  }

  get lastPrice(): Price | null {
    return this.#market.quote().lastPrice
  }

  get volume(): Count {
    return this.#market.quote().volume
  }

  get openInterest(): Count {
    return this.#market.quote().openInterest
  }

  get result(): Side | 'scalar' | null {
    return this.#market.result
  }

  get settlementValue(): Price | null {
    return this.#market.settlementValue
  }

  get priceLevelStructure(): string {
    return this.#market.grid.structure
  }

  get priceRanges(): readonly PriceRange[] {
    return this.#market.grid.ranges
  }

  get strike(): RestStrike | null {
    return this.#market.strike
  }

  book(): BookTruth {
    const { yes, no } = this.#market.book()
    return { yes: yes.map(toPair), no: no.map(toPair) }
  }
}

function toPair({ price, count }: Level): PriceAndCount {
  return [price, count]
}
