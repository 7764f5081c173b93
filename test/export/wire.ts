import type { Frame } from '../../src/core/frame.ts'
import { textFrame } from '../frames.ts'

type Levels = readonly (readonly [string, string])[]

const ID = '11111111-2222-4333-8444-555555555555'
export const BOOKS = 1
const TICKERS = 2
const TRADES = 3
const LIFECYCLE = 4

/** Frames of one connection as the exchange sends them, a second apart, with `seq` counted for each `sid`. */
export class Wire {
  readonly frames: Frame[] = []
  readonly #seq = new Map<number, number>()

  snapshot(ticker: string, yes: Levels, no: Levels, connection = 0): void {
    const msg = { market_ticker: ticker, market_id: ID, yes_dollars_fp: yes, no_dollars_fp: no }
    this.#sequenced('orderbook_snapshot', BOOKS, msg, connection)
  }

  delta(ticker: string, side: 'yes' | 'no', price_dollars: string, delta_fp: string, connection = 0): void {
    const msg = { market_ticker: ticker, market_id: ID, price_dollars, delta_fp, side, ts_ms: 1_795_521_600_123 }
    this.#sequenced('orderbook_delta', BOOKS, msg, connection)
  }

  trade(ticker: string, trade_id: string, yes: string, no: string, count_fp: string, connection = 0): void {
    const prices = { yes_price_dollars: yes, no_price_dollars: no, count_fp, taker_side: 'yes' }
    const msg = { trade_id, market_ticker: ticker, ...prices, ts_ms: 1_795_521_600_456 }
    this.#sequenced('trade', TRADES, msg, connection)
  }

  ticker(ticker: string, bid: string, ask: string, connection = 0): void {
    const prices = { price_dollars: bid, yes_bid_dollars: bid, yes_ask_dollars: ask }
    const sizes = { yes_bid_size_fp: '10.00', yes_ask_size_fp: '5.00', last_trade_size_fp: '1.50' }
    const totals = { volume_fp: '100.00', open_interest_fp: '60.00', dollar_volume: 50, dollar_open_interest: 30 }
    const msg = { market_ticker: ticker, market_id: ID, ...prices, ...sizes, ...totals, ts_ms: 1_795_521_600_789 }
    this.put({ type: 'ticker', sid: TICKERS, msg }, connection)
  }

  settle(ticker: string, connection = 0): void {
    this.#sequenced('market_lifecycle_v2', LIFECYCLE, { market_ticker: ticker, event_type: 'settled' }, connection)
  }

  /** The next frames of a `sid` are lost. */
  lose(sid: number, frames: number, connection = 0): void {
    this.#seq.set(keyOf(sid, connection), this.#lastSeq(sid, connection) + frames)
  }

  /** The last frame comes once more. */
  repeat(): void {
    const last = this.frames.at(-1)
    if (last !== undefined) this.put(Buffer.from(last.payload).toString(), last.connection)
  }

  close(connection = 0): void {
    this.put('{"code":1006,"reason":""}', connection, 'close')
    this.#seq.clear()
  }

  put(payload: object | string, connection = 0, kind: Frame['kind'] = 'text'): void {
    this.frames.push({ ...textFrame(payload, this.frames.length, connection), kind })
  }

  #sequenced(type: string, sid: number, msg: object, connection: number): void {
    this.lose(sid, 1, connection)
    this.put({ type, sid, seq: this.#lastSeq(sid, connection), msg }, connection)
  }

  #lastSeq(sid: number, connection: number): number {
    return this.#seq.get(keyOf(sid, connection)) ?? 0
  }
}

function keyOf(sid: number, connection: number): number {
  return connection * 100 + sid
}
