import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { Clock } from '../core/clock.ts'
import { KwsError } from '../core/errors.ts'
import type { Count, Price } from '../core/units.ts'
import type { Level } from '../protocol/messages/market-data.ts'
import type { Change } from './change.ts'
import { Connection } from './connection.ts'
import { keepPace } from './pace.ts'
import { Publication } from './publication.ts'
import type { Venue } from './session.ts'
import { createSocketServer, listen } from './socket-server.ts'
import { SyntheticExchange } from './synthetic-exchange.ts'
import type { WireTime } from './wire-time.ts'
import { wireTime } from './wire-time.ts'

export interface PracticeExchangeOptions {
  readonly clock: Clock
  readonly host?: string
  /** 0 for any that is free. */
  readonly port?: number
  readonly seed?: number
  /** How many markets are open at any moment. */
  readonly markets?: number
  /** Changes per second over all markets, each of which is one frame to whoever has subscribed to it. */
  readonly rate?: number
  /** After how many changes the markets of the shortest-lived series are replaced by new ones. */
  readonly roundLength?: number
  readonly heartbeatSeconds?: number
  /** A client that leaves more than this unread is cut off. */
  readonly bufferedBytesMax?: number
  /** Answers every upgrade with this HTTP status, such as 401. */
  readonly refuseUpgrade?: { readonly status: number } | undefined
}

/** An order book as the exchange itself knows it: bids only, ascending, each side on its own leg. */
export interface BookTruth {
  readonly yes: readonly PriceAndCount[]
  readonly no: readonly PriceAndCount[]
}

type PriceAndCount = readonly [price: Price, count: Count]

export interface PracticeCounters {
  /** Clients connected now. */
  readonly connections: number
  /** Changes of the markets, whether or not somebody had subscribed to them. */
  readonly changes: number
  /** Text frames to all clients, replies included. */
  readonly frames: number
}

type Settings = Required<PracticeExchangeOptions>

const PATH = '/trade-api/ws/v2'
const GOING_AWAY = 1001
const CLOSE_GRACE_MS = 1_000
/** Room for a command that names some ten thousands of markets. */
const COMMAND_BYTES_MAX = 4 * 1024 * 1024

/** A WebSocket server that speaks the exchange's protocol and trades markets of its own invention. */
export class PracticeExchange {
  readonly #settings: Settings
  readonly #markets: SyntheticExchange
  readonly #server: Server
  readonly #connections = new Set<Connection>()
  readonly #stopping = new AbortController()
  #port = 0
  #loops: Promise<unknown> = Promise.resolve()
  #closing: Promise<void> | undefined
  #isPaused = false
  #framesOfClosed = 0

