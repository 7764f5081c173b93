// The obvious way to replay: lines of JSON, read with readline, parsed, and parsed again for the frame within; zod says
// what it is; a book is two maps. Written as somebody would who knows the language and cares: the best prices are kept
// up to date and not searched for, schemas are chosen by type, and nothing is done twice that the file does not demand.
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { SignalDigest } from '../../dist/sink/ndjson-sink.js'
import { movers } from '../../dist/scan/movers.js'
import { opportunities } from '../../dist/scan/opportunities.js'
import { bookCheck } from '../check-sum.mjs'

const sequenced = { sid: z.int(), seq: z.int(), sending_ts_ms: z.int().optional() }
const level = z.tuple([z.string(), z.string()])

const SCHEMAS = {
  orderbook_snapshot: z.object({
    type: z.literal('orderbook_snapshot'),
    ...sequenced,
    msg: z.object({
      market_ticker: z.string(),
      market_id: z.string(),
      yes_dollars_fp: z.array(level).optional(),
      no_dollars_fp: z.array(level).optional()
    })
  }),
  orderbook_delta: z.object({
    type: z.literal('orderbook_delta'),
    ...sequenced,
    msg: z.object({
      market_ticker: z.string(),
      market_id: z.string(),
      price_dollars: z.string(),
      delta_fp: z.string(),
      side: z.enum(['yes', 'no']),
      ts: z.string(),
      ts_ms: z.int()
    })
  }),
  ticker: z.object({
    type: z.literal('ticker'),
    sid: z.int(),
    sending_ts_ms: z.int().optional(),
    msg: z.object({
      market_ticker: z.string(),
      market_id: z.string(),
      price_dollars: z.string(),
      yes_bid_dollars: z.string(),
      yes_ask_dollars: z.string(),
      volume_fp: z.string(),
      open_interest_fp: z.string(),
      dollar_volume: z.int(),
      dollar_open_interest: z.int(),
      yes_bid_size_fp: z.string(),
      yes_ask_size_fp: z.string(),
      last_trade_size_fp: z.string(),
      ts: z.int(),
      ts_ms: z.int(),
      time: z.string()
    })
  }),
  trade: z.object({
    type: z.literal('trade'),
    ...sequenced,
    msg: z.object({
      trade_id: z.string(),
      market_ticker: z.string(),
      yes_price_dollars: z.string(),
      no_price_dollars: z.string(),
      count_fp: z.string(),
      taker_side: z.enum(['yes', 'no']),
      is_block_trade: z.boolean(),
      ts: z.int(),
      ts_ms: z.int()
    })
  }),
  market_lifecycle_v2: z.looseObject({ type: z.literal('market_lifecycle_v2'), ...sequenced, msg: z.looseObject({}) }),
  event_lifecycle: z.looseObject({ type: z.literal('event_lifecycle'), ...sequenced, msg: z.looseObject({}) })
}

export function prepare({ lines, scanners = false }) {
  return () => replay(lines, scanners)
}

async function replay(path, withScanners) {
  const state = new State(withScanners ? [movers(), opportunities()] : [])
  const reader = createInterface({ input: createReadStream(path), crlfDelay: Infinity })
  let frames = 0
  for await (const line of reader) {
    const { t, raw } = JSON.parse(line)
    const frame = JSON.parse(raw)
    const schema = SCHEMAS[frame.type]
    if (schema === undefined) throw new Error(`a frame of type ${frame.type}`)
    state.apply(schema.parse(frame), BigInt(t))
    frames++
  }
  return { frames, check: () => state.check() }
}

class State {
  gaps = 0
  #markets = new Map()
  #list = []
  #seqs = new Map()
  #runs
  #signals = new SignalDigest()
  #tradeIds = new Set()

  constructor(scanners) {
    this.#runs = scanners.map(scanner => ({ scanner, nextTimer: 0 }))
  }

