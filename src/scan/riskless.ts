import type { Microseconds } from '../core/time.ts'
import type { Price } from '../core/units.ts'
import { complement, ONE_DOLLAR } from '../core/units.ts'
import type { SeriesFees } from '../market/fees.ts'
import { feesOf } from '../market/fees.ts'
import type { MarketEvent } from '../market/market-event.ts'
import type { Market } from '../market/market.ts'
import type { Side } from '../protocol/messages/envelope.ts'
import type { Basket, Offer } from './basket.ts'
import { buyAll, buyAllButOne } from './basket.ts'

/** What is known of events besides the frames. */
export interface EventKnowledge {
  /** Events, or series of them, of whose markets at most one resolves to yes. Needed where no frame tells it. */
  readonly exclusive?: ReadonlySet<string>
  /** How many markets an event has, by event or series, where exactly one of them resolves to yes. No frame tells that. */
  readonly exhaustive?: ReadonlyMap<string, number>
  /** What is known of fees better than by the frames. */
  readonly seriesFees?: SeriesFees
}

/** NO of markets of which at most one resolves to yes: all but one of them pay. */
export function noOfEach(event: MarketEvent, now: Microseconds, knowledge: EventKnowledge): Basket | null {
  if (event.markets.length < 2 || !isExclusive(event, knowledge)) return null
  const offers = event.markets.flatMap(market => offerOf(market, 'no', now) ?? [])
  // Their asks are what the bids lack of a dollar.
  const bids = offers.length * ONE_DOLLAR - sumOf(offers)
  if (bids <= ONE_DOLLAR) return null
  const schedule = feesOf(event, knowledge.seriesFees)
  return schedule === null ? null : buyAllButOne(offers, schedule)
}

/** YES of all markets of an event, where one of them is bound to resolve to yes. */
export function yesOfAll(event: MarketEvent, now: Microseconds, knowledge: EventKnowledge): Basket | null {
  const { markets } = event
  // With another number of markets than was said, one is not known yet, or what was said does not hold.
  if (countOfMarkets(event, knowledge) !== markets.length || !isExclusive(event, knowledge)) return null
  const offers = markets.flatMap(market => offerOf(market, 'yes', now) ?? [])
  if (offers.length < markets.length || sumOf(offers) >= ONE_DOLLAR) return null
  const schedule = feesOf(event, knowledge.seriesFees)
  return schedule === null ? null : buyAll(offers, schedule)
}

/** YES and NO of one market, one of which pays. */
export function bothSides(
  market: Market,
  event: MarketEvent,
  now: Microseconds,
  knowledge: EventKnowledge
): Basket | null {
  const yes = offerOf(market, 'yes', now)
  const no = offerOf(market, 'no', now)
  if (yes === null || no === null || yes.ask + no.ask >= ONE_DOLLAR) return null
  const schedule = feesOf(event, knowledge.seriesFees)
  return schedule === null ? null : buyAll([yes, no], schedule)
}

/** What the exchange says of an event counts more than what was said beforehand. */
function isExclusive({ ticker, seriesTicker, collateralReturnType }: MarketEvent, knowledge: EventKnowledge): boolean {
  if (collateralReturnType !== null) return collateralReturnType === 'MECNET'
  const { exclusive, exhaustive } = knowledge
  return [ticker, seriesTicker].some(name => exclusive?.has(name) === true || exhaustive?.has(name) === true)
}

function countOfMarkets({ ticker, seriesTicker }: MarketEvent, { exhaustive }: EventKnowledge): number | undefined {
  return exhaustive?.get(ticker) ?? exhaustive?.get(seriesTicker)
}

/** The best price of a side that can be relied on and taken now. */
function offerOf(market: Market, side: Side, now: Microseconds): Offer | null {
  const { quote } = market
  if (quote === null || !isTrading(market, now)) return null
  const ask = side === 'yes' ? quote.ask : noAsk(quote.bid)
  const size = side === 'yes' ? quote.askSize : quote.bidSize
  return ask === null || size === null || size <= 0 ? null : { ticker: market.ticker, side, ask, size }
}

/** A YES bid is a NO ask. */
function noAsk(yesBid: Price | null): Price | null {
  return yesBid === null ? null : complement(yesBid)
}

/** Captures of order books alone do not tell whether a market trades; that its book changes does. */
function isTrading(market: Market, now: Microseconds): boolean {
  const status = market.statusAt(now)
  return status === 'active' || status === 'unknown'
}

function sumOf(offers: readonly Offer[]): number {
  return offers.reduce((sum, { ask }) => sum + ask, 0)
}
