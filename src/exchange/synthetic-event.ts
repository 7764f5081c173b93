import type { Price } from '../core/units.ts'
import { ONE_DOLLAR, priceOf } from '../core/units.ts'
import type { Side } from '../protocol/messages/envelope.ts'
import type { Change, MarketDetermined } from './change.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { Series } from './series.ts'
import { SyntheticMarket } from './synthetic-market.ts'
import { CENT_GRID, lowestPrice } from './tick-grid.ts'

/** The fair value's largest step, in 1e-4 dollar. */
const FAIR_STEP = 30
const FAIR_STEP_SHARE = 0.2
/** The largest leap at news. */
const NEWS_LEAP = 1_500
const NEWS_ACTIONS_MIN = 8
const NEWS_ACTIONS_MAX = 32
/** How often, after news, outcomes that exclude each other are too cheap or too dear altogether, and by how much each. */
const MISPRICED_SHARE = 0.15
const MISPRICED_BY = 300
const SCALAR_SHARE = 0.03
/** Orders with which a market begins on each side. */
const OPENING_ORDERS = 3

export interface SyntheticEventOptions {
  readonly series: Series
  readonly number: number
  readonly outcomes: number
  /** In changes of the exchange. */
  readonly opensAt: number
  readonly closesAt: number
  readonly firstOrdinal: number
  /** Whether it trades in whole cents and whole contracts alone. */
  readonly isWhole: boolean
}

/** An event of the practice exchange: its markets from their announcement to their settlement. */
export class SyntheticEvent {
  readonly ticker: string
  readonly series: Series
  readonly number: number
  readonly subtitle: string
  readonly markets: readonly SyntheticMarket[]
  readonly isExclusive: boolean
  readonly opensAt: number
  closesAt: number

  constructor(options: SyntheticEventOptions, random: SeededRandom) {
    const { series, number, outcomes, firstOrdinal, isWhole } = options
    this.series = series
    this.number = number
    this.subtitle = series.eventSuffix(number)
    this.ticker = `${series.ticker}-${this.subtitle}`
    this.isExclusive = series.isExclusive && outcomes > 1
    this.opensAt = options.opensAt
    this.closesAt = options.closesAt
    const grid = isWhole ? CENT_GRID : series.grid
    const fairs = drawFairs(outcomes, this.isExclusive, 2 * lowestPrice(grid), random)
    this.markets = fairs.map((fair, index) => {
      const { code, title: subtitle, strike } = series.outcome(number, index)
      const ticker = `${this.ticker}-${code}`
      const ordinal = firstOrdinal + index
      return new SyntheticMarket({ ordinal, ticker, subtitle, strike, grid, fair, isWhole }, random)
    })
  }

  announce(now: number): Change[] {
    const { ticker, series, subtitle } = this
    const event: Change = {
      type: 'event_lifecycle',
      eventTicker: ticker,
      seriesTicker: series.ticker,
      title: series.title,
      subtitle,
      collateralReturnType: this.isExclusive ? 'MECNET' : ''
    }
    const created = this.markets.map((market): Change => ({
      type: 'market_lifecycle_v2',
      eventType: 'created',
      market: market.name,
      eventTicker: ticker,
      title: series.title,
      subtitle: market.subtitle,
      opensAfter: this.opensAt - now,
      closesAfter: this.closesAt - now,
      structure: market.grid.structure,
      ranges: market.grid.ranges,
      strike: market.strike
    }))
    return [event, ...created]
  }

  /** Closes at another time than was announced. */
  moveClose(closesAt: number, now: number): Change[] {
    this.closesAt = closesAt
    return this.markets.map(({ name }) => {
      return { type: 'market_lifecycle_v2', eventType: 'close_date_updated', market: name, closesAfter: closesAt - now }
    })
  }

  /** Nothing tells of the opening itself; a strike that had to wait for it is told, and the first orders come in. */
  open(random: SeededRandom): Change[] {
    const changes: Change[] = []
    for (const market of this.markets) {
      market.status = 'active'
      if (market.strike?.floor === null) changes.push(setStrike(market, random))
      for (let order = 0; order < OPENING_ORDERS; order++) {
        changes.push(market.place('yes', random), market.place('no', random))
      }
    }
    return changes
  }

