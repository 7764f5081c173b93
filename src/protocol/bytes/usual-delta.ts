import type { Microseconds } from '../../core/time.ts'
import type { Count, Price } from '../../core/units.ts'
import type { OrderbookDelta } from '../messages/market-data.ts'
import { literals } from './literal.ts'
import { numbers } from './numbers.ts'
import { plain } from './plain.ts'
import type { TickerIndex } from './ticker-index.ts'
import { usualEnvelope } from './usual-envelope.ts'
import { window } from './window.ts'

const { isWord, literal } = literals
const { cursor, countAt, MILLISECONDS_LENGTH, millisecondsAt, NONE, PRICE_LENGTH, priceAt, timeAt } = numbers
const { ID_LENGTH, QUOTE } = plain
const { NO_UNKNOWN, envelope, envelopeAt, isEnd, sentAt } = usualEnvelope
const { view } = window

const OPENING = literal('{"type":"orderbook_delta"')
const TICKER = literal('"market_ticker":"')
const ID = literal('","market_id":"')
const PRICE = literal('","price_dollars":"')
const DELTA = literal('","delta_fp":"')
const YES = literal('","side":"yes","ts":"')
const NO = literal('","side":"no","ts":"')
const MILLISECONDS = literal('","ts_ms":')

export const usualDeltaAt = (from: number, end: number, tickers: TickerIndex): OrderbookDelta | null => {
  const isDelta =
    isWord(from, OPENING.first) &&
    isWord(from + 8, OPENING.second) &&
    isWord(from + 16, OPENING.third) &&
    isWord(from + OPENING.last, OPENING.final)
  if (!isDelta) return null
  let at = envelopeAt(from + OPENING.length)
  if (at === NONE) return null
  if (!isWord(at, TICKER.first) || !isWord(at + 8, TICKER.second) || !isWord(at + TICKER.last, TICKER.final))
    return null
  const entry = tickers.find(at + TICKER.length)
  at = cursor.at
  if (entry === NONE || !isWord(at, ID.first) || !isWord(at + ID.last, ID.final)) return null
  at += ID.length
  if (!tickers.isIdAt(at, entry)) return null
  at += ID_LENGTH
  if (!isWord(at, PRICE.first) || !isWord(at + 8, PRICE.second) || !isWord(at + PRICE.last, PRICE.final)) return null
  at += PRICE.length
  const price = priceAt(at)
  at += PRICE_LENGTH
  if (price === NONE || !isWord(at, DELTA.first) || !isWord(at + DELTA.last, DELTA.final)) return null
  const delta = countAt(at + DELTA.length)
  at = cursor.at
  if (Number.isNaN(delta) || !isWord(at, YES.first)) return null
  const isYes = isWord(at + 8, YES.second)
  if (isYes ? !isWord(at + YES.last, YES.final) : !isWord(at + 8, NO.second) || !isWord(at + NO.last, NO.final))
    return null
  at += isYes ? YES.length : NO.length
  const exchangeTime = timeAt(at)
  if (Number.isNaN(exchangeTime)) return null
  at = cursor.at
  // Before April 2026 there was the text alone.
  if (isWord(at, MILLISECONDS.first) && isWord(at + MILLISECONDS.last, MILLISECONDS.final)) {
    if (millisecondsAt(at + MILLISECONDS.length) === NONE) return null
    at += MILLISECONDS.length + MILLISECONDS_LENGTH
  } else if (view.getUint8(at++) !== QUOTE) return null
  if (!isEnd(at, end)) return null
  return {
    type: 'orderbook_delta',
    market: tickers.numberOf(entry),
    marketTicker: tickers.tickerOf(entry),
    side: isYes ? 'yes' : 'no',
    price: price as Price,
    delta: delta as Count,
    exchangeTime: exchangeTime as Microseconds,
    clientOrderId: null,
    subaccount: null,
    sid: envelope.sid,
    seq: envelope.seq === NONE ? null : envelope.seq,
    id: null,
    sentAt: sentAt(),
    unknownFields: NO_UNKNOWN
  }
}
