import type { Clock } from './core/clock.ts'
import { systemClock } from './core/clock.ts'
import { KwsError } from './core/errors.ts'
import type { FrameBatch } from './core/frame.ts'
import type { Microseconds } from './core/time.ts'
import type { CallbackFailure } from './live/callbacks.ts'
import { Callbacks } from './live/callbacks.ts'
import type { Listener } from './live/channel-listeners.ts'
import { ChannelListeners } from './live/channel-listeners.ts'
import { checkSubscription } from './live/channel-parameters.ts'
import type { Environment } from './live/environments.ts'
import { ENVIRONMENTS, webSocketUrl } from './live/environments.ts'
import type { LiveCounters, LiveEvent } from './live/live-event.ts'
import type { LiveFeedOptions } from './live/live-feed.ts'
import { LiveFeed } from './live/live-feed.ts'
import { credentialsFor, upgradeHeaders } from './live/signing.ts'
import type { Irregularity } from './market/irregularity.ts'
import type { MarketTracker } from './market/market-tracker.ts'
import { Pipeline, run } from './pipeline.ts'
import type { ChannelMessage, ChannelMessages } from './protocol/channel-messages.ts'
import { channelOf, isChannelMessage } from './protocol/channel-messages.ts'
import type { Channel } from './protocol/channels.ts'
import type { Message } from './protocol/messages.ts'

export interface KalshiWebSocketOptions extends Pick<
  LiveFeedOptions,
  'connections' | 'bufferBytesMax' | 'connectSecondsMax' | 'silenceSecondsMax' | 'random'
> {
  /** Default: `prod`. */
  readonly environment?: Environment
  /** Connects there instead, such as `ws://127.0.0.1:8080/trade-api/ws/v2`. */
  readonly url?: string
  /** Of the API key. It may be left out, with the private key, on this machine only. */
  readonly keyId?: string
  /** Its private key, the text of a PEM file. */
  readonly privateKey?: string
  /** Default: true. Otherwise the loss of a connection ends all. */
  readonly autoReconnect?: boolean
  /** Attempts in a row that come to nothing, after which it gives up. Default: without end. */
  readonly maxReconnectAttempts?: number
  /** Connections that come and go, gaps and their repair, commands that were refused. */
  readonly onEvent?: (event: LiveEvent) => unknown
  /** Anything in the data that is not as it should be. */
  readonly onIrregularity?: (irregularity: Irregularity) => unknown
  /**
   * Told of every callback that threw; the others are called as if nothing had happened. What it throws itself ends the
   * reading and is thrown there. Without it, the first five failures are told as warnings of the process.
   */
  readonly onError?: (failure: CallbackFailure) => unknown
  readonly clock?: Clock
}

export interface SubscriptionOptions<Name extends Channel> {
  /** Only these markets; all if left out, which `orderbook_delta` does not allow. */
  readonly marketTickers?: readonly string[]
  /** Called for each message, after the tracker has taken it. A promise that it returns is not waited for. */
  readonly onUpdate?: (message: ChannelMessages[Name]) => unknown
}

export interface Subscription {
  /** Its callback is not called any more, and what nobody else has subscribed to is given up on the exchange. */
  unsubscribe(): void
}

/**
 * The exchange's WebSocket for a program of one's own: messages by callback or as one async iterable, and the state of
 * all markets beside them. It reconnects, subscribes anew and repairs gaps by itself.
 *
 * Frames are read by `runForever` or by an iteration, one of them at a time. While neither takes any, or slowly, they
 * wait in memory up to `bufferBytesMax`; then nothing more is read from the network, `paused` is told to `onEvent`, and
 * an exchange that is kept waiting for too long ends the subscriptions, which are then made anew.
 */
export class KalshiWebSocket implements AsyncIterable<ChannelMessage>, AsyncDisposable {
  readonly url: string
  readonly #callbacks: Callbacks
  readonly #feed: LiveFeed
  readonly #pipeline: Pipeline
  readonly #channels = new Map<Channel, ChannelListeners>()
  /** Of the frame in hand, where somebody has subscribed to it. */
  #message: ChannelMessage | undefined
  #opening: Promise<void> | undefined
  #isRead = false
  #isClosed = false