  /** Lets one of its markets act. Where outcomes exclude each other, what one gains another loses. */
  act(market: SyntheticMarket, random: SeededRandom): readonly Change[] {
    if (random.chance(FAIR_STEP_SHARE)) {
      const moved = market.moveFair(random.integer(-FAIR_STEP, FAIR_STEP))
      const other = this.isExclusive ? this.#any(random) : market
      if (other !== market) other?.moveFair(-moved)
    }
    return market.act(random)
  }

  /** All fair values leap, and everybody trades on it at once. */
  news(random: SeededRandom): readonly Change[] {
    if (this.isExclusive) this.#redraw(random)
    else for (const market of this.markets) market.moveFair(random.integer(-NEWS_LEAP, NEWS_LEAP))
    const changes: Change[] = []
    for (let actions = random.integer(NEWS_ACTIONS_MIN, NEWS_ACTIONS_MAX); actions > 0; actions--) {
      const market = this.#any(random)
      if (market?.status === 'active') changes.push(...market.act(random))
    }
    return changes
  }

  close(): void {
    for (const market of this.markets) market.status = 'closed'
  }

  /** The outcome: as likely as the fair values say. A market that stands alone comes out in between now and then. */
  determine(random: SeededRandom): Change[] {
    if (this.isExclusive) {
      const winner = this.#drawWinner(random)
      return this.markets.map(market => conclude(market, market === winner ? 'yes' : 'no'))
    }
    return this.markets.map(market => {
      if (random.chance(SCALAR_SHARE)) return conclude(market, 'scalar', priceOf(random.integer(1, ONE_DOLLAR - 1)))
      return conclude(market, random.integer(0, ONE_DOLLAR - 1) < market.fair ? 'yes' : 'no')
    })
  }

  settle(): Change[] {
    return this.markets.map(market => {
      market.status = 'finalized'
      return { type: 'market_lifecycle_v2', eventType: 'settled', market: market.name }
    })
  }

  #any(random: SeededRandom): SyntheticMarket | undefined {
    return this.markets[random.integer(0, this.markets.length - 1)]
  }

  /** Fair values that mostly sum to a dollar, and at times to so much less or more that it pays to trade on it. */
  #redraw(random: SeededRandom): void {
    const kind = random.fraction()
    const off = kind < MISPRICED_SHARE ? -1 : kind < 2 * MISPRICED_SHARE ? 1 : 0
    const total = ONE_DOLLAR + off * MISPRICED_BY * this.markets.length
    const weights = this.markets.map(({ fair }) => fair * (0.6 + 0.8 * random.fraction()))
    const scale = total / weights.reduce((sum, weight) => sum + weight, 0)
    for (const [index, market] of this.markets.entries()) {
      market.moveFair(Math.round((weights[index] ?? 0) * scale) - market.fair)
    }
  }

  #drawWinner(random: SeededRandom): SyntheticMarket | undefined {
    let left = random.fraction() * this.markets.reduce((sum, { fair }) => sum + fair, 0)
    return this.markets.find(({ fair }) => (left -= fair) < 0) ?? this.markets.at(-1)
  }
}

function drawFairs(outcomes: number, isExclusive: boolean, lowest: number, random: SeededRandom): Price[] {
  if (!isExclusive) return Array.from({ length: outcomes }, () => priceOf(random.integer(lowest, ONE_DOLLAR - lowest)))
  const weights = Array.from({ length: outcomes }, () => random.fraction() ** 2)
  const sum = weights.reduce((sum, weight) => sum + weight, 0)
  const spare = ONE_DOLLAR - outcomes * lowest
  return weights.map(weight => priceOf(lowest + Math.floor((weight / sum) * spare)))
}

function setStrike(market: SyntheticMarket, random: SeededRandom): Change {
  const floor = random.integer(100, 9_999_999) / 100
  market.strike = { type: market.strike?.type ?? '', floor, cap: null }
  market.subtitle = `$${floor} or above`
  const { name, strike, subtitle } = market
  return { type: 'market_lifecycle_v2', eventType: 'metadata_updated', market: name, strike, subtitle }
}

function conclude(
  market: SyntheticMarket,
  result: Side | 'scalar',
  settlementValue = priceOf(result === 'yes' ? ONE_DOLLAR : 0)
): MarketDetermined {
  market.status = 'determined'
  market.result = result
  market.settlementValue = settlementValue
  return { type: 'market_lifecycle_v2', eventType: 'determined', market: market.name, result, settlementValue }
}
