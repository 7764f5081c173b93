import type { Side } from '../messages/envelope.ts'
import type { Trade } from '../messages/market-data.ts'
import { literals } from './literal.ts'
import { numbers } from './numbers.ts'
import { plain } from './plain.ts'
import type { TickerIndex } from './ticker-index.ts'
import { usualEnvelope } from './usual-envelope.ts'
import { usualFields } from './usual-fields.ts'
import { window } from './window.ts'

const { isAt, long, medium, short, tiny } = literals
const { cursor, NONE } = numbers
const { ID_LENGTH, isPlain } = plain
const { NO_UNKNOWN, envelope, envelopeAt, isEnd, sentAt } = usualEnvelope
const { take, takeCount, takeInteger, takeMilliseconds, takePrice } = usualFields
const { textAt } = window

const OPENING = short('{"type":"trade"')
const TRADE_ID = short('"trade_id":"')
const TICKER = medium('","market_ticker":"')
const YES_PRICE = medium('","yes_price_dollars":"')
const NO_PRICE = medium('","no_price_dollars":"')
const COUNT = short('","count_fp":"')
const TAKER_YES = medium('","taker_side":"yes"')
const TAKER_NO = medium('","taker_side":"no"')
const OUTCOME_YES = long(',"taker_outcome_side":"yes"')
const OUTCOME_NO = long(',"taker_outcome_side":"no"')
const BOOK_BID = long(',"taker_book_side":"bid"')
const BOOK_ASK = long(',"taker_book_side":"ask"')
const IS_BLOCK = medium(',"is_block_trade":true')
const IS_NO_BLOCK = medium(',"is_block_trade":false')
const SECONDS = tiny(',"ts":')
const MILLISECONDS = short(',"ts_ms":')

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