  apply(frame, time) {
    const now = Number(time / 1000n)
    const context = this.#runs.length === 0 ? undefined : this.#begin(time, now)
    if (frame.seq !== undefined) {
      const last = this.#seqs.get(frame.sid)
      if (last !== undefined && frame.seq !== last + 1) this.gaps++
      this.#seqs.set(frame.sid, frame.seq)
    }
    const { msg } = frame
    if (msg.market_ticker === undefined) return
    const market = this.#market(msg.market_ticker)
    switch (frame.type) {
      case 'orderbook_snapshot':
        market.replace(msg)
        break
      case 'orderbook_delta':
        market.change(msg.side, priceOf(msg.price_dollars), countOf(msg.delta_fp))
        break
      case 'ticker':
        market.quoteIs(msg)
        break
      case 'trade':
        if (this.#tradeIds.has(msg.trade_id)) return
        this.#tradeIds.add(msg.trade_id)
        market.trade(priceOf(msg.yes_price_dollars), countOf(msg.count_fp))
        break
      case 'market_lifecycle_v2':
        market.lifecycle(msg, now)
    }
    if (context === undefined) return
    for (const { scanner } of this.#runs) {
      context.scanner = scanner.name
      scanner.onMessage({ type: frame.type, market: market.number }, context)
    }
  }

  check() {
    return bookCheck(this.#list, this.#runs.length === 0 ? undefined : this.#signals, this.gaps)
  }

  #market(ticker) {
    let market = this.#markets.get(ticker)
    if (market === undefined) {
      market = new Market(this.#list.length, ticker)
      this.#markets.set(ticker, market)
      this.#list.push(market)
    }
    return market
  }

  #begin(time, now) {
    const tracker = { market: number => this.#list[number], markets: () => this.#list }
    const context = {
      tracker,
      now,
      scanner: '',
      emit: finding => this.#signals.accept({ time, scanner: context.scanner, ...finding })
    }
    for (const run of this.#runs) {
      const { timerEvery } = run.scanner
      if (timerEvery === undefined || now < run.nextTimer) continue
      const isFirst = run.nextTimer === 0
      run.nextTimer = (Math.floor(now / timerEvery) + 1) * timerEvery
      context.scanner = run.scanner.name
      if (!isFirst) run.scanner.onTimer(context)
    }
    return context
  }
}

/** What the scanners look at, from maps. */
class Market {
  closeTime = null
  lastPrice = null
  #levels = { yes: new Map(), no: new Map() }
  #best = { yes: null, no: null }
  #hasBook = false
  #ticker = null
  #traded = 0
  #isOver = false

  constructor(number, ticker) {
    this.number = number
    this.ticker = ticker
  }

  get volume() {
    return this.#ticker?.volume ?? this.#traded
  }

  get quote() {
    if (this.#hasBook) return this.#quoteOfBook()
    return this.#ticker
  }

  levels(side) {
    return this.#levels[side]
  }

  best(side) {
    return this.#best[side]
  }

  replace({ yes_dollars_fp: yes = [], no_dollars_fp: no = [] }) {
    this.#hasBook = true
    for (const [side, levels] of [
      ['yes', yes],
      ['no', no]
    ]) {
      this.#levels[side] = new Map(levels.map(([price, count]) => [priceOf(price), countOf(count)]))
      this.#findBest(side)
    }
  }

  change(side, price, delta) {
    if (!this.#hasBook) return
    const levels = this.#levels[side]
    const count = (levels.get(price) ?? 0) + delta
    if (count > 0) {
      levels.set(price, count)
      if (this.#best[side] === null || price > this.#best[side]) this.#best[side] = price
    } else {
      levels.delete(price)
      if (price === this.#best[side]) this.#findBest(side)
    }
  }

  quoteIs(msg) {
    const [bid, ask] = [priceOf(msg.yes_bid_dollars), priceOf(msg.yes_ask_dollars)]
    const price = msg.price_dollars === '' ? 0 : priceOf(msg.price_dollars)
    if (price !== 0) this.lastPrice = price
    this.#ticker = {
      source: 'ticker',
      bid: bid === 0 ? null : bid,
      ask: ask === 10_000 ? null : ask,
      twiceMid: bid === 0 || ask === 10_000 ? null : bid + ask,
      volume: countOf(msg.volume_fp),
      openInterest: countOf(msg.open_interest_fp),
      bidSize: countOf(msg.yes_bid_size_fp),
      askSize: countOf(msg.yes_ask_size_fp)
    }
  }

  trade(price, count) {
    this.lastPrice = price
    this.#traded += count
  }

  lifecycle(msg, now) {
    if (msg.close_ts !== undefined) this.closeTime = msg.close_ts * 1_000_000
    if (msg.event_type === 'determined') this.#isOver = true
    if (msg.event_type !== 'settled') return
    this.#isOver = true
    this.#hasBook = false
    this.#ticker = null
    this.replaceNothing()
  }

  replaceNothing() {
    this.#levels = { yes: new Map(), no: new Map() }
    this.#best = { yes: null, no: null }
  }

  statusAt(now) {
    if (this.#isOver) return 'determined'
    return this.closeTime !== null && now >= this.closeTime ? 'closed' : 'active'
  }

  #quoteOfBook() {
    const { yes, no } = this.#best
    const ask = no === null ? null : 10_000 - no
    return {
      source: 'book',
      bid: yes,
      ask,
      bidSize: yes === null ? null : this.#levels.yes.get(yes),
      askSize: no === null ? null : this.#levels.no.get(no),
      twiceMid: yes === null || ask === null ? null : yes + ask
    }
  }

  #findBest(side) {
    let best = null
    for (const price of this.#levels[side].keys()) if (best === null || price > best) best = price
    this.#best[side] = best
  }
}

function priceOf(dollars) {
  return Math.round(Number(dollars) * 10_000)
}

function countOf(contracts) {
  return Math.round(Number(contracts) * 100)
}
