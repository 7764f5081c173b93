import { z } from 'zod'
import { readCount, readLevels, readPrice, required, timeFromMilliseconds, timeFromText } from '../eras.ts'
import { reader } from './reader.ts'
import { decimal, frame, integer, side, text, ticker } from './wire.ts'

/** Channel `orderbook_delta` (section 11.1). */

const atom = z.union([z.string(), z.number()])
const levels = z.array(z.tuple([atom, atom])).nullish()

export const readOrderbookSnapshot = reader(
  frame(['orderbook_snapshot'], {
    market_ticker: ticker,
    market_id: text,
    yes: levels,
    yes_dollars: levels,
    yes_dollars_fp: levels,
    no: levels,
    no_dollars: levels,
    no_dollars_fp: levels
  }),
  ({ msg }, envelope, markets) => ({
    type: 'orderbook_snapshot',
    market: markets.add(msg.market_ticker),
    marketTicker: msg.market_ticker,
    yes: readLevels('yes', msg.yes_dollars_fp, msg.yes_dollars, msg.yes),
    no: readLevels('no', msg.no_dollars_fp, msg.no_dollars, msg.no),
    ...envelope
  })
)

export const readOrderbookDelta = reader(
  frame(['orderbook_delta'], {
    market_ticker: ticker,
    market_id: text,
    side,
    price: integer,
    price_dollars: decimal,
    delta: integer,
    delta_fp: decimal,
    ts: text,
    ts_ms: integer,
    client_order_id: text,
    subaccount: integer
  }),
  ({ msg }, envelope, markets) => ({
    type: 'orderbook_delta',
    market: markets.add(msg.market_ticker),
    marketTicker: msg.market_ticker,
    side: msg.side,
    price: required('price_dollars', readPrice('price', msg.price_dollars, msg.price)),
    delta: required('delta_fp', readCount('delta', msg.delta_fp, msg.delta)),
    exchangeTime: timeFromText('ts', msg.ts) ?? timeFromMilliseconds('ts_ms', msg.ts_ms),
    clientOrderId: msg.client_order_id ?? null,
    subaccount: msg.subaccount ?? null,
    ...envelope
  })
)
