import type { Irregularity } from '../market/irregularity.ts'
import type { Channel } from '../protocol/channels.ts'
import type { Command } from '../protocol/commands.ts'
import { isTerminal } from '../protocol/error-codes.ts'
import type { Message } from '../protocol/messages.ts'
import type { ServerError, Subscribed } from '../protocol/messages/control.ts'
import { BookRepair } from './book-repair.ts'
import type { SubscriptionHost } from './channel-subscription.ts'
import { ChannelSubscription } from './channel-subscription.ts'
import type { Link } from './lasting-connection.ts'
import type { LiveEvent } from './live-event.ts'
import type { WantedChannel } from './wanted.ts'

export interface ConversationOptions {
  readonly link: Link
  readonly wanted: readonly WantedChannel[]
  /** Whether a market is this connection's. */
  readonly carries: (ticker: string) => boolean
  readonly event: (event: LiveEvent) => void
  /** Milliseconds between snapshots of all books that are asked for though nothing is wrong; none if undefined. */
  readonly snapshotEvery?: number | undefined
}

const BOOKS = 'orderbook_delta'

/** What is said on one connection: commands go out, and everything that comes in is followed to mend what breaks. */
export class Conversation {
  readonly #link: Link
  readonly #subscriptions: ChannelSubscription[]
  readonly #host: SubscriptionHost
  readonly #repair: BookRepair
  readonly #event: (event: LiveEvent) => void
  readonly #snapshotEvery: number | undefined
  /** Those that have been acknowledged, whether or not anything came of it. */
  readonly #sids = new Set<number>()
  /** The first `seq` of each `sid`. */
  readonly #firsts = new Map<number, number>()
  /** Subscriptions of which something is missing though they are not known yet: their acknowledgement comes late. */
  readonly #torn = new Set<number>()
  #isOver = false
  #snapshotsAt = 0
  #lastId = 0
  /** Of the latest call from outside: a reply to a command needs it. */
  #now = 0

  constructor({ link, wanted, carries, event, snapshotEvery }: ConversationOptions) {
    this.#link = link
    this.#event = event
    this.#snapshotEvery = snapshotEvery
    this.#host = {
      send: command => this.#send(command),
      carries,
      // Told on every connection, what is of no market would come several times.
      carriesWhole: link.slot === 0,
      added: (subscription, markets) => {
        if (subscription === this.#books) this.#repair.expect(markets, this.#now)
      },
      refused: (subscription, error, markets) => this.#refused(subscription, error, markets),
      drop: reason => link.drop(reason)
    }
    this.#subscriptions = wanted.map(channel => new ChannelSubscription(channel, this.#host))
    this.#repair = new BookRepair({
      held: () => this.#books?.held ?? NONE,
      askForSnapshots: tickers => this.#askForSnapshots(tickers),
      resubscribe: reason => {
        this.#tellResubscription(this.#books, reason)
        this.#books?.renew(this.#now)
      },
      drop: reason => link.drop(reason),
      repaired: ({ by, markets, unanswered, milliseconds }) =>
        event({ type: 'repaired', by, markets, unanswered, duration: milliseconds / 1000, ...this.#of(this.#books) })
    })
  }

  /** The connection is open. `now` is in milliseconds of the monotonic clock, here and everywhere. */
  begin(now: number): void {
    this.#snapshotsAt = now
    this.#advance(now)
  }

