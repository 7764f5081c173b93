import type { Clock } from '../core/clock.ts'
import { KwsError } from '../core/errors.ts'
import type { Direction, Feed, FrameBatch, FrameKind } from '../core/frame.ts'
import type { Nanoseconds } from '../core/time.ts'
import type { Irregularity } from '../market/irregularity.ts'
import type { Channel } from '../protocol/channels.ts'
import type { SubscribeCommand } from '../protocol/commands.ts'
import type { Message } from '../protocol/messages.ts'
import { Conversation } from './conversation.ts'
import { FrameQueue } from './frame-queue.ts'
import type { LastingConnectionOptions, Link } from './lasting-connection.ts'
import { LastingConnection } from './lasting-connection.ts'
import type { LiveCounters, LiveEvent } from './live-event.ts'
import { LiveEventCounts } from './live-event.ts'
import { Occurrence } from './occurrence.ts'
import type { Universe } from './universe.ts'
import type { WantedChannel } from './wanted.ts'
import { slotOf, wantedOf } from './wanted.ts'
import { WatchedTime } from './watched-time.ts'

export interface LiveFeedOptions {
  /** Such as `wss://external-api-ws.kalshi.com/trade-api/ws/v2`. */
  readonly url: string
  readonly clock: Clock
  /** Headers of the upgrade, asked for once per attempt since a signature is valid for a moment only. */
  readonly headers?: () => Readonly<Record<string, string>>
  /** What to subscribe to: parameters of subscribe commands, or channels whose set of markets may change. */
  readonly subscriptions: readonly (SubscribeCommand['params'] | WantedChannel)[]
  /** Markets are spread over so many connections; what is asked for as a whole is on the first. Default: 1. */
  readonly connections?: number
  /** Attempts in a row to come back; 0 for none. Default: without end. */
  readonly reconnectsMax?: number
  readonly connectSecondsMax?: number
  /** A connection on which nothing comes for so long, not even a ping, is given up for a new one. Default: 25. */
  readonly silenceSecondsMax?: number
  /** When so much waits to be taken, nothing more is read until half of it has been. Default: 256 MiB. */
  readonly bufferBytesMax?: number
  /** Negotiates permessage-deflate. It costs fifty times the CPU per frame. */
  readonly deflate?: boolean
  /** Asks for a snapshot of every book so often, so that a recording can be verified by them. */
  readonly snapshotSeconds?: number | undefined
  /** Whose set of markets the subscriptions hold: it is shown the messages, and followed. */
  readonly universe?: Universe | undefined
  readonly onEvent?: (event: LiveEvent) => void
  /** From 0 up to 1, for the jitter of the backoff. Default: the system's randomness. */
  readonly random?: (() => number) | undefined
}

const BUFFER_BYTES_MAX = 256 * 1024 * 1024
/** In silence an empty batch is handed on this often, so that what waits for time to pass sees it pass. */
const TICK_MILLISECONDS = 200
/** A tick that comes later than this means that the process was blocked or asleep. */
const BLOCKED: Nanoseconds = 1_000_000_000n
/** Kinds of frames that cross the wire. */
const CROSSING: ReadonlySet<FrameKind> = new Set<FrameKind>(['text', 'binary', 'ping', 'pong'])

/**
 * Frames of one or more live connections, in the order in which they crossed the wire, both directions. The sockets'
 * callbacks only stamp and queue; whoever iterates gets all that has arrived since the last batch.
 *
 * Lost connections are replaced. To know what it holds and what it has missed, the feed must be shown the messages that
 * were made of its frames: give it to the `Pipeline` as its observer. Then it follows its subscriptions, asks for
 * snapshots after a gap, and subscribes anew where the exchange has ended a subscription.
 */
export class LiveFeed implements Feed {
  readonly #clock: Clock
  readonly #queue = new FrameQueue()
  readonly #bufferBytesMax: number
  readonly #connections: readonly LastingConnection[]
  /** By connection: those that are open, and those of whose frames some are still to be shown. */
  readonly #conversations = new Map<number, Conversation>()
  readonly #watchedTime: WatchedTime
  readonly #converse: (link: Link) => Conversation
  readonly #onEvent: ((event: LiveEvent) => void) | undefined
  readonly #universe: Universe | undefined
  readonly #counts = new LiveEventCounts()
  readonly #over = new AbortController()
  readonly #wanted: WantedChannel[]
  readonly #hasEnded = new Occurrence()
  #lastConnection = -1
  /** Of the latest look at the clock. */
  #wall: Nanoseconds = 0n
  #monotonic: Nanoseconds = 0n
  #pausedAt: Nanoseconds | undefined
  #wake: () => void = () => {}
  #isEnded = false
  #failure: unknown

