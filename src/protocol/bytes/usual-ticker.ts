import type { Price } from '../../core/units.ts'
import { nullIfOneDollar, nullIfZero } from '../eras.ts'
import type { Ticker } from '../messages/market-data.ts'
import { literals } from './literal.ts'
import { numbers } from './numbers.ts'
import { plain } from './plain.ts'
import type { TickerIndex } from './ticker-index.ts'
import { usualEnvelope } from './usual-envelope.ts'
import { usualFields } from './usual-fields.ts'

const { isAt, literal } = literals
const { cursor, NONE } = numbers
const { ID_LENGTH } = plain
const { NO_UNKNOWN, envelope, envelopeAt, isEnd, sentAt } = usualEnvelope
const { takeCount, takeInteger, takeMilliseconds, takePrice, takeTime } = usualFields

const OPENING = literal('{"type":"ticker"')
const ID = literal('"market_id":"')
const TICKER = literal('","market_ticker":"')
const NO_PRICE = literal('","price_dollars":"","yes')
const PRICE = literal('","price_dollars":"')
const YES_BID = literal('","yes_bid_dollars":"')
const YES_ASK = literal('","yes_ask_dollars":"')
const VOLUME = literal('","volume_fp":"')
const OPEN_INTEREST = literal('","open_interest_fp":"')
const DOLLAR_VOLUME = literal('","dollar_volume":')
const DOLLAR_OPEN_INTEREST = literal(',"dollar_open_interest":')
const YES_BID_SIZE = literal(',"yes_bid_size_fp":"')
const YES_ASK_SIZE = literal('","yes_ask_size_fp":"')
const LAST_TRADE_SIZE = literal('","last_trade_size_fp":"')
const SECONDS = literal('","ts":')
const MILLISECONDS = literal(',"ts_ms":')
const TIME = literal(',"time":"')

export const usualTickerAt = (from: number, end: number, tickers: TickerIndex): Ticker | null => {
  if (!isAt(from, OPENING)) return null
  const id = envelopeAt(from + OPENING.length)
  if (id === NONE || !isAt(id, ID) || !isAt(id + ID.length + ID_LENGTH, TICKER)) return null
  const entry = tickers.find(id + ID.length + ID_LENGTH + TICKER.length)
  if (entry === NONE || !tickers.isIdAt(id + ID.length, entry)) return null
  const hasTraded = !isAt(cursor.at, NO_PRICE)
  const price = hasTraded ? takePrice(PRICE) : takeNoPrice()
  const yesBid = takePrice(YES_BID)
  const yesAsk = takePrice(YES_ASK)
  const volume = takeCount(VOLUME)
  const openInterest = takeCount(OPEN_INTEREST)
  const dollarVolume = takeInteger(DOLLAR_VOLUME)
  const dollarOpenInterest = takeInteger(DOLLAR_OPEN_INTEREST)
  const yesBidSize = takeCount(YES_BID_SIZE)
  const yesAskSize = takeCount(YES_ASK_SIZE)
  const lastTradeSize = takeCount(LAST_TRADE_SIZE)
  if (takeInteger(SECONDS) === null || takeMilliseconds(MILLISECONDS) === null) return null
  const exchangeTime = takeTime(TIME)
  const isWhole =
    price !== null &&
    yesBid !== null &&
    yesAsk !== null &&
    yesBidSize !== null &&
    yesAskSize !== null &&
    lastTradeSize !== null &&
    volume !== null &&
    openInterest !== null &&
    dollarVolume !== null &&
    dollarOpenInterest !== null &&
    exchangeTime !== null
  if (!isWhole || !isEnd(cursor.at, end)) return null
  return {
    type: 'ticker',
    market: tickers.numberOf(entry),
    marketTicker: tickers.tickerOf(entry),
    price: nullIfZero(price),
    yesBid: nullIfZero(yesBid),
    yesAsk: nullIfOneDollar(yesAsk),
    yesBidSize,
    yesAskSize,
    lastTradeSize,
    volume,
    openInterest,
    dollarVolume,
    dollarOpenInterest,
    exchangeTime,
    sid: envelope.sid,
    seq: envelope.seq === NONE ? null : envelope.seq,
    id: null,
    sentAt: sentAt(),
    unknownFields: NO_UNKNOWN
  }
}

/** A price of nothing, as of a market that never traded, is told as an empty text; zero means the same. */
const takeNoPrice = (): Price => {
  cursor.at += PRICE.length
  return 0 as Price
}
