import type { FrameBatch } from '../core/frame.ts'
import { frameAt } from '../core/frame.ts'
import type { Nanoseconds } from '../core/time.ts'
import { Decoder } from '../protocol/decoder.ts'
import type { MarketTable } from '../protocol/market-table.ts'
import { channelName, keyOf, roleOf } from './identity.ts'
import type { Item } from './line.ts'
import { Lines } from './line.ts'
import { Requests } from './requests.ts'

/** Frames of a recorder, in order. */
export interface Input {
  readonly batches: AsyncIterable<FrameBatch>
  /** Its `seq` may jump. */
  readonly filtered: boolean
  /** Connections from here on are the work of a merge. */
  readonly firstWoven: number
}

/** Frames of one recorder, made known and put on their lines. */
export class Intake {
  readonly lines: Lines
  readonly #batches: AsyncIterator<FrameBatch>
  readonly #decoder: Decoder
  readonly #requests = new Requests()
  #readTo: Nanoseconds | undefined
  #isAtEnd = false
  #frames = 0

  /** In the result its connections are counted from `firstConnection`. */
  constructor({ batches, filtered, firstWoven }: Input, firstConnection: number, markets: MarketTable) {
    this.lines = new Lines({ firstConnection, firstWoven, mayJump: filtered })
    this.#batches = batches[Symbol.asyncIterator]()
    this.#decoder = new Decoder(markets)
  }

  get frames(): number {
    return this.#frames
  }

  get isAtEnd(): boolean {
    return this.#isAtEnd
  }

  /** Receive time of the latest frame that was read; undefined before the first. */
  get readTo(): Nanoseconds | undefined {
    return this.#readTo
  }

  /** Reads one batch and returns its frames. */
  async read(): Promise<readonly Item[]> {
    const { done, value: batch } = await this.#batches.next()
    if (done === true) {
      this.#isAtEnd = true
      return []
    }
    const items: Item[] = []
    for (let row = 0; row < batch.length; row++) items.push(this.#take(batch, row))
    return items
  }

  async close(): Promise<void> {
    await this.#batches.return?.()
  }

  #take(batch: FrameBatch, row: number): Item {
    const frame = frameAt(batch, row)
    const message = this.#decoder.decode(batch, row)
    if (message.type === 'connection_opened') this.lines.open(frame.connection)
    const line = this.lines.of(frame.connection, message.sid)
    const role = roleOf(frame, message, line.read)
    if (role !== 'repeated' && message.seq !== null) line.read = message.seq
    if (message.type === 'subscribed' && message.sid !== null) line.channel = message.channel
    if (role === 'content' || role === 'snapshot') line.channel ??= channelName(message)
    line.usesYesPrice = this.#decoder.usesYesPrice(frame.connection) && line.channel === 'orderbook_delta'
    const at = this.#readTo === undefined || frame.receivedAt > this.#readTo ? frame.receivedAt : this.#readTo
    this.#readTo = at
    this.#requests.note(message, frame.connection, at)
    const key = keyOf(frame, message, role)
    const marks = { twin: null, isAmbiguous: false, isDone: false, place: null }
    const askedAt = role === 'snapshot' ? this.#requests.askedAt(frame.connection, message.id) : undefined
    const item: Item = { frame, message, line, role, at, position: this.#frames++, key, askedAt, ...marks }
    line.pending.push(item)
    return item
  }
}