  private constructor(settings: Settings) {
    this.#settings = settings
    this.#markets = new SyntheticExchange(settings)
    this.#server = createSocketServer({
      path: PATH,
      maxPayloadBytes: COMMAND_BYTES_MAX,
      refusal: settings.refuseUpgrade?.status,
      accept: (socket, stream) => void this.#serve(socket, stream)
    })
  }

  /** Resolves when the exchange takes connections and its markets have begun to trade. */
  static async start({
    clock,
    host = '127.0.0.1',
    port = 0,
    seed = 1,
    markets = 20,
    rate = 200,
    roundLength = 20_000,
    heartbeatSeconds = 10,
    bufferedBytesMax = 16 * 1024 * 1024,
    refuseUpgrade
  }: PracticeExchangeOptions): Promise<PracticeExchange> {
    if (markets < 1) throw new KwsError('usage', `an exchange of ${markets} markets cannot trade: ask for at least 1`)
    const exchange = new PracticeExchange({
      clock,
      host,
      port,
      seed,
      markets,
      rate,
      roundLength,
      heartbeatSeconds,
      bufferedBytesMax,
      refuseUpgrade
    })
    exchange.#port = await listen(exchange.#server, host, port)
    exchange.#loops = Promise.all([exchange.#trade(), exchange.#heartbeat()])
    return exchange
  }

  get port(): number {
    return this.#port
  }

  get url(): string {
    return `ws://${this.#settings.host}:${this.#port}${PATH}`
  }

  get counters(): PracticeCounters {
    let frames = this.#framesOfClosed
    for (const connection of this.#connections) frames += connection.framesSent
    return { connections: this.#connections.size, changes: this.#markets.changes, frames }
  }

  /** The markets that have not settled, open or closed. */
  tickers(): readonly string[] {
    return this.#markets.tickers()
  }

  /** Undefined for a market that does not exist or has settled. */
  book(ticker: string): BookTruth | undefined {
    const book = this.#markets.find(ticker)?.book()
    return book && { yes: book.yes.map(toPair), no: book.no.map(toPair) }
  }

  /** Stops the markets, not the replies and heartbeats: when it returns, no further change will be sent. */
  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
  }

  /** Closes all connections with code 1001 and resolves when nothing is left open. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #serve(socket: WebSocket, stream: Duplex): Promise<void> {
    if (this.#stopping.signal.aborted) return socket.terminate()
    const connection = new Connection(socket, stream, this.#venue(), this.#settings.bufferedBytesMax)
    this.#connections.add(connection)
    await connection.closed
    this.#connections.delete(connection)
    this.#framesOfClosed += connection.framesSent
  }

  #venue(): Venue {
    return {
      now: () => this.#now(),
      find: ticker => this.#markets.find(ticker),
      tickers: () => this.tickers(),
      publicationOf: change => this.#publicationOf(change, this.#now())
    }
  }

  #trade(): Promise<void> {
    return keepPace({
      clock: this.#settings.clock,
      rate: this.#settings.rate,
      signal: this.#stopping.signal,
      isPaused: () => this.#isPaused,
      beforeBurst: () => {
        for (const connection of this.#connections) connection.dropIfSlow()
        for (const connection of this.#connections) connection.hold()
      },
      produce: () => this.#advance(),
      afterBurst: () => {
        for (const connection of this.#connections) connection.flush()
      }
    })
  }

  #advance(): number {
    const changes = this.#markets.advance()
    if (this.#connections.size > 0) {
      const now = this.#now()
      for (const change of changes) this.#publish(change, now)
    }
    return changes.length
  }

  #publish(change: Change, now: WireTime): void {
    const publication = this.#publicationOf(change, now)
    for (const { session } of this.#connections) {
      session.publish(publication)
      if (change.type === 'market_lifecycle_v2' && change.eventType === 'settled') session.forget(change.market.ticker)
    }
  }

  async #heartbeat(): Promise<void> {
    const { clock, heartbeatSeconds } = this.#settings
    const { signal } = this.#stopping
    while (!signal.aborted) {
      await clock.sleep(heartbeatSeconds * 1000, signal)
      if (!signal.aborted) for (const connection of this.#connections) connection.ping('heartbeat')
    }
  }

  #now(): WireTime {
    return wireTime(this.#settings.clock.wall())
  }

  #publicationOf(change: Change, now: WireTime): Publication {
    return new Publication(change, now, this.#settings.rate)
  }

  async #close(): Promise<void> {
    this.#stopping.abort()
    const stopped = new Promise(resolve => this.#server.close(resolve))
    await this.#loops
    const connections = [...this.#connections]
    for (const connection of connections) connection.close(GOING_AWAY)
    const closed = Promise.all(connections.map(connection => connection.closed))
    const inTime = new AbortController()
    await Promise.race([closed, this.#settings.clock.sleep(CLOSE_GRACE_MS, inTime.signal)])
    inTime.abort()
    for (const connection of this.#connections) connection.terminate()
    await closed
    this.#server.closeAllConnections()
    await stopped
  }
}

function toPair({ price, count }: Level): PriceAndCount {
  return [price, count]
}
