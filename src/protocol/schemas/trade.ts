import { z } from 'zod'
import { readCount, readLegs, readPrice, required, timeFromMilliseconds, timeFromSeconds } from '../eras.ts'
import type { Side } from '../messages/envelope.ts'
import { reader } from './reader.ts'
import { decimal, flag, frame, integer, optionalSide, text, ticker } from './wire.ts'

/** Channel `trade` (section 11.3). The oldest frames say `price` and `side` of the taker. */
export const readTrade = reader(
  frame(['trade'], {
    market_ticker: ticker,
    market_id: text,
    // UUID-shaped, but with variant bits that no UUID has: not to be validated.
    trade_id: text,
    price: integer,
    price_dollars: decimal,
    yes_price: integer,
    yes_price_dollars: decimal,
    no_price: integer,
    no_price_dollars: decimal,
    count: integer,
    count_fp: decimal,
    side: optionalSide,
    taker_side: optionalSide,
    taker_outcome_side: optionalSide,
    taker_book_side: z.enum(['bid', 'ask']).nullish(),
    is_block_trade: flag,
    ts: integer,
    ts_ms: integer
  }),
  ({ msg }, envelope, markets) => {
    const yesPrice =
      readPrice('yes_price', msg.yes_price_dollars, msg.yes_price) ?? readPrice('price', msg.price_dollars, msg.price)
    const legs = readLegs(yesPrice, readPrice('no_price', msg.no_price_dollars, msg.no_price))
    return {
      type: 'trade',
      market: markets.add(msg.market_ticker),
      marketTicker: msg.market_ticker,
      tradeId: msg.trade_id ?? null,
      yesPrice: legs.yes,
      noPrice: legs.no,
      count: required('count_fp', readCount('count', msg.count_fp, msg.count)),
      takerSide: required(
        'taker_outcome_side',
        msg.taker_outcome_side ?? outcomeOf(msg.taker_book_side) ?? msg.taker_side ?? msg.side
      ),
      isBlockTrade: msg.is_block_trade ?? false,
      exchangeTime: timeFromMilliseconds('ts_ms', msg.ts_ms) ?? timeFromSeconds('ts', msg.ts),
      ...envelope
    }
  }
)

/** A bid is for YES contracts, an ask for NO contracts. */
function outcomeOf(bookSide: 'bid' | 'ask' | null | undefined): Side | null {
  if (bookSide === null || bookSide === undefined) return null
  return bookSide === 'bid' ? 'yes' : 'no'
}
