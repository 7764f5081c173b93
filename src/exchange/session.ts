import type { Channel } from '../protocol/channels.ts'
import type { SubscribeCommand, UnsubscribeCommand, UpdateSubscriptionCommand } from '../protocol/commands.ts'
import { errorCode, isTerminal } from '../protocol/error-codes.ts'
import { readCommand } from './command-reader.ts'
import type { FaultTarget } from './faults/link.ts'
import type { FrameLink } from './frame-link.ts'
import type { MarketSource } from './market-source.ts'
import type { Permissions } from './parameters.ts'
import { channelsOf, errorOfSubscribe, errorOfUpdate, shardOf, subjectsOf } from './parameters.ts'
import type { Publication } from './publication.ts'
import { RateLimit } from './rate-limit.ts'
import { Subscription } from './subscription.ts'
import type { EnvelopeFields } from './wire.ts'
import { encodeFrame } from './wire.ts'

export interface SessionOptions {
  readonly source: MarketSource
  readonly link: FrameLink
  readonly permissions: Permissions
  /** Nanoseconds of a clock that never steps, against which commands are counted. */
  readonly monotonic: () => bigint
}

/**
 * The exchange's side of one connection: commands come in as text, frames go out through the link, in order and at once,
 * so that a snapshot always is the book at its `seq`.
 */
export class Session implements FaultTarget {
  /** May be exchanged, for one that a fault stands in. */
  link: FrameLink
  readonly #source: MarketSource
  readonly #permissions: Permissions
  readonly #commands: RateLimit
  readonly #subscriptions = new Map<Channel, Subscription>()
  #lastSid = 0

  constructor({ source, link, permissions, monotonic }: SessionOptions) {
    this.link = link
    this.#source = source
    this.#permissions = permissions
    this.#commands = new RateLimit(permissions.commandsPerSecondMax, monotonic)
  }

  get subscriptions(): Iterable<Subscription> {
    return this.#subscriptions.values()
  }

  receive(text: string): void {
    const reading = readCommand(text)
    if (!this.#commands.allows()) return this.#refuse(27, { id: reading.id })
    if ('error' in reading) return this.#refuse(reading.error, { id: reading.id })
    const { command, id } = reading
    switch (command.cmd) {
      case 'subscribe':
        return this.#subscribe(command.params, id)
      case 'unsubscribe':
        return this.#unsubscribe(command.params, id)
      case 'update_subscription':
        return this.#update(command.params, id)
      case 'list_subscriptions':
        return this.#list(id)
    }
  }

  /** Sends a publication on, if this session wants it. */
  publish(publication: Publication): void {
    const subscription = this.#subscriptions.get(publication.channel)
    if (subscription?.wants(publication) === true) this.#tell(subscription, publication)
  }

  /** Drops a settled market from all subscriptions. */
  forget(ticker: string): void {
    for (const subscription of this.#subscriptions.values()) subscription.remove([ticker])
  }

  /** Tells all books anew, since they have jumped to another time. */
  renewBooks(): void {
    const subscription = this.#subscriptions.get('orderbook_delta')
    if (subscription !== undefined) this.#tellInitialState(subscription, subscription.subjects ?? [])
  }

  /** Sends an error on every subscription, which a terminal one ends. */
  fail(code: number): void {
    for (const subscription of this.#subscriptions.values()) this.#refuse(code, subscription.nextEnvelope())
    if (isTerminal(code)) this.#subscriptions.clear()
  }

  #subscribe(params: SubscribeCommand['params'], id: number | undefined): void {
    const error = errorOfSubscribe(params, this.#permissions)
    if (error !== undefined) return this.#refuse(error, { id })
    const channels = channelsOf(params)
    if (channels.some(channel => this.#isTooMuch(channel, subjectsOf(params, channel, this.#source)))) {
      return this.#refuse(26, { id })
    }
    for (const channel of channels) {
      const subjects = subjectsOf(params, channel, this.#source)
      const subscription = this.#subscriptions.get(channel)
      if (subscription === undefined) this.#open(channel, subjects, params, id)
      else this.#merge(subscription, subjects, params, id)
    }
  }

  #isTooMuch(channel: Channel, subjects: readonly string[] = []): boolean {
    const size = this.#subscriptions.get(channel)?.sizeWith(subjects) ?? subjects.length
    return size > this.#permissions.marketsPerSubscriptionMax
  }

  #open(
    channel: Channel,
    subjects: readonly string[] | undefined,
    params: SubscribeCommand['params'],
    id: number | undefined
  ): void {
    const subscription = new Subscription(channel, ++this.#lastSid, {
      subjects,
      useYesPrice: params.use_yes_price ?? false,
      skipTickerAck: params.skip_ticker_ack ?? false,
      ...(channel === 'communications' ? { shard: shardOf(params), onlyOwn: params.user_filter === 'self' } : {})
    })
    this.#subscriptions.set(channel, subscription)
    this.#reply('subscribed', { id }, { channel, sid: subscription.sid })
    this.#tellInitialState(subscription, subscription.subjects ?? this.#source.tickers(), params.send_initial_snapshot)
  }

  /** A repeated subscribe adds its subjects to what there is; everything else stays as it was first asked for. */
  #merge(
    subscription: Subscription,
    subjects: readonly string[] | undefined,
    params: SubscribeCommand['params'],
    id: number | undefined
  ): void {
    const added = subscription.add(subjects)
    this.#acknowledge(subscription, id)
    this.#tellInitialState(subscription, added, params.send_initial_snapshot)
  }

  #unsubscribe({ sids }: UnsubscribeCommand['params'], id: number | undefined): void {
    for (const sid of sids) {
      const subscription = this.#bySid(sid)
      if (subscription === undefined) {
        this.#refuse(7, { id })
        continue
      }
      this.#reply('unsubscribed', { id, ...subscription.nextEnvelope() })
      this.#subscriptions.delete(subscription.channel)
    }
  }

