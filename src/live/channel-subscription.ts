import { isChannel } from '../protocol/channels.ts'
import type { Channel } from '../protocol/channels.ts'
import type { Command, UpdateSubscriptionCommand } from '../protocol/commands.ts'
import type { Ok, ServerError, Subscribed } from '../protocol/messages/control.ts'
import type { WantedChannel } from './wanted.ts'

/** What a subscription needs of its connection. */
export interface SubscriptionHost {
  /** Sends under the next id, and returns it. */
  send(command: Command): number
  carries(ticker: string): boolean
  /** Whether a channel as a whole is this connection's. */
  readonly carriesWhole: boolean
  /** The exchange has acknowledged more markets. */
  added(subscription: ChannelSubscription, markets: readonly string[]): void
  refused(subscription: ChannelSubscription, error: ServerError, markets: number): void
  /** The exchange does not answer: the connection is of no use. */
  drop(reason: string): void
}

const NONE: ReadonlySet<string> = new Set()

/** The exchange's own limits are unknown (protocol reference, section 8), so this is halved when it says so. */
const MARKETS_PER_COMMAND = 2_000
const ANSWER_MILLISECONDS_MAX = 10_000
const TRIES_MAX = 3
const DELAY_MILLISECONDS = 250
const DELAY_MILLISECONDS_MAX = 60_000
/** A subscription that lasts so long counts as good. */
const STABLE_MILLISECONDS = 60_000

/** Codes of errors (protocol reference, section 7). */
const UNKNOWN_SID = 7
const COMMAND_TIMEOUT = 18
const MARKET_LIMIT = 26
const TOO_MANY_REQUESTS = 27

interface Pending {
  readonly id: number
  readonly type: 'subscribe' | 'unsubscribe' | 'add_markets' | 'delete_markets'
  /** Null for a channel as a whole. */
  readonly markets: readonly string[] | null
  readonly sentAt: number
}

/**
 * One channel of one connection: keeps what the exchange has been asked for equal to what is wanted, one command after
 * the other. All times are in milliseconds of the monotonic clock.
 */
export class ChannelSubscription {
  readonly wanted: WantedChannel
  readonly channel: Channel | null
  readonly #host: SubscriptionHost
  /** Markets that the exchange has acknowledged. */
  readonly #held = new Set<string>()
  /** Markets that the exchange has named in an error. */
  readonly #rejected = new Set<string>()
  #sid: number | null = null
  /** The exchange has been asked for the channel as a whole. */
  #isWhole = false
  #pending: Pending | undefined
  #perCommand = MARKETS_PER_COMMAND
  #tries = 0
  #delays = 0
  #notBefore = 0
  #endedAt = -Infinity
  /** In a row, each soon after the one before. */
  #endings = 0
  #isRefused = false
  #isFull = false
  /** Nothing to do until something is heard. */
  #isSettled = false

  constructor(wanted: WantedChannel, host: SubscriptionHost) {
    this.wanted = wanted
    this.channel = isChannel(wanted.channel) ? wanted.channel : null
    this.#host = host
  }

  get sid(): number | null {
    return this.#sid
  }

  /** Markets that the exchange has acknowledged. */
  get held(): ReadonlySet<string> {
    return this.#held
  }

  /** How many markets go into one command. */
  get perCommand(): number {
    return this.#perCommand
  }

  /** What is wanted has changed. */
  changed(): void {
    this.#isSettled = false
    this.#isFull = false
  }

