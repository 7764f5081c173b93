import type { Microseconds } from '../../core/time.ts'
import { complement, countOf, formatCount, formatPrice, ONE_DOLLAR, priceOf, ratioFromText } from '../../core/units.ts'
import type { PriceRange } from '../../protocol/messages/lifecycle.ts'
import type { BookTruth, PriceAndCount } from '../book-truth.ts'
import type { RestEvent, RestMarket, RestSeries, RestStrike, RestTrade } from './rest-directory.ts'

/** The bodies of the REST answers as JSON, in the names of November 2026 (protocol reference, section 14). */

const NOTHING = priceOf(0)
const NO_CONTRACTS = countOf(0)
const ONE = ratioFromText('1')
/** How long a result stands before it is paid out, in seconds. */
const SETTLEMENT_TIMER = 60

/**
 * Put together from one template, since pages hold up to 1,000; a field of which nothing is known is left out. An empty
 * side reads as a bid of $0 or an ask of $1. What was before today is not kept: all markets are young.
 */
export function marketBody(market: RestMarket): string {
  const { settlementValue, strike, yesBidSize, yesAskSize } = market
  const bid = market.yesBid ?? NOTHING
  const ask = market.yesAsk ?? ONE_DOLLAR
  const subtitle = JSON.stringify(market.yesSubtitle)
  const result = market.result ?? ''
  const volume = formatCount(market.volume)
  return (
    `{"ticker":"${market.ticker}","event_ticker":"${market.eventTicker}","market_type":"binary",` +
    `"title":${JSON.stringify(market.title)},"subtitle":${subtitle},"yes_sub_title":${subtitle},` +
    `"no_sub_title":${JSON.stringify(market.noSubtitle)},"status":"${market.status}",` +
    `${timeFields(market)}"settlement_timer_seconds":${SETTLEMENT_TIMER},` +
    `"yes_bid_dollars":"${formatPrice(bid)}","yes_ask_dollars":"${formatPrice(ask)}",` +
    `"no_bid_dollars":"${formatPrice(complement(ask))}","no_ask_dollars":"${formatPrice(complement(bid))}",` +
    `"yes_bid_size_fp":"${formatCount(yesBidSize ?? NO_CONTRACTS)}",` +
    `"yes_ask_size_fp":"${formatCount(yesAskSize ?? NO_CONTRACTS)}",` +
    `"last_price_dollars":"${formatPrice(market.lastPrice ?? NOTHING)}","previous_yes_bid_dollars":"0.0000",` +
    `"previous_yes_ask_dollars":"0.0000","previous_price_dollars":"0.0000",` +
    `"volume_fp":"${volume}","volume_24h_fp":"${volume}","open_interest_fp":"${formatCount(market.openInterest)}",` +
    `"notional_value_dollars":"1.0000","result":"${result}","expiration_value":"${result}",` +
    (settlementValue === null ? '' : `"settlement_value_dollars":"${formatPrice(settlementValue)}",`) +
    `${strike === null ? '' : strikeFields(strike)}"can_close_early":true,` +
    `"price_level_structure":"${market.priceLevelStructure}","price_ranges":${rangesOf(market.priceRanges)},` +
    `"rules_primary":${JSON.stringify(market.rules)},"rules_secondary":"","exchange_index":0}`
  )
}

/** The markets stand beside the event unless they are asked for within it. */
export function eventBody(event: RestEvent, areMarketsNested: boolean): string {
  const markets = `"markets":[${event.markets.map(marketBody).join(',')}]`
  const fields =
    `"event_ticker":"${event.ticker}","series_ticker":"${event.seriesTicker}",` +
    `"title":${JSON.stringify(event.title)},"sub_title":${JSON.stringify(event.subtitle)},` +
    `"collateral_return_type":"${event.collateralReturnType}",` +
    `"mutually_exclusive":${event.collateralReturnType === 'MECNET'},"category":""`
  return areMarketsNested ? `{"event":{${fields},${markets}}}` : `{"event":{${fields}},${markets}}`
}

/** The multiplier is a plain number. */
export function seriesBody({ ticker, title, fees }: RestSeries): string {
  return JSON.stringify({
    ticker,
    title,
    frequency: 'custom',
    category: '',
    tags: [],
    settlement_sources: [],
    contract_url: '',
    contract_terms_url: '',
    additional_prohibitions: [],
    ...(fees === null ? {} : { fee_type: fees.type, fee_multiplier: fees.multiplier / ONE })
  })
}

/** Ascending, the best bids last; of a limited depth those stay. */
export function bookBody({ yes, no }: BookTruth, depth: number): string {
  const levels = (side: readonly PriceAndCount[]): string[][] =>
    (depth === 0 ? side : side.slice(-depth)).map(([price, count]) => [formatPrice(price), formatCount(count)])
  return JSON.stringify({ orderbook_fp: { yes_dollars: levels(yes), no_dollars: levels(no) } })
}

export function tradeBody({ tradeId, ticker, yesPrice, count, takerSide, isBlockTrade, time }: RestTrade): string {
  return JSON.stringify({
    trade_id: tradeId,
    ticker,
    count_fp: formatCount(count),
    yes_price_dollars: formatPrice(yesPrice),
    no_price_dollars: formatPrice(complement(yesPrice)),
    taker_side: takerSide,
    taker_outcome_side: takerSide,
    taker_book_side: takerSide === 'yes' ? 'bid' : 'ask',
    is_block_trade: isBlockTrade,
    created_time: rfc3339(time)
  })
}

function timeFields(market: RestMarket): string {
  return (
    timeField('created_time', market.createdTime) +
    timeField('updated_time', market.updatedTime) +
    timeField('open_time', market.openTime) +
    timeField('close_time', market.closeTime) +
    timeField('expected_expiration_time', market.expirationTime) +
    timeField('latest_expiration_time', market.expirationTime) +
    timeField('settlement_ts', market.settledTime)
  )
}

function timeField(name: string, time: Microseconds | null): string {
  return time === null ? '' : `"${name}":"${rfc3339(time)}",`
}

function strikeFields({ type, floor, cap }: RestStrike): string {
  const floorField = floor === null ? '' : `"floor_strike":${floor},`
  return `"strike_type":"${type}",${floorField}${cap === null ? '' : `"cap_strike":${cap},`}`
}

/** The grids of all markets are few, and each is written once. */
const rangesWritten = new WeakMap<readonly PriceRange[], string>()

function rangesOf(ranges: readonly PriceRange[]): string {
  let written = rangesWritten.get(ranges)
  if (written === undefined) {
    written = JSON.stringify(
      ranges.map(({ start, end, step }) => ({
        start: formatPrice(start),
        end: formatPrice(end),
        step: formatPrice(step)
      }))
    )
    rangesWritten.set(ranges, written)
  }
  return written
}

/** Many markets open and close together, and a time takes longer to write than all the rest of a market. */
const timesWritten = new Map<Microseconds, string>()
const TIMES_WRITTEN_MAX = 10_000

/** Microseconds with trailing zeros cut off, as Go writes times. */
function rfc3339(time: Microseconds): string {
  const known = timesWritten.get(time)
  if (known !== undefined) return known
  const second = new Date(Math.floor(time / 1000)).toISOString().slice(0, 19)
  const decimals = String(time % 1_000_000)
    .padStart(6, '0')
    .replace(/0+$/, '')
  const written = decimals === '' ? `${second}Z` : `${second}.${decimals}Z`
  if (timesWritten.size >= TIMES_WRITTEN_MAX) timesWritten.clear()
  timesWritten.set(time, written)
  return written
}
