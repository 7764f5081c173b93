import type { Channel } from '../protocol/channels.ts'
import type { Publication } from './publication.ts'

/** The channels whose frames carry no `seq` (protocol reference, section 9). */
const UNSEQUENCED: ReadonlySet<Channel> = new Set(['ticker', 'fill', 'user_orders', 'market_positions'])

/** What a channel can be narrowed to (section 5.1); a channel that is not here ignores all filters but its own. */
export type Scope = 'markets' | 'indices' | 'underlyings'

const SCOPES: ReadonlyMap<Channel, Scope> = new Map([
  ['orderbook_delta', 'markets'],
  ['ticker', 'markets'],
  ['trade', 'markets'],
  ['fill', 'markets'],
  ['market_positions', 'markets'],
  ['user_orders', 'markets'],
  ['cfbenchmarks_value', 'indices'],
  ['cfbenchmarks_value_5hz', 'indices'],
  ['pyth_value', 'underlyings']
])

export function scopeOf(channel: Channel): Scope | undefined {
  return SCOPES.get(channel)
}

/** One of several equal parts of a channel, by the markets that its frames speak of. */
export interface Shard {
  readonly factor: number
  readonly key: number
}

export interface SubscriptionOptions {
  /** Markets, indices or underlyings; undefined for all. */
  readonly subjects: readonly string[] | undefined
  readonly useYesPrice?: boolean
  /** Whether `ok` frames leave out the list of markets. */
  readonly skipTickerAck?: boolean
  readonly shard?: Shard | undefined
  /** Whether others' requests for quotes are left out. */
  readonly onlyOwn?: boolean
}

/** What one connection gets of one channel. */
export class Subscription {
  readonly channel: Channel
  readonly sid: number
  readonly useYesPrice: boolean
  readonly skipTickerAck: boolean
  readonly #shard: Shard | undefined
  readonly #onlyOwn: boolean
  #subjects: Set<string> | undefined
  #seq = 0

  constructor(
    channel: Channel,
    sid: number,
    { subjects, useYesPrice = false, skipTickerAck = false, shard, onlyOwn = false }: SubscriptionOptions
  ) {
    this.channel = channel
    this.sid = sid
    this.useYesPrice = useYesPrice
    this.skipTickerAck = skipTickerAck
    this.#shard = shard
    this.#onlyOwn = onlyOwn
    this.#subjects = subjects === undefined || scopeOf(channel) === undefined ? undefined : new Set(subjects)
  }

  get scope(): Scope | undefined {
    return scopeOf(this.channel)
  }

  /** Undefined for all. */
  get subjects(): readonly string[] | undefined {
    return this.#subjects === undefined ? undefined : [...this.#subjects]
  }

  /** How many subjects it would cover with others added. */
  sizeWith(others: readonly string[]): number {
    return new Set([...(this.#subjects ?? []), ...others]).size
  }

  wants({ subject, type }: Publication): boolean {
    if (this.#onlyOwn && type.startsWith('rfq_')) return false
    return this.covers(subject) && isOfShard(subject, this.#shard)
  }

  covers(subject: string | undefined): boolean {
    return this.#subjects === undefined || (subject !== undefined && this.#subjects.has(subject))
  }

  /** Adds subjects, or all of them, and returns those that were named and not covered before. */
  add(subjects: readonly string[] | undefined): readonly string[] {
    const added = [...new Set(subjects)].filter(subject => !this.covers(subject))
    if (subjects === undefined) this.#subjects = undefined
    for (const subject of added) this.#subjects?.add(subject)
    return added
  }

  /** Takes subjects away; has no effect where all are covered. */
  remove(subjects: readonly string[]): void {
    for (const subject of subjects) this.#subjects?.delete(subject)
  }

  /** The numbers of the next frame, reply or not: each uses up a `seq`, where it has one. */
  nextEnvelope(isSequenced = !UNSEQUENCED.has(this.channel)): {
    readonly sid: number
    readonly seq: number | undefined
  } {
    return { sid: this.sid, seq: isSequenced ? ++this.#seq : undefined }
  }
}

/** The exchange does not tell which hash it takes, only that equal markets go the same way: here it is FNV-1a. */
function isOfShard(subject: string | undefined, shard: Shard | undefined): boolean {
  if (shard === undefined || subject === undefined) return true
  let hash = 0x811c9dc5
  for (let at = 0; at < subject.length; at++) hash = Math.imul(hash ^ subject.charCodeAt(at), 0x01000193)
  return (hash >>> 0) % shard.factor === shard.key
}
