// The frames of the corpus as tardis-dev would have them from Deribit, an exchange that it knows and whose messages are
// of the same kinds and about as large: a change of a level for a delta, a snapshot, a ticker, a trade, each with the
// same instrument, price and count. Deribit tells what a level holds from now on, where Kalshi tells the change.
// tardis-dev keeps what it downloads as one gzip file a minute, with a receive time before each message.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createGzip } from 'node:zlib'
import { formatTime } from '../dist/core/time.js'

const MINUTE = 60_000_000_000n
/** The folder of its cache in which tardis-dev looks for what these channels were asked for. */
const CHANNELS = ['book', 'ticker', 'trades']
const FOLDER = createHash('sha256')
  .update(JSON.stringify(CHANNELS.map(channel => ({ channel }))))
  .digest('hex')

/** Takes the frames of the corpus, whose receive times rise. */
export class DeribitCache {
  #path
  #books = new Map()
  #changes = 0
  #minute = -1n
  #gzip
  #file

  /** A folder that is made, and is there under its name only when it is complete. */
  constructor(path) {
    this.#path = path
  }

  async accept(batch) {
    for (const { time, text } of batch) {
      if (time / MINUTE !== this.#minute) await this.#turnTo(time / MINUTE)
      const receivedAt = `${formatTime(time).slice(0, -3)}Z`
      const message = this.#messageFor(JSON.parse(text))
      if (!this.#gzip.write(`${receivedAt} ${JSON.stringify(message)}\n`)) await once(this.#gzip, 'drain')
    }
  }

  async close() {
    await this.#endMinute()
    await rename(`${this.#path}.new`, this.#path)
  }

  async #turnTo(minute) {
    await this.#endMinute()
    const file = join(`${this.#path}.new`, 'feeds', 'deribit', FOLDER, `${pathOf(minute)}.json.gz`)
    await mkdir(dirname(file), { recursive: true })
    this.#minute = minute
    this.#gzip = createGzip()
    this.#file = this.#gzip.pipe(createWriteStream(file))
  }

  async #endMinute() {
    if (this.#gzip === undefined) return
    this.#gzip.end()
    await once(this.#file, 'finish')
  }

  #messageFor({ type, msg }) {
    const ticker = msg.market_ticker
    switch (type) {
      case 'orderbook_snapshot':
        return this.#snapshot(ticker, msg)
      case 'orderbook_delta':
        return this.#change(ticker, msg)
      case 'ticker':
        return onChannel(`ticker.${ticker}.raw`, tickerData(ticker, msg))
      case 'trade':
        return onChannel(`trades.${ticker}.raw`, [tradeData(ticker, msg)])
      default:
        // A market that is settled has no book any more.
        return msg.event_type === 'settled'
          ? this.#snapshot(ticker, {})
          : onChannel(`instrument.state.any.any`, { timestamp: 0, state: msg.event_type, instrument_name: ticker })
    }
  }

  #snapshot(ticker, { yes_dollars_fp: yes = [], no_dollars_fp: no = [] }) {
    this.#books.set(ticker, { yes: new Map(yes.map(level)), no: new Map(no.map(level)) })
    const bids = yes.map(([price, count]) => ['new', Number(price), Number(count)])
    const asks = no.map(([price, count]) => ['new', complement(price), Number(count)])
    return this.#book(ticker, 'snapshot', undefined, bids, asks)
  }

  #change(ticker, { side, price_dollars: price, delta_fp: delta, ts_ms: timestamp }) {
    const levels = this.#books.get(ticker)[side]
    const before = levels.get(price) ?? 0
    const count = before + hundredths(delta)
    levels.set(price, count)
    const action = count === 0 ? 'delete' : before === 0 ? 'new' : 'change'
    const changed = [[action, side === 'yes' ? Number(price) : complement(price), count / 100]]
    return this.#book(ticker, 'change', timestamp, side === 'yes' ? changed : [], side === 'no' ? changed : [])
  }

  #book(ticker, type, timestamp = 0, bids, asks) {
    const previous = type === 'change' ? { prev_change_id: this.#changes } : {}
    const change_id = ++this.#changes
    return onChannel(`book.${ticker}.raw`, {
      type,
      timestamp,
      ...previous,
      instrument_name: ticker,
      change_id,
      bids,
      asks
    })
  }
}

function onChannel(channel, data) {
  return { jsonrpc: '2.0', method: 'subscription', params: { channel, data } }
}

function tickerData(ticker, msg) {
  const [bid, ask, price] = [msg.yes_bid_dollars, msg.yes_ask_dollars, msg.price_dollars].map(Number)
  return {
    timestamp: msg.ts_ms,
    stats: { volume_usd: msg.dollar_volume, volume: Number(msg.volume_fp), price_change: 0, low: bid, high: ask },
    state: 'open',
    open_interest: Number(msg.open_interest_fp),
    mark_price: (bid + ask) / 2,
    last_price: price,
    interest_value: msg.dollar_open_interest,
    instrument_name: ticker,
    best_bid_price: bid,
    best_bid_amount: Number(msg.yes_bid_size_fp),
    best_ask_price: ask,
    best_ask_amount: Number(msg.yes_ask_size_fp)
  }
}

function tradeData(ticker, msg) {
  return {
    trade_seq: 0,
    trade_id: msg.trade_id,
    timestamp: msg.ts_ms,
    tick_direction: 0,
    price: Number(msg.yes_price_dollars),
    instrument_name: ticker,
    direction: msg.taker_side === 'yes' ? 'buy' : 'sell',
    amount: Number(msg.count_fp)
  }
}

function level([price, count]) {
  return [price, hundredths(count)]
}

function hundredths(count) {
  return Math.round(Number(count) * 100)
}

function complement(price) {
  return Math.round(10_000 - Number(price) * 10_000) / 10_000
}

/** `2026/11/24/12/00`. */
function pathOf(minute) {
  return formatTime(minute * MINUTE)
    .slice(0, 16)
    .replaceAll(/[-T:]/g, '/')
}
