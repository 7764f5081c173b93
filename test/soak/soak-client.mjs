import { once } from 'node:events'
import { WebSocket } from 'ws'

/** A connection on which nothing at all arrives for so long is dead. */
const SILENCE_MS_MAX = 5_000
const RETRY_MS = 1_000
const SIDS_GIVEN_MAX = 1_000
const CLOCK_ERROR_MS_MAX = 60_000
const HUGE_BYTES = 1_000_000
const TYPES = new Set(['subscribed', 'ok', 'error', 'orderbook_snapshot', 'orderbook_delta', 'trade'])

/**
 * A client as it should be: it folds the books, checks each run of `seq`, asks for snapshots after a gap, and comes back
 * after a disconnection. Whatever is not as it should be, it notes as a deviation and survives.
 */
export class SoakClient {
  /** `{connection, kind, …}`, in the order in which they were seen. */
  deviations = []
  framesReceived = 0
  /** By ticker: the fold, and whether it can be trusted. */
  books = new Map()
  connection = -1
  #url
  #chooseTickers
  #connect
  #socket
  #runs = new Map()
  #lastId = 0
  #lastHeard = 0
  #isStopped = false
  #isClockWrong = false

  /** `connect` makes one attempt at a time and resolves with the number of the connection, or with -1. */
  constructor({ url, chooseTickers, connect }) {
    this.#url = url
    this.#chooseTickers = chooseTickers
    this.#connect = connect
  }

  async run() {
    while (!this.#isStopped) {
      await this.#attempt()
      if (!this.#isStopped) await new Promise(resolve => setTimeout(resolve, 200))
    }
  }

  stop() {
    this.#isStopped = true
    this.#socket?.terminate()
  }

  get isWhole() {
    return this.books.size > 0 && [...this.books.values()].every(({ isFresh }) => isFresh)
  }

  /** Takes away what does not exist any more, so that nobody waits for it. */
  forget(ticker) {
    this.books.delete(ticker)
  }

  async #attempt() {
    this.connection = await this.#connect(() => this.#open())
    if (this.connection < 0) return
    const closed = once(this.#socket, 'close')
    this.#begin()
    const checking = setInterval(() => this.#check(), RETRY_MS)
    const [code] = await closed
    clearInterval(checking)
    if (!this.#isStopped) this.#note('closed', { code })
  }

  /** False if the exchange would not have it. */
  async #open() {
    const socket = new WebSocket(this.#url)
    this.#socket = socket
    socket.on('error', () => undefined)
    socket.on('unexpected-response', (_, response) => {
      this.deviations.push({ connection: undefined, kind: 'refused', status: response.statusCode })
      socket.terminate()
    })
    return new Promise(resolve => {
      socket.once('open', () => resolve(true))
      socket.once('close', () => resolve(false))
    })
  }

  #begin() {
    this.#runs.clear()
    this.#lastHeard = Date.now()
    this.books = new Map(
      this.#chooseTickers().map(ticker => [ticker, { isFresh: false, yes: new Map(), no: new Map() }])
    )
    this.#socket.on('message', data => this.#receive(data))
    this.#socket.on('ping', () => (this.#lastHeard = Date.now()))
    this.#subscribe()
  }

  #subscribe() {
    this.#command('subscribe', { channels: ['orderbook_delta'], market_tickers: [...this.books.keys()] })
    this.#command('subscribe', { channels: ['trade'] })
  }

  /** Once a second: notices a dead connection, repeats what was not answered, and uses up a `seq` now and then. */
  #check() {
    if (Date.now() - this.#lastHeard > SILENCE_MS_MAX) {
      this.#note('dead')
      return this.#socket.terminate()
    }
    const sid = this.#sidOf('orderbook_delta')
    if (sid === undefined) return
    const stale = [...this.books].filter(([, { isFresh }]) => !isFresh).map(([ticker]) => ticker)
    if (stale.length > 0) this.#update(sid, 'get_snapshot', stale)
    else this.#update(sid, 'add_markets', [...this.books.keys()])
  }

