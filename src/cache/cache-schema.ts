import { Field, Schema } from 'apache-arrow/schema'
import {
  Binary,
  Float64,
  Int32,
  List,
  TimestampMicrosecond,
  TimestampNanosecond,
  Uint16,
  Uint32,
  Uint8
} from 'apache-arrow/type'

/** A cache is an Arrow IPC file, whose messages have the trailers of those of a segment (docs/format.md). */
export const CACHE_FORMAT = 'kws-decoded'
/**
 * Counted up whenever frames are decoded to other messages, or columns, codes or the index mean something else: what an
 * older version left is made anew.
 */
export const CACHE_VERSION = 1

export const FORMAT_KEY = 'kws.format'
export const VERSION_KEY = 'kws.version'
/** The segment that it was made of, as JSON. */
export const SEGMENT_KEY = 'kws.segment'
/** Of the footer alone: the index, as JSON. */
export const INDEX_KEY = 'kws.index'

/** No value is null, which would cost each column a mask: what 0 or `NOTHING_TOLD` stand for, `DecodedColumns` tells. */
const FIELDS = [
  new Field('received_at', new TimestampNanosecond('UTC')),
  new Field('connection', new Uint32()),
  new Field('kind', new Uint8()),
  new Field('direction', new Uint8()),
  new Field('code', new Uint8()),
  new Field('notes', new Uint8()),
  new Field('market', new Uint32()),
  new Field('sid', new Uint32()),
  new Field('seq', new Uint32()),
  new Field('price', new Uint16()),
  new Field('delta', new Int32()),
  new Field('exchange_time', new TimestampMicrosecond('UTC')),
  new Field('sent_at', new TimestampMicrosecond('UTC')),
  new Field('numbers', new List(new Field('number', new Float64()))),
  new Field('payload', new Binary())
]

/** Where the buffers of the columns stand among those of a batch; each column begins with its validity, which is empty. */
export const BUFFER = {
  receivedAt: 1,
  connection: 3,
  kind: 5,
  direction: 7,
  code: 9,
  notes: 11,
  market: 13,
  sid: 15,
  seq: 17,
  price: 19,
  delta: 21,
  exchangeTime: 23,
  sentAt: 25,
  numberOffsets: 27,
  numbers: 29,
  payloadOffsets: 31,
  payload: 32
} as const

export function cacheSchema(segment: string, index?: string): Schema {
  const metadata = new Map([
    [FORMAT_KEY, CACHE_FORMAT],
    [VERSION_KEY, String(CACHE_VERSION)],
    [SEGMENT_KEY, segment]
  ])
  if (index !== undefined) metadata.set(INDEX_KEY, index)
  return new Schema(FIELDS, metadata)
}