  /** Does nothing before it is opened. */
  constructor(options: LiveFeedOptions) {
    const { clock, connections = 1, bufferBytesMax = BUFFER_BYTES_MAX, snapshotSeconds } = options
    this.#clock = clock
    this.#watchedTime = new WatchedTime(clock)
    this.#bufferBytesMax = bufferBytesMax
    this.#onEvent = options.onEvent
    this.#universe = options.universe
    this.#wanted = options.subscriptions.flatMap(one => ('channels' in one ? wantedOf([one]) : [one]))
    this.#converse = link =>
      new Conversation({
        link,
        wanted: this.#wanted,
        carries: ticker => slotOf(ticker, connections) === link.slot,
        event: event => this.#event(event),
        snapshotEvery: snapshotSeconds === undefined ? undefined : snapshotSeconds * 1000
      })
    const settings = settingsOf(options)
    this.#connections = Array.from({ length: connections }, (_, slot) => this.#createConnection(slot, settings))
  }

  /** A feed that is open. */
  static async connect(options: LiveFeedOptions): Promise<LiveFeed> {
    const feed = new LiveFeed(options)
    await feed.open()
    return feed
  }

  /**
   * To be called once. Resolves when all connections have been open and have subscribed. Throws a `KwsError` that says
   * what to check when the host cannot be reached or refuses the upgrade; where the exchange is only busy, it tries on.
   */
  async open(): Promise<void> {
    const ended = this.#keepAll()
    void this.#tick()
    await Promise.race([Promise.all(this.#connections.map(({ opened }) => opened)), ended])
    if (this.#connections.every(({ wasEverOpen }) => wasEverOpen)) return
    throw this.#failure ?? new KwsError('connection', 'the feed was stopped before it was open')
  }

  /** Resolves when no connection is left: it has been stopped or has given up. Frames may still wait to be taken. */
  get ended(): Promise<void> {
    return this.#hasEnded.promise
  }

  /** Frames that have arrived and wait to be taken. */
  get queued(): number {
    return this.#queue.length
  }

  /** Their size in memory. */
  get queuedBytes(): number {
    return this.#queue.bytes
  }

  get counters(): LiveCounters {
    return this.#counts.counters
  }

  get connectionsOpen(): number {
    return [...this.#conversations.values()].filter(({ isOver }) => !isOver).length
  }

  /** Markets that the exchange has acknowledged, by channel; a channel that was asked for as a whole counts none. */
  marketsSubscribed(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {}
    for (const conversation of this.#conversations.values()) {
      for (const [channel, count] of conversation.marketsSubscribed()) counts[channel] = (counts[channel] ?? 0) + count
    }
    return counts
  }

  isFiltered(): boolean {
    return false
  }

  /** Shows it a message that was made of one of its frames. */
  observe(message: Message, connection: number): void {
    const change = this.#universe?.observe(message)
    if (change !== undefined) {
      this.#event({ type: 'universe', ...change })
      this.resubscribe()
    }
    this.#conversations.get(connection)?.observe(message, this.#watchedTime.milliseconds())
    if (message.type === 'connection_closed') this.#conversations.delete(connection)
  }

  /** Takes in a REST request and its response's body, as frames of the latest connection. */
  record(request: string, body: string): void {
    const connection = Math.max(0, this.#lastConnection)
    this.#append(connection, 'rest', 'sent', Buffer.from(request))
    this.#append(connection, 'rest', 'received', Buffer.from(body))
  }

  /** Shows it something irregular in its frames. */
  irregular(irregularity: Irregularity): void {
    this.#conversations.get(irregularity.connection)?.irregular(irregularity, this.#watchedTime.milliseconds())
  }

  /** Which channel a subscription is of; null where that is not known, or not any more. */
  channelOf(connection: number, sid: number | null): Channel | null {
    return this.#conversations.get(connection)?.channelOf(sid) ?? null
  }

  /** Wants another channel, of which it must not know yet. */
  want(channel: WantedChannel): void {
    this.#wanted.push(channel)
    for (const conversation of this.#conversations.values())
      conversation.want(channel, this.#watchedTime.milliseconds())
  }

  /** What is wanted of a channel has changed: its markets, or whether it is wanted as a whole. */
  resubscribe(): void {
    const now = this.#watchedTime.milliseconds()
    for (const conversation of this.#conversations.values()) conversation.changed(now)
  }

  /** Unsubscribes and closes the connections in order. What still arrives is handed on, then the iteration ends. */
  stop(): void {
    for (const conversation of this.#conversations.values()) conversation.end()
    for (const connection of this.#connections) connection.stop()
  }

  /** Drops the connections, where they are still open. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort()
    for (const connection of this.#connections) connection.dispose()
  }

  /** Ends after the last frame when it has been stopped; throws then if it has given up. */
  async *[Symbol.asyncIterator](): AsyncGenerator<FrameBatch, void, undefined> {
    this.#watchedTime.start()
    try {
      while (!this.#isEnded || !this.#queue.isEmpty) {
        if (this.#queue.isEmpty) await this.#arrival()
        const batch = this.#queue.take()
        // What it answers has still to be looked at.
        this.#watchedTime.stop()
        yield batch
        if (this.#pausedAt === undefined) this.#watchedTime.start()
        this.#resume()
      }
      if (this.#failure !== undefined) throw this.#failure
    } finally {
      await this[Symbol.asyncDispose]()
    }
  }

  #createConnection(slot: number, options: LastingConnectionOptions): LastingConnection {
    return new LastingConnection(slot, options, {
      nextConnection: () => ++this.#lastConnection,
      arrived: () => this.#readClock(),
      append: (connection, kind, direction, payload) => this.#append(connection, kind, direction, payload),
      opened: link => this.#opened(link),
      closed: link => this.#conversations.get(link.connection)?.over(),
      event: event => this.#event(event)
    })
  }

  /** Where one connection gives up, all end: with a part of the markets missing, a feed would hide a hole. */
  async #keepAll(): Promise<void> {
    const kept = this.#connections.map(connection => connection.keep())
    try {
      await Promise.all(kept)
    } catch (error) {
      this.#failure = error
    }
    await this[Symbol.asyncDispose]()
    // So that every connection's end is handed on too.
    await Promise.allSettled(kept)
    this.#isEnded = true
    this.#hasEnded.resolve()
    this.#wake()
  }

  #opened(link: Link): void {
    const conversation = this.#converse(link)
    this.#conversations.set(link.connection, conversation)
    conversation.begin(this.#watchedTime.milliseconds())
  }

  #append(connection: number, kind: FrameKind, direction: Direction, payload: Uint8Array): Nanoseconds {
    // Frames that came in the same bytes came at the same time, whenever it is each one's turn to be looked at.
    if (direction === 'sent' || !CROSSING.has(kind)) this.#readClock()
    this.#queue.append(this.#wall, this.#monotonic, connection, kind, direction, payload)
    if (this.#queue.bytes > this.#bufferBytesMax) this.#pause()
    this.#wake()
    return this.#monotonic
  }

  #readClock(): void {
    this.#monotonic = this.#clock.monotonic()
    this.#wall = this.#clock.wall()
  }

  #pause(): void {
    if (this.#pausedAt !== undefined) return
    this.#pausedAt = this.#clock.monotonic()
    this.#watchedTime.stop()
    for (const connection of this.#connections) connection.pause()
    this.#event({ type: 'paused', bytes: this.#queue.bytes })
  }

  #resume(): void {
    if (this.#pausedAt === undefined || this.#queue.bytes > this.#bufferBytesMax / 2) return
    const duration = Number(this.#clock.monotonic() - this.#pausedAt) / 1e9
    this.#pausedAt = undefined
    this.#watchedTime.start()
    for (const connection of this.#connections) connection.resume()
    this.#event({ type: 'resumed', duration })
  }

  async #arrival(): Promise<void> {
    await new Promise<void>(resolve => {
      this.#wake = resolve
    })
  }

  /** Runs beside the iteration: a consumer that is slow must not keep a dead socket alive. */
  async #tick(): Promise<void> {
    let last = this.#clock.monotonic()
    while (!this.#over.signal.aborted) {
      await this.#clock.sleep(TICK_MILLISECONDS, this.#over.signal)
      const now = this.#clock.monotonic()
      const blocked = now - last > BLOCKED ? now - last : 0n
      last = now
      for (const connection of this.#connections) connection.checkSilence(now, blocked)
      for (const conversation of this.#conversations.values()) conversation.tick(this.#watchedTime.milliseconds())
      this.#wake()
    }
  }

  #event(event: LiveEvent): void {
    this.#counts.note(event)
    this.#onEvent?.(event)
  }
}

function settingsOf(options: LiveFeedOptions): LastingConnectionOptions {
  const { url, clock, random, headers = () => ({}), deflate = false } = options
  const { connectSecondsMax = 10, silenceSecondsMax = 25, reconnectsMax = Infinity } = options
  return { url, clock, random, headers, deflate, connectSecondsMax, silenceSecondsMax, reconnectsMax }
}
