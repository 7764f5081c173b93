import type { Channel } from '../protocol/channels.ts'

/** The channels whose frames carry no `seq` (protocol reference, section 9). */
const UNSEQUENCED: ReadonlySet<Channel> = new Set(['ticker', 'fill', 'user_orders', 'market_positions'])

/** The channels that can be narrowed to some markets; the others ignore that (section 5.1). */
const OF_MARKETS: ReadonlySet<Channel> = new Set([
  'orderbook_delta',
  'ticker',
  'trade',
  'fill',
  'market_positions',
  'user_orders'
])

export interface SubscriptionOptions {
  /** Undefined for all markets. */
  readonly tickers: readonly string[] | undefined
  readonly useYesPrice: boolean
  /** Whether `ok` frames leave out the list of markets. */
  readonly skipTickerAck: boolean
}

/** What one connection gets of one channel. */
export class Subscription {
  readonly channel: Channel
  readonly sid: number
  readonly useYesPrice: boolean
  readonly skipTickerAck: boolean
  #tickers: Set<string> | undefined
  #seq = 0

  constructor(channel: Channel, sid: number, { tickers, useYesPrice, skipTickerAck }: SubscriptionOptions) {
    this.channel = channel
    this.sid = sid
    this.useYesPrice = useYesPrice
    this.skipTickerAck = skipTickerAck
    this.#tickers = tickers === undefined || !this.canBeNarrowed ? undefined : new Set(tickers)
  }

  get canBeNarrowed(): boolean {
    return OF_MARKETS.has(this.channel)
  }

  /** Undefined for all markets. */
  get tickers(): readonly string[] | undefined {
    return this.#tickers === undefined ? undefined : [...this.#tickers]
  }

  covers(ticker: string | undefined): boolean {
    return this.#tickers === undefined || (ticker !== undefined && this.#tickers.has(ticker))
  }

  /** Adds markets, or all of them, and returns those that were named and not covered before. */
  add(tickers: readonly string[] | undefined): readonly string[] {
    const added = [...new Set(tickers)].filter(ticker => !this.covers(ticker))
    if (tickers === undefined) this.#tickers = undefined
    for (const ticker of added) this.#tickers?.add(ticker)
    return added
  }

  /** Takes markets away; has no effect where all are covered. */
  remove(tickers: readonly string[]): void {
    for (const ticker of tickers) this.#tickers?.delete(ticker)
  }

  /** The envelope of the next frame, reply or not: each uses up a `seq`, where there is one. */
  nextEnvelope(): { readonly sid: number; readonly seq: number | undefined } {
    return { sid: this.sid, seq: UNSEQUENCED.has(this.channel) ? undefined : ++this.#seq }
  }
}