  constructor({
    environment = 'prod',
    url = ENVIRONMENTS[environment],
    keyId,
    privateKey,
    autoReconnect = true,
    maxReconnectAttempts = Infinity,
    onEvent,
    onIrregularity,
    onError,
    clock = systemClock(),
    ...limits
  }: KalshiWebSocketOptions = {}) {
    const checked = webSocketUrl(url)
    this.url = checked.href
    this.#callbacks = new Callbacks({
      occasion: () => ({ frame: this.#pipeline.frames, time: this.#pipeline.now }),
      onError,
      end: () => void this.close()
    })
    this.#feed = new LiveFeed({
      ...limits,
      url: this.url,
      clock,
      headers: upgradeHeaders(credentialsFor(checked, keyId, privateKey), clock),
      subscriptions: [],
      reconnectsMax: autoReconnect ? maxReconnectAttempts : 0,
      onEvent: event => this.#callbacks.call('onEvent', onEvent, event)
    })
    this.#pipeline = new Pipeline({
      scanners: [],
      sinks: [],
      onIrregularity: irregularity => this.#callbacks.call('onIrregularity', onIrregularity, irregularity),
      observer: {
        observe: (message, connection) => this.#observe(message, connection),
        irregular: irregularity => this.#feed.irregular(irregularity)
      }
    })
  }

  /** The state of all markets after the frame in hand. */
  get tracker(): MarketTracker {
    return this.#pipeline.tracker
  }

  /** Receive time of the frame in hand. */
  get now(): Microseconds {
    return this.#pipeline.now
  }

  get counters(): LiveCounters {
    return this.#feed.counters
  }

  /** How often a callback threw. */
  get callbackFailures(): number {
    return this.#callbacks.failures
  }

  subscribeTicker(options: SubscriptionOptions<'ticker'> = {}): Subscription {
    return this.subscribe('ticker', options)
  }

  subscribeOrderbookDelta(
    options: SubscriptionOptions<'orderbook_delta'> & { readonly marketTickers: readonly string[] }
  ): Subscription {
    return this.subscribe('orderbook_delta', options)
  }

  subscribeTrades(options: SubscriptionOptions<'trade'> = {}): Subscription {
    return this.subscribe('trade', options)
  }

  subscribeMarketLifecycle(options: SubscriptionOptions<'market_lifecycle_v2'> = {}): Subscription {
    return this.subscribe('market_lifecycle_v2', options)
  }

  /**
   * Before or after connecting. Where a book is subscribed to already, a further subscriber gets no snapshot of its own:
   * the tracker has the book.
   */
  subscribe<Name extends Channel>(
    channel: Name,
    { marketTickers, onUpdate }: SubscriptionOptions<Name> = {}
  ): Subscription {
    if (this.#isClosed) throw closedError()
    checkSubscription(channel, marketTickers)
    let isOver = false
    const listener: Listener = {
      markets: marketTickers === undefined ? null : new Set(marketTickers),
      update: message => {
        if (isOver) return
        // What comes on a channel is of its types.
        this.#callbacks.call('onUpdate', onUpdate as ((message: ChannelMessage) => unknown) | undefined, message)
      }
    }
    this.#listenersOf(channel).add(listener)
    this.#feed.resubscribe()
    return {
      unsubscribe: () => {
        isOver = true
        this.#listenersOf(channel).remove(listener)
        this.#feed.resubscribe()
      }
    }
  }

  /**
   * Resolves when it is connected; does nothing if it is. Throws a `KwsError` that says what to check when the exchange
   * cannot be reached or refuses the key. After that, and after `close`, a new socket is needed.
   */
  async connect(): Promise<void> {
    if (this.#isClosed) throw closedError()
    await this.#opened()
  }

  /** Hands out messages, connecting first where that is still to be done, until `close`; throws when it has given up. */
  async runForever(): Promise<void> {
    if (await this.#begin()) await run(this.#feed, [this.#pipeline]).finally(() => (this.#isClosed = true))
    this.#callbacks.rethrow()
  }

  /**
   * The messages that are subscribed to, one by one: the tracker stands at the message in hand. Callbacks are called
   * too. To leave the loop closes the connection.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<ChannelMessage, void, undefined> {
    if (await this.#begin()) {
      try {
        for await (const batch of this.#feed) yield* this.#messagesOf(batch)
      } finally {
        this.#isClosed = true
      }
    }
    this.#callbacks.rethrow()
  }

  /**
   * Unsubscribes and closes the connection in order. What had arrived is still handed out by whoever reads, which ends
   * then. It may be called at any time and in a loop over the messages.
   */
  async close(): Promise<void> {
    this.#isClosed = true
    if (this.#opening === undefined) return
    this.#feed.stop()
    await this.#feed.ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #opened(): Promise<void> {
    this.#opening ??= this.#feed.open()
    await this.#opening
  }

  /** False where it was closed before it was connected. */
  async #begin(): Promise<boolean> {
    if (this.#isClosed) throw closedError()
    if (this.#isRead) throw new KwsError('usage', 'the socket is being read already, by runForever or by an iteration')
    this.#isRead = true
    try {
      await this.#opened()
    } catch (error) {
      this.#isRead = false
      if (!this.#isClosed) throw error
    }
    return !this.#isClosed
  }

  *#messagesOf(batch: FrameBatch): Generator<ChannelMessage, void, undefined> {
    for (let row = 0; row < batch.length; row++) {
      const message = this.#accept(batch, row)
      if (message !== undefined) yield message
    }
  }

  #accept(batch: FrameBatch, row: number): ChannelMessage | undefined {
    this.#message = undefined
    this.#pipeline.acceptRow(batch, row)
    return this.#message
  }

  #observe(message: Message, connection: number): void {
    this.#feed.observe(message, connection)
    if (!isChannelMessage(message)) return
    const ofFeed = message.type === 'event_lifecycle' ? this.#feed.channelOf(connection, message.sid) : null
    const channel = ofFeed ?? channelOf(message.type)
    if (channel !== undefined && this.#channels.get(channel)?.deliver(message) === true) this.#message = message
  }

  #listenersOf(channel: Channel): ChannelListeners {
    let listeners = this.#channels.get(channel)
    if (listeners === undefined) {
      listeners = new ChannelListeners(channel)
      this.#channels.set(channel, listeners)
      this.#feed.want(listeners)
    }
    return listeners
  }
}

function closedError(): KwsError {
  return new KwsError('usage', 'the socket has been closed: make a new one')
}