  /** A command that has not been answered is sent anew. */
  tick(now: number): void {
    if (this.#pending !== undefined) this.#checkAnswer(this.#pending, now)
    this.advance(now)
  }

  /** Sends the next command, if one is due. */
  advance(now: number): void {
    if (this.#isSettled || this.#isRefused || this.#pending !== undefined || now < this.#notBefore) return
    if (this.#sid === null) this.#subscribe(now)
    else if (this.#isAmiss()) this.renew(now)
    else if (this.#held.size > 0 && !this.#keepsSome()) this.#add(this.#sid, now)
    else if (!this.#remove(this.#sid, now)) this.#add(this.#sid, now)
    this.#isSettled = this.#pending === undefined
  }

  /** The reply to a subscribe command. Early captures had no `msg`, and so no `sid`. */
  subscribed({ sid, id }: Subscribed, now: number): void {
    this.#sid = sid
    if (this.#pending?.type === 'subscribe' && (id === null || id === this.#pending.id)) this.#accept()
    this.advance(now)
  }

  /** An `ok` answers a subscribe command too, where the exchange has the subscription already: its first answer was lost. */
  answered({ id, sid }: Pick<Ok, 'id' | 'sid'>, now: number): void {
    if (this.#pending === undefined || id !== this.#pending.id) return
    if (this.#pending.type === 'subscribe') {
      if (sid === null) return
      this.#sid = sid
    }
    this.#accept()
    this.advance(now)
  }

  /** An error that answers the pending command. */
  failed(error: ServerError, now: number): void {
    const pending = this.#pending
    if (pending === undefined || error.id !== pending.id) return
    const markets = pending.markets?.length ?? 0
    this.#pending = undefined
    this.#isSettled = false
    if (error.code === COMMAND_TIMEOUT || error.code === TOO_MANY_REQUESTS) this.#delay(now)
    else if (error.code === MARKET_LIMIT && markets > 1) this.#perCommand = Math.ceil(markets / 2)
    else if (pending.type === 'delete_markets') this.#forget(pending.markets ?? [])
    else if (error.code === UNKNOWN_SID) this.ended(now)
    else this.#refuse(error, markets)
    this.advance(now)
  }

  /** The exchange has ended the subscription (errors 10 and 25), or it does not know it any more: ask anew. */
  ended(now: number): void {
    if (now - this.#endedAt < STABLE_MILLISECONDS) this.#delays = Math.max(this.#delays, ++this.#endings)
    else this.#endings = 0
    this.#endedAt = now
    this.#sid = null
    this.#held.clear()
    this.#pending = undefined
    this.#isSettled = false
    this.#isFull = false
    this.#delay(now)
  }

  /** Gives the subscription up and asks for it anew. */
  renew(now: number): void {
    if (this.#sid === null || this.#pending !== undefined) return
    this.#send({ cmd: 'unsubscribe', params: { sids: [this.#sid] } }, 'unsubscribe', null, now)
  }

  unsubscribed(now: number): void {
    if (this.#pending?.type !== 'unsubscribe') return
    this.#sid = null
    this.#held.clear()
    this.#pending = undefined
    this.#isSettled = false
    this.advance(now)
  }

  /** Null for the channel as a whole. */
  get #markets(): ReadonlySet<string> | null {
    const { markets } = this.wanted
    return markets === null && !this.#host.carriesWhole ? NONE : markets
  }

  /**
   * No update leads from all markets to some or back. Nor is it known what is left when the last market is deleted
   * (protocol reference, section 19): where nothing that is held is wanted, the subscription is ended too.
   */
  #isAmiss(): boolean {
    const markets = this.#markets
    if (markets === null || this.#isWhole) return (markets === null) !== this.#isWhole
    if (this.#keepsSome()) return false
    return this.#held.size > 0 && (this.#isFull || this.#missing().length === 0)
  }

  /** Whether anything stays of what is held. */
  #keepsSome(): boolean {
    for (const ticker of this.#held) if (this.#markets?.has(ticker) === true) return true
    return false
  }

  #subscribe(now: number): void {
    const { channel, params } = this.wanted
    const some = this.#markets === null ? null : this.#missing()
    // A command without markets would mean all of them.
    if (some?.length === 0) return
    const command = {
      cmd: 'subscribe' as const,
      params: { channels: [channel], ...params, ...(some === null ? {} : { market_tickers: some }) }
    }
    this.#isWhole = some === null
    this.#send(command, 'subscribe', some, now)
  }

  #remove(sid: number, now: number): boolean {
    const markets = this.#markets
    if (markets === null) return false
    const some: string[] = []
    for (const ticker of this.#held) if (!markets.has(ticker) && some.push(ticker) === this.#perCommand) break
    if (some.length > 0) this.#update(sid, 'delete_markets', some, now)
    return some.length > 0
  }

  #add(sid: number, now: number): void {
    const some = this.#isFull ? [] : this.#missing()
    if (some.length > 0) this.#update(sid, 'add_markets', some, now)
  }

  #missing(): string[] {
    const some: string[] = []
    for (const ticker of this.#markets ?? []) {
      if (!this.#isMissing(ticker)) continue
      if (some.push(ticker) === this.#perCommand) break
    }
    return some
  }

  #isMissing(ticker: string): boolean {
    return !this.#held.has(ticker) && !this.#rejected.has(ticker) && this.#host.carries(ticker)
  }

  #update(sid: number, action: 'add_markets' | 'delete_markets', markets: string[], now: number): void {
    const isTicker = action === 'add_markets' && this.wanted.params['send_initial_snapshot'] === true
    const params: UpdateSubscriptionCommand['params'] = {
      sids: [sid],
      action,
      market_tickers: markets,
      ...(isTicker ? { send_initial_snapshot: true } : {})
    }
    this.#send({ cmd: 'update_subscription', params }, action, markets, now)
  }

  #send(command: Command, type: Pending['type'], markets: readonly string[] | null, now: number): void {
    this.#pending = { id: this.#host.send(command), type, markets, sentAt: now }
  }

  #accept(): void {
    const { type, markets } = this.#pending ?? { type: 'subscribe', markets: null }
    this.#pending = undefined
    this.#isSettled = false
    this.#tries = 0
    this.#delays = 0
    if (markets === null) return
    if (type === 'delete_markets') return this.#forget(markets)
    for (const ticker of markets) this.#held.add(ticker)
    this.#host.added(this, markets)
  }

  #forget(markets: readonly string[]): void {
    for (const ticker of markets) this.#held.delete(ticker)
  }

  #checkAnswer({ type, sentAt }: Pending, now: number): void {
    if (now - sentAt < ANSWER_MILLISECONDS_MAX) return
    this.#pending = undefined
    this.#isSettled = false
    this.#tries++
    if (this.#tries === TRIES_MAX) {
      this.#host.drop(`${this.wanted.channel}: ${type} was not answered`)
    }
  }

  #delay(now: number): void {
    this.#notBefore = now + Math.min(DELAY_MILLISECONDS_MAX, DELAY_MILLISECONDS * 2 ** this.#delays)
    this.#delays++
  }

  /**
   * At the limit with a single market, the rest has no room on this connection. An error that names markets is theirs
   * alone; any other is for good.
   */
  #refuse(error: ServerError, markets: number): void {
    if (error.marketTickers.length > 0) {
      for (const ticker of error.marketTickers) this.#rejected.add(ticker)
      this.#host.refused(this, error, error.marketTickers.length)
      return
    }
    if (error.code === MARKET_LIMIT) {
      this.#isFull = true
      this.#isRefused = this.#sid === null
      this.#host.refused(this, error, this.#unheld())
      return
    }
    this.#isRefused = true
    this.#host.refused(this, error, markets)
  }

  #unheld(): number {
    let count = 0
    for (const ticker of this.#markets ?? []) if (this.#isMissing(ticker)) count++
    return count
  }
}