  /** Commands that are due, and patience that has ended. */
  tick(now: number): void {
    if (this.#isOver) return
    this.#now = now
    for (const subscription of this.#subscriptions) subscription.tick(now)
    this.#repair.tick(now)
    if (this.#snapshotEvery === undefined || now - this.#snapshotsAt < this.#snapshotEvery) return
    this.#snapshotsAt = now
    this.#askForSnapshots([...(this.#books?.held ?? NONE)])
  }

  channelOf(sid: number | null): Channel | null {
    return this.#bySid(sid)?.channel ?? null
  }

  /** How many markets the exchange has acknowledged on each channel. */
  marketsSubscribed(): (readonly [channel: string, count: number])[] {
    return this.#subscriptions.map(({ wanted, held }) => [wanted.channel, held.size] as const)
  }

  /** Another channel is wanted. */
  want(channel: WantedChannel, now: number): void {
    this.#subscriptions.push(new ChannelSubscription(channel, this.#host))
    this.#advance(now)
  }

  /** What is wanted of a channel has changed. */
  changed(now: number): void {
    if (this.#isOver) return
    for (const subscription of this.#subscriptions) subscription.changed()
    this.#advance(now)
  }

  /** Markets are over, and not wanted any more. */
  gone(tickers: readonly string[], now: number): void {
    this.#now = now
    if (!this.#isOver) this.#repair.gone(tickers, now)
  }

  /** Ends all subscriptions, with one command, before the connection is closed. */
  end(): void {
    if (this.#isOver) return
    this.#isOver = true
    const sids = this.#subscriptions.flatMap(({ sid }) => (sid === null ? [] : [sid]))
    if (sids.length > 0) this.#send({ cmd: 'unsubscribe', params: { sids } })
  }

  /** Whether nothing more is said on the connection. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** The connection is closed. What its last frames lack is still told, but nothing can be done about it. */
  over(): void {
    this.#isOver = true
  }

  /** A message of this connection, after the tracker has seen it. */
  observe(message: Message, now: number): void {
    this.#now = now
    this.#noteFirst(message, now)
    const { type } = message
    if (this.#isOver) {
      if (type === 'subscribed') this.#known(message.sid, now)
      return
    }
    if (type === 'orderbook_snapshot') this.#repair.snapshot(message.marketTicker, message.sid, now)
    else if (type === 'subscribed') this.#subscribed(message, now)
    else if (type === 'unsubscribed') this.#bySid(message.sid)?.unsubscribed(now)
    else if (type === 'error') this.#fail(message, now)
    else if (type === 'ok') {
      for (const subscription of this.#subscriptions) subscription.answered(message, now)
      if (this.#bySid(message.sid) !== undefined) this.#known(message.sid, now)
    }
  }

  /** Something that the tracker has met on this connection. */
  irregular(irregularity: Irregularity, now: number): void {
    this.#now = now
    const { type, sid, marketTicker } = irregularity
    switch (type) {
      case 'gap':
        this.#gap(sid, irregularity.expected, irregularity.received, now)
        break
      case 'malformed':
        if (marketTicker !== null) this.#repair.spoiled(marketTicker)
        else if (sid !== null && sid === this.#books?.sid) this.#repair.beginAll(now)
        break
      case 'negative_level':
      case 'delta_without_book':
      case 'delta_on_stale_book':
      case 'foreign_delta':
        if (marketTicker !== null) this.#repair.spoiled(marketTicker)
        break
      case 'crossed_book':
      case 'duplicate':
      case 'repeated_trade':
      case 'server_error':
      case 'unknown_fields':
      case 'unknown_type':
        break
    }
  }

  #subscribed(message: Subscribed, now: number): void {
    const subscription = this.#subscriptions.find(({ wanted }) => wanted.channel === message.channel)
    if (subscription === undefined) return
    if (subscription === this.#books) this.#repair.renewed(now)
    subscription.subscribed(message, now)
    this.#known(message.sid, now)
  }

  /** What was missing of a subscription before it was known. */
  #known(sid: number | null, now: number): void {
    if (sid === null) return
    this.#sids.add(sid)
    this.#checkFirst(sid, now)
    if (this.#torn.delete(sid) && sid === this.#books?.sid && !this.#isOver) this.#repair.beginAll(now)
  }

  /**
   * Every run of `seq` begins with 1 (protocol reference, section 9). The tracker does not ask for that, since a capture
   * may begin in the middle of one.
   */
  #noteFirst({ sid, seq }: Message, now: number): void {
    if (sid === null || seq === null || this.#firsts.has(sid)) return
    this.#firsts.set(sid, seq)
    if (this.#sids.has(sid)) this.#checkFirst(sid, now)
  }

  #checkFirst(sid: number, now: number): void {
    const first = this.#firsts.get(sid) ?? 1
    if (first === 1) return
    this.#firsts.set(sid, 1)
    this.#gap(sid, 1, first, now)
  }

  #gap(sid: number | null, expected: number, received: number, now: number): void {
    const of = this.#bySid(sid)
    this.#event({ type: 'gap', expected, received, lost: received - expected, ...this.#of(of), sid })
    if (this.#isOver) return
    if (of === undefined && sid !== null) this.#torn.add(sid)
    if (of !== undefined && of === this.#books) this.#repair.beginAll(now)
  }

  #fail(error: ServerError, now: number): void {
    const of = this.#bySid(error.sid)
    if (of !== undefined && isTerminal(error.code)) {
      this.#tellResubscription(of, `error ${error.code} (${error.reason})`)
      of.ended(now)
      if (of === this.#books) this.#repair.interrupted()
      return
    }
    for (const subscription of this.#subscriptions) subscription.failed(error, now)
  }

  #advance(now: number): void {
    this.#now = now
    for (const subscription of this.#subscriptions) subscription.advance(now)
  }

  #askForSnapshots(tickers: readonly string[]): void {
    const { sid, perCommand = 1 } = this.#books ?? { sid: null }
    if (sid === null) return
    for (let from = 0; from < tickers.length; from += perCommand) {
      const some = tickers.slice(from, from + perCommand)
      this.#send({
        cmd: 'update_subscription',
        params: { sids: [sid], action: 'get_snapshot', market_tickers: some }
      })
    }
  }

  #send(command: Command): number {
    const id = ++this.#lastId
    this.#link.send({ id, ...command })
    return id
  }

  get #books(): ChannelSubscription | undefined {
    return this.#subscriptions.find(({ channel }) => channel === BOOKS)
  }

  #bySid(sid: number | null): ChannelSubscription | undefined {
    return sid === null ? undefined : this.#subscriptions.find(subscription => subscription.sid === sid)
  }

  #of(
    subscription: ChannelSubscription | undefined
  ): Pick<LiveEvent & { type: 'gap' }, 'connection' | 'sid' | 'channel'> {
    const { connection } = this.#link
    return { connection, sid: subscription?.sid ?? null, channel: subscription?.channel ?? null }
  }

  #refused({ wanted }: ChannelSubscription, { code, reason }: ServerError, markets: number): void {
    const { connection } = this.#link
    this.#event({ type: 'refused', connection, channel: wanted.channel, code, reason, markets })
  }

  #tellResubscription(subscription: ChannelSubscription | undefined, reason: string): void {
    this.#event({ type: 'resubscribe', reason, ...this.#of(subscription) })
  }
}

const NONE: ReadonlySet<string> = new Set()
