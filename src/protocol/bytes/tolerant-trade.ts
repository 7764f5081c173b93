import { complement } from '../../core/units.ts'
import type { Envelope, Side } from '../messages/envelope.ts'
import type { Trade } from '../messages/market-data.ts'
import type { TickerIndex } from './ticker-index.ts'
import { Fields } from './tolerant-fields.ts'

const fields = new Fields({
  market_ticker: 'text',
  market_id: 'text',
  trade_id: 'text',
  price: 'integer',
  price_dollars: 'text',
  yes_price: 'integer',
  yes_price_dollars: 'text',
  no_price: 'integer',
  no_price_dollars: 'text',
  count: 'integer',
  count_fp: 'text',
  side: 'text',
  taker_side: 'text',
  taker_outcome_side: 'text',
  taker_book_side: 'text',
  is_block_trade: 'flag',
  ts: 'integer',
  ts_ms: 'integer'
})
const { slots } = fields

function build({ sid, seq, id, sentAt, unknownFields }: Envelope, tickers: TickerIndex): Trade | null {
  const marketTicker = fields.text(slots.market_ticker)
  const yes = fields.price(slots.yes_price_dollars, slots.yes_price) ?? fields.price(slots.price_dollars, slots.price)
  const no = fields.price(slots.no_price_dollars, slots.no_price)
  const count = fields.count(slots.count_fp, slots.count)
  const takerSide = takerSideOf()
  const exchangeTime = fields.timeIn(slots.ts_ms, 1000) ?? fields.timeIn(slots.ts, 1_000_000)
  if (fields.isOdd || !marketTicker || count === null || takerSide === null) return null
  const yesPrice = yes ?? (no === null ? null : complement(no))
  if (yesPrice === null) return null
  return {
    type: 'trade',
    market: tickers.numberAt(fields.startOf(slots.market_ticker), marketTicker),
    marketTicker,
    tradeId: fields.text(slots.trade_id),
    yesPrice,
    noPrice: no ?? complement(yesPrice),
    count,
    takerSide,
    isBlockTrade: fields.flag(slots.is_block_trade) ?? false,
    exchangeTime,
    sid,
    seq,
    id,
    sentAt,
    unknownFields
  }
}

/** The newest of the fields that say it; the others must make sense too. */
function takerSideOf(): Side | null {
  const outcome = fields.either(slots.taker_outcome_side, 'yes', 'no')
  const bookSide = fields.either(slots.taker_book_side, 'bid', 'ask')
  const taker = fields.either(slots.taker_side, 'yes', 'no')
  const oldest = fields.either(slots.side, 'yes', 'no')
  if (outcome !== null) return outcome
  if (bookSide !== null) return bookSide === 'bid' ? 'yes' : 'no'
  return taker ?? oldest
}

export const tolerantTrade = { fields, build }
