import type { DecodedColumns } from '../core/decoded-columns.ts'
import { DIRECTION, FRAME_KINDS, type FrameBatch, KIND } from '../core/frame.ts'
import { PayloadMemory } from '../core/payload-memory.ts'
import { ByteDecoder } from './bytes/byte-decoder.ts'
import { ColumnReader } from './columns/column-reader.ts'
import { readConnectionClosed, readConnectionFailed, readConnectionOpened } from './connection-events.ts'
import { malformed, NO_ENVELOPE } from './irregular.ts'
import type { MarketTable } from './market-table.ts'
import type { Message } from './messages.ts'
import { BookPricing } from './pricing.ts'
import { readRestBody } from './rest-body.ts'
import { readSentText } from './sent-text.ts'
import { readServerText } from './server-text.ts'

const TEXT = KIND.text
const RECEIVED = DIRECTION.received

/**
 * Frames to messages. Never throws: what cannot be understood becomes an `unknown` or a `malformed` message. Frames
 * must come in order, since what a book's prices mean depends on the commands before them.
 */
export class Decoder {
  readonly #markets: MarketTable
  readonly #bytes: ByteDecoder
  readonly #columns: ColumnReader
  #met: DecodedColumns | undefined
  readonly #pricing = new BookPricing()
  readonly #memory = new PayloadMemory()

  constructor(markets: MarketTable) {
    this.#markets = markets
    this.#bytes = new ByteDecoder(markets)
    this.#columns = new ColumnReader(markets)
  }

  decode(batch: FrameBatch, row: number): Message {
    const connection = batch.connection[row] ?? 0
    const message = this.#readMarketData(batch, row)
    if (message === null) return this.#pricing.settle(connection, this.#read(batch, row))
    return this.#pricing.concernsMarketData ? this.#pricing.settle(connection, message) : message
  }

  /** What a frame says by itself: the prices of a book are on the leg on which they were sent. */
  decodeAlone(batch: FrameBatch, row: number): Message {
    return this.#readMarketData(batch, row) ?? this.#read(batch, row)
  }

  /** Whether the NO prices in the frames of a connection's order books are on the YES leg, by the frames so far. */
  usesYesPrice(connection: number): boolean {
    return this.#pricing.usesYesPrice(connection)
  }

  /** Null for what it does not know, which is left to `#read`. */
  #readMarketData(batch: FrameBatch, row: number): Message | null {
    const { decoded } = batch
    if (decoded !== undefined) {
      if (decoded !== this.#met) {
        this.#columns.meet(decoded)
        this.#met = decoded
      }
      const message = this.#columns.messageAt(batch, decoded, row)
      if (message !== null) return message
    }
    const isOfServer = batch.kind[row] === TEXT && batch.direction[row] === RECEIVED
    return isOfServer ? this.#bytes.decode(batch, row) : null
  }

  #read(batch: FrameBatch, row: number): Message {
    const kind = FRAME_KINDS[batch.kind[row] ?? -1]
    if (kind === undefined)
      return malformed(undefined, `is of no known kind of frame (code ${String(batch.kind[row])})`)
    switch (kind) {
      case 'text':
        return batch.direction[row] === DIRECTION.sent
          ? readSentText(this.#text(batch, row))
          : readServerText(this.#text(batch, row), this.#markets)
      case 'binary':
        return malformed(undefined, 'is a binary frame, but the exchange speaks text')
      case 'ping':
      case 'pong':
        return { type: 'heartbeat', kind, ...NO_ENVELOPE }
      case 'open':
        return readConnectionOpened(this.#text(batch, row))
      case 'close':
        return readConnectionClosed(this.#text(batch, row))
      case 'error':
        return readConnectionFailed(this.#text(batch, row))
      case 'rest':
        return batch.direction[row] === DIRECTION.sent
          ? { type: 'rest', body: this.#text(batch, row), page: null, series: null, ...NO_ENVELOPE }
          : readRestBody(this.#text(batch, row), this.#markets)
    }
  }

  #text(batch: FrameBatch, row: number): string {
    return this.#memory.of(batch).toString('utf8', batch.offsets[row], batch.offsets[row + 1])
  }
}
