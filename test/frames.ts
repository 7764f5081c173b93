import type { Frame, FrameBatch } from '../src/core/frame.ts'
import { batchOf } from '../src/core/frame-batch-builder.ts'
import type { Nanoseconds } from '../src/core/time.ts'

/** 2026-11-24T12:00:00Z. */
export const NOON: Nanoseconds = 1_795_521_600_000_000_000n

/** A received text frame, so many seconds after noon. */
export function textFrame(payload: object | string, seconds = 0, connection = 0): Frame {
  const text = typeof payload === 'string' ? payload : `${JSON.stringify(payload)}\n`
  const receivedAt = NOON + BigInt(Math.round(seconds * 1e9))
  return {
    receivedAt,
    monotonic: receivedAt - NOON,
    connection,
    kind: 'text',
    direction: 'received',
    payload: Buffer.from(text)
  }
}

export function pingFrame(seconds: number, connection = 0): Frame {
  return { ...textFrame('heartbeat', seconds, connection), kind: 'ping' }
}

/** Batches of the given sizes, as another reader of the same frames might have cut them. */
export function batchesOf(frames: readonly Frame[], sizes: readonly number[]): FrameBatch[] {
  const batches: FrameBatch[] = []
  let at = 0
  for (let index = 0; at < frames.length; index++) {
    const size = sizes.length === 0 ? frames.length : (sizes[index % sizes.length] ?? 1)
    batches.push(batchOf(frames.slice(at, at + size)))
    at += size
  }
  return batches
}

type Levels = readonly (readonly [string, string])[]

/** Frames of one book subscription (sid 1), with their seq counted. */
export class BookWire {
  readonly #ticker: string
  #seq = 0

  constructor(ticker: string) {
    this.#ticker = ticker
  }

  snapshot(yes: Levels, no: Levels): object {
    const msg = { market_ticker: this.#ticker, market_id: ID, yes_dollars_fp: yes, no_dollars_fp: no }
    return { type: 'orderbook_snapshot', sid: 1, seq: ++this.#seq, msg }
  }

  delta(side: 'yes' | 'no', price_dollars: string, delta_fp: string): object {
    const msg = { market_ticker: this.#ticker, market_id: ID, price_dollars, delta_fp, side }
    return { type: 'orderbook_delta', sid: 1, seq: ++this.#seq, msg }
  }

  /** The next frames are lost. */
  lose(frames: number): void {
    this.#seq += frames
  }
}

const ID = '11111111-2222-4333-8444-555555555555'

export function tickerFrame(ticker: string, bid: string, ask: string, volume = '100.00'): object {
  return {
    type: 'ticker',
    sid: 2,
    msg: {
      market_ticker: ticker,
      market_id: ID,
      price_dollars: bid,
      yes_bid_dollars: bid,
      yes_ask_dollars: ask,
      volume_fp: volume,
      open_interest_fp: volume,
      dollar_volume: 50,
      dollar_open_interest: 50,
      yes_bid_size_fp: '10.00',
      yes_ask_size_fp: '10.00',
      last_trade_size_fp: '1.00',
      ts: 1_795_521_600,
      ts_ms: 1_795_521_600_000,
      time: '2026-11-24T12:00:00Z'
    }
  }
}
