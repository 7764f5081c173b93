import { nullIfOneDollar, nullIfZero } from '../eras.ts'
import type { Envelope } from '../messages/envelope.ts'
import type { Ticker } from '../messages/market-data.ts'
import type { TickerIndex } from './ticker-index.ts'
import { Fields } from './tolerant-fields.ts'

const fields = new Fields({
  market_ticker: 'text',
  market_id: 'text',
  price: 'integer',
  price_dollars: 'text',
  yes_bid: 'integer',
  yes_bid_dollars: 'text',
  yes_ask: 'integer',
  yes_ask_dollars: 'text',
  no_bid: 'integer',
  no_bid_dollars: 'text',
  no_ask: 'integer',
  no_ask_dollars: 'text',
  yes_bid_size_fp: 'text',
  yes_ask_size_fp: 'text',
  last_trade_size_fp: 'text',
  volume: 'integer',
  volume_fp: 'text',
  open_interest: 'integer',
  open_interest_fp: 'text',
  dollar_volume: 'integer',
  dollar_open_interest: 'integer',
  ts: 'integer',
  ts_ms: 'integer',
  time: 'text',
  Clock: 'integer'
})
const { slots } = fields

function build({ sid, seq, id, sentAt, unknownFields }: Envelope, tickers: TickerIndex): Ticker | null {
  const marketTicker = fields.text(slots.market_ticker)
  const price = nullIfZero(fields.price(slots.price_dollars, slots.price))
  const yesBid = nullIfZero(fields.price(slots.yes_bid_dollars, slots.yes_bid))
  const yesAsk = nullIfOneDollar(fields.price(slots.yes_ask_dollars, slots.yes_ask))
  const yesBidSize = fields.count(slots.yes_bid_size_fp)
  const yesAskSize = fields.count(slots.yes_ask_size_fp)
  const lastTradeSize = fields.count(slots.last_trade_size_fp)
  const volume = fields.count(slots.volume_fp, slots.volume)
  const openInterest = fields.count(slots.open_interest_fp, slots.open_interest)
  const exchangeTime = fields.time(slots.time) ?? fields.timeIn(slots.ts_ms, 1000) ?? fields.timeIn(slots.ts, 1_000_000)
  if (fields.isOdd || !marketTicker || !arePricesSent()) return null
  return {
    type: 'ticker',
    market: tickers.numberAt(fields.startOf(slots.market_ticker), marketTicker),
    marketTicker,
    price,
    yesBid,
    yesAsk,
    yesBidSize,
    yesAskSize,
    lastTradeSize,
    volume,
    openInterest,
    dollarVolume: fields.integer(slots.dollar_volume),
    dollarOpenInterest: fields.integer(slots.dollar_open_interest),
    exchangeTime,
    sid,
    seq,
    id,
    sentAt,
    unknownFields
  }
}

/** Each may be empty, but must be there in the spelling of some era. */
function arePricesSent(): boolean {
  return (
    (fields.has(slots.price_dollars) || fields.has(slots.price)) &&
    (fields.has(slots.yes_bid_dollars) || fields.has(slots.yes_bid)) &&
    (fields.has(slots.yes_ask_dollars) || fields.has(slots.yes_ask))
  )
}

export const tolerantTicker = { fields, build }
