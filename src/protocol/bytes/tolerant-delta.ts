import type { Envelope } from '../messages/envelope.ts'
import type { OrderbookDelta } from '../messages/market-data.ts'
import type { TickerIndex } from './ticker-index.ts'
import { Fields } from './tolerant-fields.ts'

const fields = new Fields({
  market_ticker: 'text',
  market_id: 'text',
  side: 'text',
  price: 'integer',
  price_dollars: 'text',
  delta: 'integer',
  delta_fp: 'text',
  ts: 'text',
  ts_ms: 'integer',
  client_order_id: 'text',
  subaccount: 'integer'
})
const { slots } = fields

function build({ sid, seq, id, sentAt, unknownFields }: Envelope, tickers: TickerIndex): OrderbookDelta | null {
  const marketTicker = fields.text(slots.market_ticker)
  const side = fields.either(slots.side, 'yes', 'no')
  const price = fields.price(slots.price_dollars, slots.price)
  const delta = fields.count(slots.delta_fp, slots.delta)
  const exchangeTime = fields.time(slots.ts) ?? fields.timeIn(slots.ts_ms, 1000)
  const clientOrderId = fields.text(slots.client_order_id)
  const subaccount = fields.integer(slots.subaccount)
  if (fields.isOdd || !marketTicker || side === null || price === null || delta === null) return null
  const market = tickers.numberAt(fields.startOf(slots.market_ticker), marketTicker)
  return {
    type: 'orderbook_delta',
    market,
    marketTicker,
    side,
    price,
    delta,
    exchangeTime,
    clientOrderId,
    subaccount,
    sid,
    seq,
    id,
    sentAt,
    unknownFields
  }
}

export const tolerantDelta = { fields, build }
