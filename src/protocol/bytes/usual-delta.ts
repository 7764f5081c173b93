import type { Microseconds } from '../../core/time.ts'
import type { Count, Price } from '../../core/units.ts'
import type { Side } from '../messages/envelope.ts'
import type { OrderbookDelta } from '../messages/market-data.ts'
import { literals } from './literal.ts'
import { numbers } from './numbers.ts'
import { plain } from './plain.ts'
import type { TickerIndex } from './ticker-index.ts'
import { usualEnvelope } from './usual-envelope.ts'
import { window } from './window.ts'

const { isLong, isMedium, isShort, isTiny, long, medium, short, tiny } = literals
const { cursor, countAt, MILLISECONDS_LENGTH, millisecondsAt, NONE, PRICE_LENGTH, priceAt, timeAt } = numbers
const { ID_LENGTH, QUOTE } = plain
const { NO_UNKNOWN, envelope, envelopeAt, isEnd, sentAt } = usualEnvelope
const { view } = window

const OPENING = long('{"type":"orderbook_delta"')
const TICKER = medium('"market_ticker":"')
const ID = short('","market_id":"')
const PRICE = medium('","price_dollars":"')
const DELTA = short('","delta_fp":"')
const SIDE = short('","side":"')
const TIME = tiny(',"ts":"')
const MILLISECONDS = short('","ts_ms":')

const YES_SIDE = 0x22736579
const NO_SIDE = 0x00226f6e
const THREE_BYTES = 0xffffff

/** The side that stands here, with the quote behind it; null where it is none. */
const sideAt = (at: number): Side | null => {
  const word = view.getInt32(at, true)
  if (word === YES_SIDE) return 'yes'
  return (word & THREE_BYTES) === NO_SIDE ? 'no' : null
}

export const usualDeltaAt = (from: number, end: number, tickers: TickerIndex): OrderbookDelta | null => {
  if (!isLong(from, OPENING)) return null
  let at = envelopeAt(from + OPENING.length)
  if (at === NONE || !isMedium(at, TICKER)) return null
  const entry = tickers.find(at + TICKER.length)
  at = cursor.at
  if (entry === NONE || !isShort(at, ID) || !tickers.isIdAt(at + ID.length, entry)) return null
  at += ID.length + ID_LENGTH
  if (!isMedium(at, PRICE)) return null
  at += PRICE.length
  const price = priceAt(at)
  at += PRICE_LENGTH
  if (price === NONE || !isShort(at, DELTA)) return null
  const delta = countAt(at + DELTA.length)
  at = cursor.at
  if (Number.isNaN(delta) || !isShort(at, SIDE)) return null
  at += SIDE.length
  const side = sideAt(at)
  if (side === null) return null
  at += side.length + 1
  let exchangeTime: number | null = null
  if (isTiny(at, TIME)) {
    exchangeTime = timeAt(at + TIME.length)
    if (Number.isNaN(exchangeTime)) return null
    at = cursor.at
    if (isShort(at, MILLISECONDS)) {
      if (millisecondsAt(at + MILLISECONDS.length) === NONE) return null
      at += MILLISECONDS.length + MILLISECONDS_LENGTH
    } else if (view.getUint8(at++) !== QUOTE) return null
  }
  if (!isEnd(at, end)) return null
  return {
    type: 'orderbook_delta',
    market: tickers.numberOf(entry),
    marketTicker: tickers.tickerOf(entry),
    side,
    price: price as Price,
    delta: delta as Count,
    exchangeTime: exchangeTime as Microseconds | null,
    clientOrderId: null,
    subaccount: null,
    sid: envelope.sid,
    seq: envelope.seq === NONE ? null : envelope.seq,
    id: null,
    sentAt: sentAt(),
    unknownFields: NO_UNKNOWN
  }
}
