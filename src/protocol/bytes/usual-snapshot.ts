import type { Count, Price } from '../../core/units.ts'
import type { Level, OrderbookSnapshot } from '../messages/market-data.ts'
import type { Literal } from './literal.ts'
import { literals } from './literal.ts'
import { numbers } from './numbers.ts'
import { plain } from './plain.ts'
import type { TickerIndex } from './ticker-index.ts'
import { usualEnvelope } from './usual-envelope.ts'
import { window } from './window.ts'

const { isAt, literal } = literals
const { countAt, cursor, NONE, PRICE_LENGTH, priceAt } = numbers
const { ID_LENGTH } = plain
const { NO_UNKNOWN, envelope, envelopeAt, isEnd, sentAt } = usualEnvelope
const { view } = window

const OPENING = literal('{"type":"orderbook_snapshot"')
const TICKER = literal('"market_ticker":"')
const ID = literal('","market_id":"')
const YES = literal(',"yes_dollars_fp":[["')
const NO = literal(',"no_dollars_fp":[["')
/** `","` between the price and the count of a level, `"],["` between two levels, `"]]` behind the last. */
const BETWEEN = 0x222c22
const NEXT = literal('"],["')
const LAST = 0x225d5d

export const usualSnapshotAt = (from: number, end: number, tickers: TickerIndex): OrderbookSnapshot | null => {
  if (!isAt(from, OPENING)) return null
  const msg = envelopeAt(from + OPENING.length)
  if (msg === NONE || !isAt(msg, TICKER)) return null
  const entry = tickers.find(msg + TICKER.length)
  if (entry === NONE || !isAt(cursor.at, ID) || !tickers.isIdAt(cursor.at + ID.length, entry)) return null
  cursor.at += ID.length + ID_LENGTH + 1
  const yes = takeLevels(YES)
  const no = yes === null ? null : takeLevels(NO)
  if (yes === null || no === null || !isEnd(cursor.at, end)) return null
  return {
    type: 'orderbook_snapshot',
    market: tickers.numberOf(entry),
    marketTicker: tickers.tickerOf(entry),
    yes,
    no,
    sid: envelope.sid,
    seq: envelope.seq === NONE ? null : envelope.seq,
    id: null,
    sentAt: sentAt(),
    unknownFields: NO_UNKNOWN
  }
}

/** A side without levels has no key. Null where something else stands there. */
const takeLevels = (key: Literal): Level[] | null => {
  const levels: Level[] = []
  let at = cursor.at
  if (!isAt(at, key)) return levels
  at += key.length
  for (;;) {
    const price = priceAt(at)
    at += PRICE_LENGTH
    if (price === NONE || view.getUint32(at) >>> 8 !== BETWEEN) return null
    const count = countAt(at + 3)
    if (Number.isNaN(count)) return null
    levels.push({ price: price as Price, count: count as Count })
    at = cursor.at
    if (!isAt(at, NEXT)) break
    at += NEXT.length
  }
  cursor.at = at + 3
  return view.getUint32(at) >>> 8 === LAST ? levels : null
}
