import type { Count } from '../core/units.ts'
import { complement, formatCount, formatPrice } from '../core/units.ts'
import type { Level } from '../protocol/messages/market-data.ts'
import type { BookChanged, BookReplaced, Change, QuoteChanged, Traded } from './change.ts'
import { encodeEventCreated, encodeMarketLifecycle } from './lifecycle-wire.ts'
import type { WireTime } from './wire-time.ts'

/**
 * What the exchange writes, in the names and shapes of November 2026 (protocol reference, sections 4 and 11). Market
 * data are put together from templates, since they are nearly all of the frames; none of their texts needs escaping.
 */

export interface EnvelopeFields {
  /** Echo of the command's id. */
  readonly id?: number | undefined
  readonly sid?: number | undefined
  readonly seq?: number | undefined
}

/** A whole frame. Every frame of the exchange ends in a newline. */
export function encodeFrame(type: string, now: WireTime, { id, sid, seq }: EnvelopeFields, msg?: string): string {
  let frame = id === undefined ? '{' : `{"id":${id},`
  frame += `"type":"${type}","sending_ts_ms":${now.milliseconds}`
  if (sid !== undefined) frame += `,"sid":${sid}`
  if (seq !== undefined) frame += `,"seq":${seq}`
  if (msg !== undefined) frame += `,"msg":${msg}`
  return `${frame}}\n`
}

export interface ChangeContext {
  /** When the change happened. */
  readonly now: WireTime
  /** How fast the exchange goes, from which closing times are foretold. */
  readonly changesPerSecond: number
  /** Prices of the NO side on the YES leg (section 12). */
  readonly useYesPrice: boolean
}

/** The `msg` of the frame that tells of a change. */
export function encodeChange(change: Change, context: ChangeContext): string {
  switch (change.type) {
    case 'orderbook_delta':
      return encodeDelta(change, context)
    case 'orderbook_snapshot':
      return encodeSnapshot(change, context)
    case 'ticker':
      return encodeTicker(change, context)
    case 'trade':
      return encodeTrade(change, context)
    case 'event_lifecycle':
      return encodeEventCreated(change)
    case 'market_lifecycle_v2':
      return encodeMarketLifecycle(change, context.now, context.changesPerSecond)
  }
}

function encodeDelta({ market, side, price, delta }: BookChanged, { now, useYesPrice }: ChangeContext): string {
  const shown = useYesPrice && side === 'no' ? complement(price) : price
  return (
    `{"market_ticker":"${market.ticker}","market_id":"${market.id}","price_dollars":"${formatPrice(shown)}",` +
    `"delta_fp":"${formatCount(delta)}","side":"${side}","ts":"${now.trimmedTime}","ts_ms":${now.milliseconds}}`
  )
}

/** An empty side has no key. On the YES leg the NO levels run from high to low. */
function encodeSnapshot({ market, yes, no }: BookReplaced, { useYesPrice }: ChangeContext): string {
  let msg = `{"market_ticker":"${market.ticker}","market_id":"${market.id}"`
  if (yes.length > 0) msg += `,"yes_dollars_fp":${encodeLevels(yes, false)}`
  if (no.length > 0) msg += `,"no_dollars_fp":${encodeLevels(no, useYesPrice)}`
  return `${msg}}`
}

function encodeLevels(levels: readonly Level[], complemented: boolean): string {
  const encoded = levels.map(({ price, count }) => {
    return `["${formatPrice(complemented ? complement(price) : price)}","${formatCount(count)}"]`
  })
  return `[${encoded.join(',')}]`
}

/** `price_dollars` is empty before the first trade, as was seen on the wire. */
function encodeTicker(quote: QuoteChanged, { now }: ChangeContext): string {
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
function halfContracts(count: Count): number {
  return Math.floor(count / 200)
}

function encodeTrade({ tradeId, market, yesPrice, count, takerSide }: Traded, { now }: ChangeContext): string {
  return (
    `{"trade_id":"${tradeId}","market_ticker":"${market.ticker}",` +
    `"yes_price_dollars":"${formatPrice(yesPrice)}","no_price_dollars":"${formatPrice(complement(yesPrice))}",` +
    `"count_fp":"${formatCount(count)}","taker_side":"${takerSide}","taker_outcome_side":"${takerSide}",` +
    `"taker_book_side":"${takerSide === 'yes' ? 'bid' : 'ask'}","is_block_trade":false,` +
    `"ts":${now.seconds},"ts_ms":${now.milliseconds}}`
  )
}
