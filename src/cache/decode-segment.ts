import { NOTE } from '../core/decoded-columns.ts'
import { FrameBatchBuilder } from '../core/frame-batch-builder.ts'
import type { FrameBatch } from '../core/frame.ts'
import { payloadAt } from '../core/frame.ts'
import { halvesOf, microsecondsIn, SECOND } from '../core/time.ts'
import { ColumnWriter } from '../protocol/columns/column-writer.ts'
import { SequenceNotes } from '../protocol/columns/sequence-notes.ts'
import { Decoder } from '../protocol/decoder.ts'
import { MarketTable } from '../protocol/market-table.ts'
import type { Message } from '../protocol/messages.ts'

const ROWS_MAX = 4096
/** Of payload: a batch is cut earlier where its frames are none that columns can hold. */
const BYTES_MAX = 4 * 1024 * 1024

/**
 * The batches of a segment with what their frames say as columns, cut anew. Each is valid until the next is asked for;
 * the last one tells where the sequences end.
 */
export async function* decodeSegment(
  batches: AsyncIterable<FrameBatch>,
  rowsMax = ROWS_MAX
): AsyncGenerator<FrameBatch, void, undefined> {
  const segment = new SegmentDecoder(rowsMax)
  for await (const batch of batches) {
    const halves = halvesOf(batch.receivedAt)
    for (let row = 0; row < batch.length; row++) {
      if (segment.isFull) {
        yield segment.batch(false)
        segment.clear()
      }
      segment.append(batch, row, microsecondsIn(halves, row))
    }
  }
  if (segment.length > 0) yield segment.batch(true)
}

/** Fills columns with one frame after the other. */
class SegmentDecoder {
  readonly #markets = new MarketTable()
  readonly #decoder = new Decoder(this.#markets)
  readonly #sequences = new SequenceNotes()
  readonly #frames = new FrameBatchBuilder()
  readonly #columns: ColumnWriter
  readonly #rowsMax: number
  /** Connections whose book subscription is the one of the last frame of a book, since no command came in between. */
  readonly #settled = new Set<number>()
  #time = 0
  #second = -1

  constructor(rowsMax: number) {
    this.#rowsMax = rowsMax
    this.#columns = new ColumnWriter(rowsMax)
  }

  get length(): number {
    return this.#columns.length
  }

  get isFull(): boolean {
    return this.length === this.#rowsMax || this.#frames.bytes >= BYTES_MAX
  }

  append(batch: FrameBatch, row: number, time: number): void {
    const connection = batch.connection[row] ?? 0
    const message = this.#decoder.decodeAlone(batch, row)
    const last = this.#sequences.lastBefore(connection, message)
    const sequence = sequenceNote(message, last)
    const notes = this.#noteTime(time) | this.#noteSubject(message, connection) | sequence
    const isTold = this.#columns.append(message, notes, sequence === NOTE.jumps ? last : undefined)
    this.#frames.appendRow(batch, row, connection, isTold ? idOf(message) : payloadAt(batch, row))
  }

  batch(isLast: boolean): FrameBatch {
    this.#columns.addNote(this.length - 1, NOTE.tellsTime)
    const ends = isLast ? this.#sequences.ends() : []
    return { ...this.#frames.batch(), decoded: this.#columns.columns(this.#markets.tickers, this.#markets.size, ends) }
  }

  clear(): void {
    this.#frames.clear()
    this.#columns.clear()
  }

  /** Whether the time is the first of a second, or later than that of the next row. */
  #noteTime(time: number): number {
    if (time < this.#time && this.length > 0) this.#columns.addNote(this.length - 1, NOTE.tellsTime)
    this.#time = time
    const second = Math.floor(time / SECOND)
    if (second <= this.#second) return 0
    this.#second = second
    return NOTE.tellsTime
  }

  /** What is of no market concerns all, and so does the frame by which a connection's subscription of books is known. */
  #noteSubject(message: Message, connection: number): number {
    if (!('market' in message)) {
      if (message.type !== 'heartbeat') this.#settled.delete(connection)
      return NOTE.concernsAll
    }
    if (message.type !== 'orderbook_delta' && message.type !== 'orderbook_snapshot') return 0
    if (this.#settled.has(connection)) return 0
    this.#settled.add(connection)
    return NOTE.concernsAll
  }
}

/** The first frame of a sequence concerns all: it may go on from the segment before. */
function sequenceNote({ sid, seq }: Message, last: number | undefined): number {
  if (sid === null || seq === null) return 0
  if (last === undefined) return NOTE.concernsAll
  return seq === last + 1 ? NOTE.follows : NOTE.jumps
}

const NOTHING = new Uint8Array()

function idOf(message: Message): Uint8Array {
  return message.type === 'trade' && message.tradeId !== null ? Buffer.from(message.tradeId, 'latin1') : NOTHING
}