  #receive(data) {
    this.#lastHeard = Date.now()
    this.framesReceived++
    if (data.length > HUGE_BYTES) this.#note('huge')
    const frame = parse(data.toString())
    if (frame === undefined) return this.#note('no-json')
    if (!TYPES.has(frame.type)) return this.#note('unknown-type')
    if ('unheard_of' in frame) this.#note('unknown-field', frame)
    const error = Math.abs((frame.sending_ts_ms ?? Date.now()) - Date.now())
    if (error > CLOCK_ERROR_MS_MAX && !this.#isClockWrong) this.#note('clock', frame)
    this.#isClockWrong = error > CLOCK_ERROR_MS_MAX
    if (frame.sid > SIDS_GIVEN_MAX) return this.#note('wrong-sid', frame)
    if (frame.type === 'subscribed') return this.#acknowledge(frame.msg)
    if (frame.sid !== undefined && this.#isInOrder(frame)) this.#apply(frame)
  }

  #acknowledge({ channel, sid }) {
    const run = this.#runs.get(sid)
    if (run !== undefined) this.#note('late-ack', { sid })
    this.#runs.set(sid, { last: run?.last ?? 0, channel })
  }

  /** Notes gaps and what comes after its successor; false for what has to be ignored. */
  #isInOrder(frame) {
    const { sid, seq } = frame
    if (seq === undefined) return true
    const run = this.#runs.get(sid) ?? { last: 0, channel: frame.type === 'trade' ? 'trade' : 'orderbook_delta' }
    this.#runs.set(sid, run)
    if (seq <= run.last) {
      this.#note('late', frame)
      return false
    }
    if (seq > run.last + 1) {
      this.#note('gap', { sid, from: run.last + 1, to: seq - 1 })
      if (run.channel === 'orderbook_delta') this.#distrust(sid)
    }
    run.last = seq
    return true
  }

  #distrust(sid) {
    for (const book of this.books.values()) book.isFresh = false
    this.#update(sid, 'get_snapshot', [...this.books.keys()])
  }

  #apply({ type, sid, seq, msg }) {
    if (type === 'error') return this.#fail(sid, msg)
    const book = this.books.get(msg?.market_ticker)
    if (book === undefined) return
    if (type === 'orderbook_snapshot') {
      const { yes_dollars_fp: yes = [], no_dollars_fp: no = [] } = msg
      Object.assign(book, { isFresh: true, seq, yes: fold(yes), no: fold(no) })
    } else if (type === 'orderbook_delta' && book.isFresh) {
      const side = book[msg.side]
      const count = (side.get(msg.price_dollars) ?? 0) + hundredths(msg.delta_fp)
      if (count === 0) side.delete(msg.price_dollars)
      else side.set(msg.price_dollars, count)
    }
  }

  /** A terminal error: the subscription is over. */
  #fail(sid, { code }) {
    this.#note('error', { sid, code })
    if (code !== 10 && code !== 25) return
    const { channel } = this.#runs.get(sid) ?? {}
    this.#runs.delete(sid)
    if (channel !== 'orderbook_delta') return
    for (const book of this.books.values()) book.isFresh = false
    this.#subscribe()
  }

  #sidOf(channel) {
    return [...this.#runs].findLast(([, run]) => run.channel === channel)?.[0]
  }

  #update(sid, action, tickers) {
    this.#command('update_subscription', { sid, action, market_tickers: tickers })
  }

  #command(cmd, params) {
    if (this.#socket.readyState !== WebSocket.OPEN) return
    this.#socket.send(JSON.stringify({ id: ++this.#lastId, cmd, params }))
  }

  #note(kind, { sid, seq, code, from, to } = {}) {
    this.deviations.push({ connection: this.connection, kind, sid, seq, code, from, to })
  }
}

function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function fold(levels) {
  return new Map(levels.map(([price, count]) => [price, hundredths(count)]))
}

function hundredths(count) {
  return Math.round(Number(count) * 100)
}
