import type { Count, Price } from '../core/units.ts'
import { complement, formatCount, formatPrice } from '../core/units.ts'
import type { Level } from '../protocol/messages/market-data.ts'
import type { BookChanged, BookReplaced, QuoteChanged, Traded } from './change.ts'
import { encodeLevels, halfContracts } from './current-wire.ts'
import type { WireTime } from './wire-time.ts'

/**
 * Market data of the eras before March 2026 (protocol reference, section 10): integers, and if `dual` then each of them
 * in today's spelling too. Markets must move in whole cents and whole contracts.
 */

export function encodePastDelta(
  { market, side, price, delta }: BookChanged,
  now: WireTime,
  useYesPrice: boolean,
  dual: boolean
): string {
  const shown = useYesPrice && side === 'no' ? complement(price) : price
  return JSON.stringify({
    market_ticker: market.ticker,
    ...(dual && { market_id: market.id }),
    price: cents(shown),
    ...(dual && { price_dollars: formatPrice(shown) }),
    delta: contracts(delta),
    ...(dual && { delta_fp: formatCount(delta) }),
    side,
    ts: now.trimmedTime
  })
}

/** In between, levels had their price as a string and their count as an integer; `dual` has all three forms. */
export function encodePastSnapshot({ market, yes, no }: BookReplaced, useYesPrice: boolean, dual: boolean): string {
  let msg = `{"market_ticker":"${market.ticker}"`
  if (dual) msg += `,"market_id":"${market.id}"`
  if (yes.length > 0) msg += encodeSide('yes', yes, false, dual)
  if (no.length > 0) msg += encodeSide('no', no, useYesPrice, dual)
  return `${msg}}`
}

function encodeSide(side: 'yes' | 'no', levels: readonly Level[], complemented: boolean, dual: boolean): string {
  const shown = levels.map(({ price, count }) => ({ price: complemented ? complement(price) : price, count }))
  const integers = shown.map(({ price, count }) => [cents(price), contracts(count)])
  const encoded = `,"${side}":${JSON.stringify(integers)}`
  if (!dual) return encoded
  const mixed = shown.map(({ price, count }) => [formatPrice(price).slice(0, -1), contracts(count)])
  return `${encoded},"${side}_dollars":${JSON.stringify(mixed)},"${side}_dollars_fp":${encodeLevels(shown, false)}`
}

/** `Clock` is an opaque counter of the whole exchange: here it counts milliseconds. */
export function encodePastTicker(quote: QuoteChanged, now: WireTime, dual: boolean): string {
  const { market, lastPrice, yesBid, yesAsk, volume, openInterest } = quote
  return JSON.stringify({
    ...(dual && { market_id: market.id }),
    market_ticker: market.ticker,
    price: lastPrice === null ? 0 : cents(lastPrice),
    yes_bid: cents(yesBid),
    yes_ask: cents(yesAsk),
    ...(dual && {
      price_dollars: lastPrice === null ? '0.0000' : formatPrice(lastPrice),
      yes_bid_dollars: formatPrice(yesBid),
      yes_ask_dollars: formatPrice(yesAsk)
    }),
    volume: contracts(volume),
    ...(dual && { volume_fp: formatCount(volume) }),
    open_interest: contracts(openInterest),
    ...(dual && { open_interest_fp: formatCount(openInterest) }),
    dollar_volume: halfContracts(volume),
    dollar_open_interest: halfContracts(openInterest),
    ...(dual && {
      yes_bid_size_fp: formatCount(quote.yesBidSize),
      yes_ask_size_fp: formatCount(quote.yesAskSize),
      last_trade_size_fp: formatCount(quote.lastCount)
    }),
    ts: now.seconds,
    Clock: now.milliseconds
  })
}

/** The oldest trades had no id. */
export function encodePastTrade(trade: Traded, now: WireTime, dual: boolean): string {
  const { market, tradeId, yesPrice, count, takerSide } = trade
  const noPrice = complement(yesPrice)
  return JSON.stringify({
    ...(dual && { trade_id: tradeId }),
    market_ticker: market.ticker,
    yes_price: cents(yesPrice),
    ...(dual && { yes_price_dollars: formatPrice(yesPrice) }),
    no_price: cents(noPrice),
    ...(dual && { no_price_dollars: formatPrice(noPrice) }),
    count: contracts(count),
    ...(dual && { count_fp: formatCount(count) }),
    taker_side: takerSide,
    ts: now.seconds
  })
}

function cents(price: Price): number {
  return whole(price / 100)
}

function contracts(count: Count): number {
  return whole(count / 100)
}

/** A synthetic exchange of these eras must have been told so: rounding would make books that cannot be folded. */
function whole(value: number): number {
  if (!Number.isInteger(value)) throw new RangeError(`${value} is finer than the integers of this era`)
  return value
}
