import { KwsError } from '../core/errors.ts'
import type { BookTruth } from './book-truth.ts'
import type { Era } from './era.ts'
import type { ExchangeServerOptions, ServerCounters } from './exchange-server.ts'
import { ExchangeServer } from './exchange-server.ts'
import { SyntheticPlayback } from './synthetic-playback.ts'

export interface PracticeExchangeOptions extends Omit<ExchangeServerOptions, 'waitForClients' | 'perConnection'> {
  readonly seed?: number
  /** How many markets are open at any moment. */
  readonly markets?: number
  /** Changes per second over all markets, each of which is one frame to whoever has subscribed to it. */
  readonly rate?: number
  /** After how many changes the markets of the shortest-lived series are replaced by new ones. */
  readonly roundLength?: number
  /** In the encoding of which time the markets are told of. */
  readonly era?: Era
}

export interface PracticeCounters extends ServerCounters {
  /** Changes of the markets, whether or not somebody had subscribed to them. */
  readonly changes: number
}

/** A WebSocket server that speaks the exchange's protocol and trades markets of its own invention. */
export class PracticeExchange {
  readonly #markets: SyntheticPlayback
  readonly #server: ExchangeServer

  private constructor(markets: SyntheticPlayback, server: ExchangeServer) {
    this.#markets = markets
    this.#server = server
  }

  /** Resolves when the exchange takes connections and its markets have begun to trade. */
  static async start({
    seed = 1,
    markets = 20,
    rate = 200,
    roundLength = 20_000,
    era = 'current',
    ...options
  }: PracticeExchangeOptions): Promise<PracticeExchange> {
    if (markets < 1) throw new KwsError('usage', `an exchange of ${markets} markets cannot trade: ask for at least 1`)
    const playback = new SyntheticPlayback({ clock: options.clock, seed, markets, rate, roundLength, era })
    return new PracticeExchange(playback, await ExchangeServer.start(() => playback, options))
  }

  get port(): number {
    return this.#server.port
  }

  get url(): string {
    return this.#server.url
  }

  get counters(): PracticeCounters {
    return { ...this.#server.counters, changes: this.#markets.changes }
  }

  /** The markets that have not settled, open or closed. */
  tickers(): readonly string[] {
    return this.#markets.tickers()
  }

  /** Undefined for a market that does not exist or has settled. */
  book(ticker: string): BookTruth | undefined {
    return this.#markets.truth(ticker)
  }

  /** Stops the markets, not the replies and heartbeats: when it returns, no further change will be sent. */
  pause(): void {
    this.#markets.pause()
  }

  resume(): void {
    this.#markets.resume()
  }

  /** Closes all connections with code 1001 and resolves when nothing is left open. */
  close(): Promise<void> {
    return this.#server.close()
  }
}