  #update(params: UpdateSubscriptionCommand['params'], id: number | undefined): void {
    const subscription = this.#bySid(params.sid ?? params.sids?.[0])
    if (subscription === undefined) return this.#refuse(7, { id })
    const { action } = params
    const subjects = subjectsOf(params, subscription.channel, this.#source)
    const isAdding = action.startsWith('subscribe_') || action === 'add_markets'
    let error = errorOfUpdate(params, subscription.channel)
    if (error === undefined && isAdding && this.#isTooMuch(subscription.channel, subjects)) error = 26
    if (error !== undefined) return this.#refuse(error, { id, ...subscription.nextEnvelope() })
    if (action === 'indexlist' || action === 'underlying_list') return this.#listSubjects(subscription, id)
    if (action === 'get_snapshot') {
      for (const ticker of subjects ?? []) if (subscription.covers(ticker)) this.#tellBook(subscription, ticker, id)
      return
    }
    const added = isAdding ? subscription.add(subjects) : []
    if (!isAdding) subscription.remove(subjects ?? [])
    this.#acknowledge(subscription, id)
    this.#tellInitialState(subscription, added, params.send_initial_snapshot)
  }

  #list(id: number | undefined): void {
    this.#reply(
      'ok',
      { id },
      Array.from(this.#subscriptions.values(), ({ channel, sid }) => ({ channel, sid }))
    )
  }

  #listSubjects(subscription: Subscription, id: number | undefined): void {
    const { channel, subjects = ['all'] } = subscription
    const envelope = { id, ...subscription.nextEnvelope() }
    if (channel === 'pyth_value') this.#reply(`${channel}_underlying_list`, envelope, { underlying_tickers: subjects })
    else this.#reply(`${channel}_indexlist`, envelope, { index_ids: subjects })
  }

  #bySid(sid: number | undefined): Subscription | undefined {
    for (const subscription of this.#subscriptions.values()) if (subscription.sid === sid) return subscription
    return undefined
  }

  #tellInitialState(subscription: Subscription, tickers: readonly string[], isTickerWanted = false): void {
    if (subscription.channel === 'orderbook_delta') {
      for (const ticker of tickers) this.#tellBook(subscription, ticker)
    } else if (subscription.channel === 'ticker' && isTickerWanted) {
      for (const ticker of tickers) this.#tellState(subscription, this.#source.quote(ticker))
    }
  }

  #tellBook(subscription: Subscription, ticker: string, id?: number): void {
    this.#tellState(subscription, this.#source.book(ticker), id)
  }

  #tellState(subscription: Subscription, state: Publication | undefined, id?: number): void {
    if (state !== undefined) this.#tell(subscription, state, id)
  }

  #tell(subscription: Subscription, publication: Publication, id?: number): void {
    const { sid, seq } = subscription.nextEnvelope(publication.isSequenced)
    publication.send(this.link, { id, sid, seq }, subscription.useYesPrice)
  }

  /** The full list after the change, unless it was declined or is that of all markets. */
  #acknowledge(subscription: Subscription, id: number | undefined): void {
    this.#reply('ok', { id, ...subscription.nextEnvelope() }, listOf(subscription))
  }

  #refuse(code: number, envelope: EnvelopeFields): void {
    this.#reply('error', envelope, { code, msg: errorCode(code)?.name ?? '' })
  }

  #reply(type: string, envelope: EnvelopeFields, msg?: object): void {
    const text = msg === undefined ? undefined : JSON.stringify(msg)
    this.link.send(encodeFrame(type, this.#source.now(), envelope, text, this.#source.era))
  }
}

function listOf({ scope, subjects, skipTickerAck }: Subscription): object {
  switch (scope) {
    case 'indices':
      return { index_ids: subjects ?? ['all'] }
    case 'underlyings':
      return { underlying_tickers: subjects ?? ['all'] }
    case 'markets':
      return subjects === undefined || skipTickerAck ? {} : { market_tickers: subjects }
    case undefined:
      return {}
  }
}
