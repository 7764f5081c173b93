import type { FrameBatch } from '../core/frame.ts'
import { FRAME_KINDS } from '../core/frame.ts'
import type { Nanoseconds } from '../core/time.ts'
import { toMicroseconds } from '../core/time.ts'
import type { IrregularityCounts } from '../market/irregularity.ts'
import { MarketTracker } from '../market/market-tracker.ts'
import { Decoder } from '../protocol/decoder.ts'
import { MarketTable } from '../protocol/market-table.ts'
import type { Message } from '../protocol/messages.ts'

/** Counts what frames are and say. */
export class FrameSurvey {
  readonly #decoder: Decoder
  readonly #tracker: MarketTracker
  readonly connections = new Set<number>()
  readonly channels = new Set<string>()
  readonly kinds = new Map<string, number>()
  readonly types = new Map<string, number>()
  readonly markets = new Map<string, number>()
  frames = 0
  payloadBytes = 0
  /** Receive times of the earliest and the latest frame. */
  first: Nanoseconds | null = null
  last: Nanoseconds | null = null

  constructor(filtered: boolean) {
    const markets = new MarketTable()
    this.#decoder = new Decoder(markets)
    this.#tracker = new MarketTracker(markets, { isFiltered: () => filtered })
  }

  get irregularities(): Readonly<IrregularityCounts> {
    return this.#tracker.counts
  }

  add(batch: FrameBatch): void {
    for (let row = 0; row < batch.length; row++) this.#addRow(batch, row)
    this.frames += batch.length
    this.payloadBytes += (batch.offsets[batch.length] ?? 0) - (batch.offsets[0] ?? 0)
  }

  #addRow(batch: FrameBatch, row: number): void {
    const time = batch.receivedAt[row] ?? 0n
    if (this.first === null || time < this.first) this.first = time
    if (this.last === null || time > this.last) this.last = time
    const connection = batch.connection[row] ?? 0
    this.connections.add(connection)
    count(this.kinds, FRAME_KINDS[batch.kind[row] ?? 0] ?? 'binary')
    const message = this.#decoder.decode(batch, row)
    this.#tracker.apply(message, connection, toMicroseconds(time))
    this.#addMessage(message)
  }

  #addMessage(message: Message): void {
    count(this.types, message.type)
    if ('marketTicker' in message && message.marketTicker !== null) count(this.markets, message.marketTicker)
    if (message.type === 'subscribed' && message.channel !== null) this.channels.add(message.channel)
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}
