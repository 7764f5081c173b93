import type { FrameBatch } from '../core/frame.ts'
import type { BodyRegion } from '../recording/decode-batch.ts'
import type { Body } from '../recording/encode-body.ts'
import { layOut } from '../recording/encode-body.ts'
import type { Column } from '../recording/encode-columns.ts'
import { BUFFER } from './cache-schema.ts'
import type { SegmentIndex } from './segment-index.ts'

type Values = BigInt64Array | Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array

/** How a batch of decoded frames is stored: its columns in the order of the schema. */
export function storeBatch(batch: FrameBatch): Body {
  const { length, decoded: columns } = batch
  if (columns === undefined) throw new TypeError('a batch that is not decoded cannot be cached')
  const numbers = columns.numbers.subarray(0, columns.numberOffsets[length])
  return layOut([
    ...[batch.receivedAt, batch.connection, batch.kind, batch.direction].map(values => column(values, length)),
    ...[columns.code, columns.notes, columns.market, columns.sid, columns.seq].map(values => column(values, length)),
    ...[columns.price, columns.delta].map(values => column(values, length)),
    ...[columns.exchangeTime, columns.sentAt].map(halves => ({ ...column(halves, 2 * length), length })),
    { ...column(columns.numberOffsets, length + 1), length },
    column(numbers, numbers.length),
    {
      length,
      nullCount: 0,
      buffers: [
        NOTHING,
        bytesOf(batch.offsets.subarray(0, length + 1)),
        batch.payload.subarray(0, batch.offsets[length])
      ]
    }
  ])
}

/** The batch of that number of a cache, as views on its body. */
export function restoreBatch(
  rows: number,
  regions: readonly BodyRegion[],
  stored: Uint8Array,
  index: SegmentIndex,
  number: number
): FrameBatch {
  const body = stored.byteOffset % 8 === 0 ? stored : stored.slice()
  const { buffer } = body
  const at = (place: number) => body.byteOffset + (regions[place]?.offset ?? 0)
  const bytesAt = (place: number) => new Uint8Array(buffer, at(place), regions[place]?.length ?? 0)
  const integersAt = (place: number, length: number) => new Uint32Array(buffer, at(place), length)
  const isLast = number === index.batches.length - 1
  return {
    length: rows,
    receivedAt: new BigInt64Array(buffer, at(BUFFER.receivedAt), rows),
    monotonic: zeros(rows),
    connection: integersAt(BUFFER.connection, rows),
    kind: bytesAt(BUFFER.kind),
    direction: bytesAt(BUFFER.direction),
    offsets: new Int32Array(buffer, at(BUFFER.payloadOffsets), rows + 1),
    payload: bytesAt(BUFFER.payload),
    decoded: {
      code: bytesAt(BUFFER.code),
      notes: bytesAt(BUFFER.notes),
      market: integersAt(BUFFER.market, rows),
      sid: integersAt(BUFFER.sid, rows),
      seq: integersAt(BUFFER.seq, rows),
      price: new Uint16Array(buffer, at(BUFFER.price), rows),
      delta: new Int32Array(buffer, at(BUFFER.delta), rows),
      exchangeTime: integersAt(BUFFER.exchangeTime, 2 * rows),
      sentAt: integersAt(BUFFER.sentAt, 2 * rows),
      numberOffsets: new Int32Array(buffer, at(BUFFER.numberOffsets), rows + 1),
      numbers: new Float64Array(buffer, at(BUFFER.numbers), (regions[BUFFER.numbers]?.length ?? 0) / 8),
      tickers: index.tickers,
      tickersSeen: index.batches[number]?.tickersSeen ?? 0,
      isThinned: false,
      ends: isLast ? index.ends : []
    }
  }
}

const NOTHING = new Uint8Array()

function column(values: Values, length: number): Column {
  return { length, nullCount: 0, buffers: [NOTHING, bytesOf(values.subarray(0, length))] }
}

function bytesOf(values: Values): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}

let none = new BigInt64Array(0)

/** No reader of messages asks for the monotonic times, which are not kept. */
function zeros(rows: number): BigInt64Array {
  if (rows > none.length) none = new BigInt64Array(rows)
  return none.subarray(0, rows)
}
