import type { Side } from '../messages/envelope.ts'
import type { Trade } from '../messages/market-data.ts'
import { literals } from './literal.ts'
import { numbers } from './numbers.ts'
import { plain } from './plain.ts'
import type { TickerIndex } from './ticker-index.ts'
import { usualEnvelope } from './usual-envelope.ts'
import { usualFields } from './usual-fields.ts'
import { window } from './window.ts'

const { isAt, literal } = literals
const { cursor, NONE } = numbers
const { ID_LENGTH, isPlain } = plain
const { NO_UNKNOWN, envelope, envelopeAt, isEnd, sentAt } = usualEnvelope
const { take, takeCount, takeInteger, takeMilliseconds, takePrice } = usualFields
const { textAt } = window

const OPENING = literal('{"type":"trade"')
const TRADE_ID = literal('"trade_id":"')
const TICKER = literal('","market_ticker":"')
const YES_PRICE = literal('","yes_price_dollars":"')
const NO_PRICE = literal('","no_price_dollars":"')
const COUNT = literal('","count_fp":"')
const TAKER_YES = literal('","taker_side":"yes"')
const TAKER_NO = literal('","taker_side":"no"')
const OUTCOME_YES = literal(',"taker_outcome_side":"yes"')
const OUTCOME_NO = literal(',"taker_outcome_side":"no"')
const BOOK_BID = literal(',"taker_book_side":"bid"')
const BOOK_ASK = literal(',"taker_book_side":"ask"')
const IS_BLOCK = literal(',"is_block_trade":true')
const IS_NO_BLOCK = literal(',"is_block_trade":false')
const SECONDS = literal(',"ts":')
const MILLISECONDS = literal(',"ts_ms":')

export const usualTradeAt = (from: number, end: number, tickers: TickerIndex): Trade | null => {
  if (!isAt(from, OPENING)) return null
  const id = envelopeAt(from + OPENING.length)
  if (id === NONE || !isAt(id, TRADE_ID) || !isAt(id + TRADE_ID.length + ID_LENGTH, TICKER)) return null
  const entry = tickers.find(id + TRADE_ID.length + ID_LENGTH + TICKER.length)
  if (entry === NONE || !isPlain(id + TRADE_ID.length, ID_LENGTH)) return null
  const yesPrice = takePrice(YES_PRICE)
  const noPrice = takePrice(NO_PRICE)
  const count = takeCount(COUNT)
  const takerSide = takeTakerSide()
  const isBlockTrade = take(IS_BLOCK)
  if (!isBlockTrade && !take(IS_NO_BLOCK)) return null
  if (takeInteger(SECONDS) === null) return null
  const exchangeTime = takeMilliseconds(MILLISECONDS)
  const isWhole = yesPrice !== null && noPrice !== null && count !== null && takerSide !== null && exchangeTime !== null
  if (!isWhole || !isEnd(cursor.at, end)) return null
  return {
    type: 'trade',
    market: tickers.numberOf(entry),
    marketTicker: tickers.tickerOf(entry),
    tradeId: textAt(id + TRADE_ID.length, ID_LENGTH),
    yesPrice,
    noPrice,
    count,
    takerSide,
    isBlockTrade,
    exchangeTime,
    sid: envelope.sid,
    seq: envelope.seq === NONE ? null : envelope.seq,
    id: null,
    sentAt: sentAt(),
    unknownFields: NO_UNKNOWN
  }
}

/** The three fields that say it, as long as they agree. */
const takeTakerSide = (): Side | null => {
  if (take(TAKER_YES)) return take(OUTCOME_YES) && take(BOOK_BID) ? 'yes' : null
  return take(TAKER_NO) && take(OUTCOME_NO) && take(BOOK_ASK) ? 'no' : null
}
