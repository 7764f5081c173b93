import type { Channel } from '../protocol/channels.ts'
import { isChannel } from '../protocol/channels.ts'
import type { SubscribeCommand, UnsubscribeCommand, UpdateSubscriptionCommand } from '../protocol/commands.ts'
import { errorCode } from '../protocol/error-codes.ts'
import type { Change } from './change.ts'
import { readCommand } from './command-reader.ts'
import type { Publication } from './publication.ts'
import { Subscription } from './subscription.ts'
import type { SyntheticMarket } from './synthetic-market.ts'
import type { EnvelopeFields } from './wire.ts'
import { encodeFrame } from './wire.ts'
import type { WireTime } from './wire-time.ts'

/** What a session needs to know of the exchange. */
export interface Venue {
  now(): WireTime
  find(ticker: string): SyntheticMarket | undefined
  tickers(): readonly string[]
  publicationOf(change: Change): Publication
}

/**
 * The exchange's side of one connection: commands come in as text, frames go out through `send`, in order and at once,
 * so that a snapshot always is the book at its `seq`.
 */
export class Session {
  readonly #venue: Venue
  readonly #send: (frame: string) => void
  readonly #subscriptions = new Map<Channel, Subscription>()
  #lastSid = 0

  constructor(venue: Venue, send: (frame: string) => void) {
    this.#venue = venue
    this.#send = send
  }

  receive(text: string): void {
    const reading = readCommand(text)
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

  /** Sends a change on, if this session wants it. */
  publish(publication: Publication): void {
    const subscription = this.#subscriptions.get(publication.channel)
    if (subscription?.covers(publication.ticker)) this.#tell(subscription, publication)
  }

  /** Drops a settled market from all subscriptions. */
  forget(ticker: string): void {
    for (const subscription of this.#subscriptions.values()) subscription.remove([ticker])
  }

  /** Ends all subscriptions because the client reads too slowly. */
  overflow(): void {
    for (const subscription of this.#subscriptions.values()) this.#refuse(25, subscription.nextEnvelope())
    this.#subscriptions.clear()
  }

  #subscribe(params: SubscribeCommand['params'], id: number | undefined): void {
    const channels = new Set(params.channels.filter(isChannel))
    if (params.channels.some(name => !isChannel(name))) return this.#refuse(8, { id })
    if (!areMarketsClear(params)) return this.#refuse(11, { id })
    const tickers = this.#knownTickersOf(params)
    if (channels.has('orderbook_delta') && tickers === undefined) return this.#refuse(14, { id })
    for (const channel of channels) {
      const subscription = this.#subscriptions.get(channel)
      if (subscription === undefined) this.#open(channel, tickers, params, id)
      else this.#merge(subscription, tickers, params, id)
    }
  }

  #open(
    channel: Channel,
    tickers: readonly string[] | undefined,
    params: SubscribeCommand['params'],
    id: number | undefined
  ): void {
    const subscription = new Subscription(channel, ++this.#lastSid, {
      tickers,
      useYesPrice: params.use_yes_price ?? false,
      skipTickerAck: params.skip_ticker_ack ?? false
    })
    this.#subscriptions.set(channel, subscription)
    this.#reply('subscribed', { id }, { channel, sid: subscription.sid })
    this.#tellInitialState(subscription, subscription.tickers ?? this.#venue.tickers(), params.send_initial_snapshot)
  }

  /** A repeated subscribe adds its markets to what there is; everything else stays as it was first asked for. */
  #merge(
    subscription: Subscription,
    tickers: readonly string[] | undefined,
    params: SubscribeCommand['params'],
    id: number | undefined
  ): void {
    const added = subscription.add(tickers)
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
    const refuse = (code: number): void => this.#refuse(code, { id, ...subscription.nextEnvelope() })
    if (!canDo(params.action, subscription)) return refuse(13)
    if (!areMarketsClear(params)) return refuse(11)
    const tickers = this.#knownTickersOf(params)
    if (tickers === undefined) return refuse(14)
    if (params.action === 'get_snapshot') {
      for (const ticker of tickers) if (subscription.covers(ticker)) this.#tellBook(subscription, ticker, id)
      return
    }
    const added = params.action === 'add_markets' ? subscription.add(tickers) : []
    if (params.action === 'delete_markets') subscription.remove(tickers)
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

  #bySid(sid: number | undefined): Subscription | undefined {
    for (const subscription of this.#subscriptions.values()) if (subscription.sid === sid) return subscription
    return undefined
  }

  /**
   * The markets that a command names; undefined if it names none. About unknown ones the exchange is silent, so they
   * are left out.
   */
  #knownTickersOf({ market_ticker, market_tickers }: MarketParams): readonly string[] | undefined {
    const named = market_ticker === undefined ? market_tickers : [market_ticker]
    if (named === undefined || named.length === 0) return undefined
    return named.filter(ticker => this.#venue.find(ticker) !== undefined)
  }

  #tellInitialState(subscription: Subscription, tickers: readonly string[], isTickerWanted = false): void {
    if (subscription.channel === 'orderbook_delta') {
      for (const ticker of tickers) this.#tellBook(subscription, ticker)
    } else if (subscription.channel === 'ticker' && isTickerWanted) {
      for (const ticker of tickers) this.#tellState(subscription, this.#venue.find(ticker)?.quote())
    }
  }

  #tellBook(subscription: Subscription, ticker: string, id?: number): void {
    this.#tellState(subscription, this.#venue.find(ticker)?.book(), id)
  }

  #tellState(subscription: Subscription, state: Change | undefined, id?: number): void {
    if (state !== undefined) this.#tell(subscription, this.#venue.publicationOf(state), id)
  }

  #tell(subscription: Subscription, publication: Publication, id?: number): void {
    const { sid, seq } = subscription.nextEnvelope()
    const msg = publication.msg(subscription.useYesPrice)
    this.#send(encodeFrame(publication.type, publication.now, { id, sid, seq }, msg))
  }

  /** The full list of markets after the change, unless it was declined or is that of all markets. */
  #acknowledge(subscription: Subscription, id: number | undefined): void {
    const tickers = subscription.skipTickerAck ? undefined : subscription.tickers
    const msg = tickers === undefined ? {} : { market_tickers: tickers }
    this.#reply('ok', { id, ...subscription.nextEnvelope() }, msg)
  }

  #refuse(code: number, envelope: EnvelopeFields): void {
    this.#reply('error', envelope, { code, msg: errorCode(code)?.name ?? '' })
  }

  #reply(type: string, envelope: EnvelopeFields, msg?: object): void {
    const text = msg === undefined ? undefined : JSON.stringify(msg)
    this.#send(encodeFrame(type, this.#venue.now(), envelope, text))
  }
}

interface MarketParams {
  readonly market_ticker?: string | undefined
  readonly market_tickers?: readonly string[] | undefined
  readonly market_id?: string | undefined
  readonly market_ids?: readonly string[] | undefined
}

/** One form excludes the other; markets by id, which only tickers have, are not served here. */
function areMarketsClear({ market_ticker, market_tickers, market_id, market_ids }: MarketParams): boolean {
  if (market_id !== undefined || market_ids !== undefined) return false
  return market_ticker === undefined || market_tickers === undefined
}

function canDo(action: string, { channel, canBeNarrowed }: Subscription): boolean {
  if (action === 'get_snapshot') return channel === 'orderbook_delta'
  return canBeNarrowed && (action === 'add_markets' || action === 'delete_markets')
}
