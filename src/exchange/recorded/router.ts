import type { FrameBatch } from '../../core/frame.ts'
import { DIRECTION, KIND } from '../../core/frame.ts'
import { PayloadMemory } from '../../core/payload-memory.ts'
import type { Subscription } from '../../market/subscriptions.ts'
import { Subscriptions } from '../../market/subscriptions.ts'
import type { Channel } from '../../protocol/channels.ts'
import { isChannel } from '../../protocol/channels.ts'
import { Decoder } from '../../protocol/decoder.ts'
import { MarketTable } from '../../protocol/market-table.ts'
import { RecordedPublication } from './recorded-publication.ts'

/**
 * The channel of each type of data frame, and which are answers to the recorder's own commands, nobody else's business.
 * Frames of events come on two channels: theirs is told by their `sid` first.
 */
const CHANNEL_OF_TYPE: ReadonlyMap<string, Channel | 'reply'> = new Map([
  ['subscribed', 'reply'],
  ['ok', 'reply'],
  ['unsubscribed', 'reply'],
  ['error', 'reply'],
  ['cfbenchmarks_value_indexlist', 'reply'],
  ['cfbenchmarks_value_5hz_indexlist', 'reply'],
  ['pyth_value_underlying_list', 'reply'],
  ['orderbook_snapshot', 'orderbook_delta'],
  ['orderbook_delta', 'orderbook_delta'],
  ['ticker', 'ticker'],
  ['trade', 'trade'],
  ['fill', 'fill'],
  ['market_position', 'market_positions'],
  ['user_order', 'user_orders'],
  ['market_lifecycle_v2', 'market_lifecycle_v2'],
  ['multivariate_market_lifecycle', 'multivariate_market_lifecycle'],
  ['order_group_updates', 'order_group_updates'],
  ['rfq_created', 'communications'],
  ['rfq_deleted', 'communications'],
  ['quote_created', 'communications'],
  ['quote_accepted', 'communications'],
  ['quote_executed', 'communications'],
  ['cfbenchmarks_value', 'cfbenchmarks_value'],
  ['cfbenchmarks_value_5hz', 'cfbenchmarks_value_5hz'],
  ['pyth_value', 'pyth_value']
])

const CHANNEL_OF_EVENTS: Channel = 'market_lifecycle_v2'

export interface RouterCounts {
  /** Places where the recording lost frames: books are wrong until their next snapshot. */
  gaps: number
  /** Frames left out because their `seq` had been used up. */
  duplicates: number
  /** Deltas left out because another subscription of the recorder tells the book. */
  foreign: number
  /** Frames left out because they are no frames of the exchange. */
  unreadable: number
}

/**
 * Tells of each recorded frame what it is and to whom it may go, by looking at few of its bytes. Frames must come in
 * order, from the first on. What is decoded is only what is rare: commands, replies, connection events, snapshots.
 */
export class Router {
  readonly counts: RouterCounts = { gaps: 0, duplicates: 0, foreign: 0, unreadable: 0 }
  readonly #publication = new RecordedPublication()
  readonly #decoder = new Decoder(new MarketTable())
  readonly #subscriptions: Subscriptions
  readonly #channels = new Map<Subscription, Channel>()
  /** Which subscription tells a market's book: where recorders overlap, a delta must not be told twice. */
  readonly #owners = new Map<string, Subscription>()
  readonly #memory = new PayloadMemory()

  constructor(isFiltered: (connection: number) => boolean) {
    this.#subscriptions = new Subscriptions(isFiltered)
  }

  /** What is to be served of a row, valid until the next call; undefined for a row that is not for clients. */
  route(batch: FrameBatch, row: number): RecordedPublication | undefined {
    const connection = batch.connection[row] ?? 0
    if (batch.kind[row] !== KIND.text || batch.direction[row] !== DIRECTION.received) {
      this.#noteControl(batch, row, connection)
      return undefined
    }
    const { frame } = this.#publication
    if (!frame.read(this.#memory.of(batch), batch.offsets[row] ?? 0, batch.offsets[row + 1] ?? 0)) {
      this.counts.unreadable++
      return undefined
    }
    const subscription = this.#subscriptions.of(connection, frame.sid ?? null)
    if (!this.#isNew(subscription, frame.seq)) return undefined
    const channel = this.#channelOf(frame.type, subscription)
    if (channel === 'reply') this.#noteControl(batch, row, connection)
    if (channel === undefined || channel === 'reply') return undefined
    this.#publication.channel = channel
    if (channel === 'orderbook_delta' && !this.#isOwn(batch, row, subscription, connection)) return undefined
    return this.#publication
  }

  #isNew(subscription: Subscription, seq: number | undefined): boolean {
    if (seq === undefined || subscription.sid === null) return true
    const step = subscription.sequence.observe(seq)
    if (step.type === 'gap') this.counts.gaps++
    if (step.type !== 'duplicate') return true
    this.counts.duplicates++
    return false
  }

  #channelOf(type: string, subscription: Subscription): Channel | 'reply' | undefined {
    const channel = CHANNEL_OF_TYPE.get(type) ?? this.#channels.get(subscription)
    return channel ?? (type.startsWith('event_') ? CHANNEL_OF_EVENTS : undefined)
  }

  #isOwn(batch: FrameBatch, row: number, subscription: Subscription, connection: number): boolean {
    const { frame } = this.#publication
    this.#publication.usesYesPrice = this.#decoder.usesYesPrice(connection)
    if (frame.type === 'orderbook_snapshot') {
      // The decoder learns the `sid` of the book's pricing from it.
      this.#decoder.decode(batch, row)
      this.#owners.set(frame.subject ?? '', subscription)
      return true
    }
    const owner = this.#owners.get(frame.subject ?? '')
    if (owner === undefined || owner === subscription) return true
    this.counts.foreign++
    return false
  }

  #noteControl(batch: FrameBatch, row: number, connection: number): void {
    const kind = batch.kind[row]
    if (kind === KIND.ping || kind === KIND.pong || kind === KIND.rest) return
    const message = this.#decoder.decode(batch, row)
    if (message.type === 'connection_closed' || message.type === 'connection_failed') {
      this.#subscriptions.close(connection)
    } else if (message.type === 'subscribed' && message.channel !== null && isChannel(message.channel)) {
      this.#channels.set(this.#subscriptions.of(connection, message.sid), message.channel)
    }
  }
}
