import type { Envelope } from '../messages/envelope.ts'
import type { OrderbookSnapshot } from '../messages/market-data.ts'
import type { TickerIndex } from './ticker-index.ts'
import { Fields } from './tolerant-fields.ts'

/** Of today's era: snapshots are rare, and older ones repeat their levels in up to three spellings. */
const fields = new Fields({
  market_ticker: 'text',
  market_id: 'text',
  yes_dollars_fp: 'levels',
  no_dollars_fp: 'levels'
})
const { slots } = fields

const OLDER = ['msg.yes', 'msg.yes_dollars', 'msg.no', 'msg.no_dollars']

function build({ sid, seq, id, sentAt, unknownFields }: Envelope, tickers: TickerIndex): OrderbookSnapshot | null {
  const marketTicker = fields.text(slots.market_ticker)
  if (fields.isOdd || !marketTicker || OLDER.some(field => unknownFields.includes(field))) return null
  return {
    type: 'orderbook_snapshot',
    market: tickers.numberAt(fields.startOf(slots.market_ticker), marketTicker),
    marketTicker,
    yes: fields.levels(slots.yes_dollars_fp),
    no: fields.levels(slots.no_dollars_fp),
    sid,
    seq,
    id,
    sentAt,
    unknownFields
  }
}

export const tolerantSnapshot = { fields, build }
