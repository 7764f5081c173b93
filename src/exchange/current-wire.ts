import type { Count } from '../core/units.ts'
import { complement, formatCount, formatPrice } from '../core/units.ts'
import type { Level } from '../protocol/messages/market-data.ts'
import type { BookChanged, BookReplaced, QuoteChanged, Traded } from './change.ts'
import type { WireTime } from './wire-time.ts'

/**
 * Market data in the names and shapes of November 2026 (protocol reference, section 11). They are put together from
 * templates, since they are nearly all of the frames; none of their texts needs escaping.
 */

export function encodeDelta({ market, side, price, delta }: BookChanged, now: WireTime, useYesPrice: boolean): string {
  const shown = useYesPrice && side === 'no' ? complement(price) : price
  return (
    `{"market_ticker":"${market.ticker}","market_id":"${market.id}","price_dollars":"${formatPrice(shown)}",` +
    `"delta_fp":"${formatCount(delta)}","side":"${side}","ts":"${now.trimmedTime}","ts_ms":${now.milliseconds}}`
  )
}

/** An empty side has no key. On the YES leg the NO levels run from high to low. */
export function encodeSnapshot({ market, yes, no }: BookReplaced, useYesPrice: boolean): string {
  let msg = `{"market_ticker":"${market.ticker}","market_id":"${market.id}"`
  if (yes.length > 0) msg += `,"yes_dollars_fp":${encodeLevels(yes, false)}`
  if (no.length > 0) msg += `,"no_dollars_fp":${encodeLevels(no, useYesPrice)}`
  return `${msg}}`
}

export function encodeLevels(levels: readonly Level[], complemented: boolean): string {
  const encoded = levels.map(({ price, count }) => {
    return `["${formatPrice(complemented ? complement(price) : price)}","${formatCount(count)}"]`
  })
  return `[${encoded.join(',')}]`
}

/** `price_dollars` is empty before the first trade, as was seen on the wire. */
export function encodeTicker(quote: QuoteChanged, now: WireTime): string {
  const { market, lastPrice } = quote
  return (
    `{"market_id":"${market.id}","market_ticker":"${market.ticker}",` +
    `"price_dollars":"${lastPrice === null ? '' : formatPrice(lastPrice)}",` +
    `"yes_bid_dollars":"${formatPrice(quote.yesBid)}","yes_ask_dollars":"${formatPrice(quote.yesAsk)}",` +
    `"volume_fp":"${formatCount(quote.volume)}","open_interest_fp":"${formatCount(quote.openInterest)}",` +
    `"dollar_volume":${halfContracts(quote.volume)},"dollar_open_interest":${halfContracts(quote.openInterest)},` +
    `"yes_bid_size_fp":"${formatCount(quote.yesBidSize)}","yes_ask_size_fp":"${formatCount(quote.yesAskSize)}",` +
    `"last_trade_size_fp":"${formatCount(quote.lastCount)}",` +
    `"ts":${now.seconds},"ts_ms":${now.milliseconds},"time":"${now.time}"}`
  )
}

/** What the exchange calls dollars was half the contracts, rounded down, in every frame observed (section 11.2). */
export function halfContracts(count: Count): number {
  return Math.floor(count / 200)
}

export function encodeTrade({ tradeId, market, yesPrice, count, takerSide }: Traded, now: WireTime): string {
  return (
    `{"trade_id":"${tradeId}","market_ticker":"${market.ticker}",` +
    `"yes_price_dollars":"${formatPrice(yesPrice)}","no_price_dollars":"${formatPrice(complement(yesPrice))}",` +
    `"count_fp":"${formatCount(count)}","taker_side":"${takerSide}","taker_outcome_side":"${takerSide}",` +
    `"taker_book_side":"${takerSide === 'yes' ? 'bid' : 'ask'}","is_block_trade":false,` +
    `"ts":${now.seconds},"ts_ms":${now.milliseconds}}`
  )
}
