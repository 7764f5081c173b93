import {
  mustBeSent,
  nullIfOneDollar,
  nullIfZero,
  readCount,
  readPrice,
  timeFromMilliseconds,
  timeFromSeconds,
  timeFromText
} from '../eras.ts'
import { reader } from './reader.ts'
import { decimal, frame, integer, text, ticker } from './wire.ts'

/** Channels `ticker` and, until February 2026, `ticker_v2` (section 11.2). */

const prices = {
  price: integer,
  price_dollars: decimal,
  yes_bid: integer,
  yes_bid_dollars: decimal,
  yes_ask: integer,
  yes_ask_dollars: decimal
}

export const readTicker = reader(
  frame(['ticker'], {
    market_ticker: ticker,
    market_id: text,
    ...prices,
    no_bid: integer,
    no_bid_dollars: decimal,
    no_ask: integer,
    no_ask_dollars: decimal,
    yes_bid_size_fp: decimal,
    yes_ask_size_fp: decimal,
    last_trade_size_fp: decimal,
    volume: integer,
    volume_fp: decimal,
    open_interest: integer,
    open_interest_fp: decimal,
    dollar_volume: integer,
    dollar_open_interest: integer,
    ts: integer,
    ts_ms: integer,
    time: text,
    Clock: integer
  }),
  ({ msg }, envelope, markets) => {
    mustBeSent('price_dollars', msg.price_dollars, msg.price)
    mustBeSent('yes_bid_dollars', msg.yes_bid_dollars, msg.yes_bid)
    mustBeSent('yes_ask_dollars', msg.yes_ask_dollars, msg.yes_ask)
    return {
      type: 'ticker',
      market: markets.add(msg.market_ticker),
      marketTicker: msg.market_ticker,
      price: nullIfZero(readPrice('price', msg.price_dollars, msg.price)),
      yesBid: nullIfZero(readPrice('yes_bid', msg.yes_bid_dollars, msg.yes_bid)),
      yesAsk: nullIfOneDollar(readPrice('yes_ask', msg.yes_ask_dollars, msg.yes_ask)),
      yesBidSize: readCount('yes_bid_size', msg.yes_bid_size_fp),
      yesAskSize: readCount('yes_ask_size', msg.yes_ask_size_fp),
      lastTradeSize: readCount('last_trade_size', msg.last_trade_size_fp),
      volume: readCount('volume', msg.volume_fp, msg.volume),
      openInterest: readCount('open_interest', msg.open_interest_fp, msg.open_interest),
      dollarVolume: msg.dollar_volume ?? null,
      dollarOpenInterest: msg.dollar_open_interest ?? null,
      exchangeTime:
        timeFromText('time', msg.time) ?? timeFromMilliseconds('ts_ms', msg.ts_ms) ?? timeFromSeconds('ts', msg.ts),
      ...envelope
    }
  }
)

/** Null means unchanged here, so that an emptied side keeps the 0 or $1 it was sent as. */
export const readTickerV2 = reader(
  frame(['ticker_v2'], {
    market_ticker: ticker,
    market_id: text,
    ...prices,
    volume_delta: integer,
    volume_delta_fp: decimal,
    open_interest_delta: integer,
    open_interest_delta_fp: decimal,
    dollar_volume_delta: integer,
    dollar_open_interest_delta: integer,
    ts: integer
  }),
  ({ msg }, envelope, markets) => ({
    type: 'ticker_v2',
    market: markets.add(msg.market_ticker),
    marketTicker: msg.market_ticker,
    price: readPrice('price', msg.price_dollars, msg.price),
    yesBid: readPrice('yes_bid', msg.yes_bid_dollars, msg.yes_bid),
    yesAsk: readPrice('yes_ask', msg.yes_ask_dollars, msg.yes_ask),
    volumeDelta: readCount('volume_delta', msg.volume_delta_fp, msg.volume_delta),
    openInterestDelta: readCount('open_interest_delta', msg.open_interest_delta_fp, msg.open_interest_delta),
    dollarVolumeDelta: msg.dollar_volume_delta ?? null,
    dollarOpenInterestDelta: msg.dollar_open_interest_delta ?? null,
    exchangeTime: timeFromSeconds('ts', msg.ts),
    ...envelope
  })
)
