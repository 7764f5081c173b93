import { Field, Schema } from 'apache-arrow/schema'
import { Binary, Dictionary, Int64, Int8, TimestampNanosecond, Uint32, Utf8 } from 'apache-arrow/type'
import { DIRECTIONS, FRAME_KINDS } from '../core/frame.ts'

/**
 * A segment is the 8 bytes of `SEGMENT_START`, then an Arrow IPC stream. Sealing appends the stream's end, a footer and
 * the magic, which makes of the same bytes an Arrow IPC file: what a killed recorder leaves is a readable stream all
 * the same.
 */
export const SEGMENT_START = new TextEncoder().encode('ARROW1\0\0')
export const SEGMENT_MAGIC = SEGMENT_START.subarray(0, 6)

export const SEGMENT_EXTENSION = '.arrow'
/** How a path to a segment ends that no person has renamed. */
export const SEGMENT_NAME = /\d{8}T\d{6}\.\d{6}Z-\d{4,}\.arrow$/

/** What the schema's metadata name this format, by which a segment is told from any other Arrow file. */
export const SEGMENT_FORMAT = 'kws-frames'
/** Counted up when an older reader would misread the columns, their compression or the trailers of metadata. */
export const SEGMENT_VERSION = 2
export const FORMAT_KEY = 'kws.format'
export const VERSION_KEY = 'kws.version'
/** What `session.json` says of the session, as JSON, so that it can be rebuilt. */
export const SESSION_KEY = 'kws.session'

/** Before the metadata of a message: the mark of a message and the length of the metadata. */
export const PREFIX_LENGTH = 8
export const MESSAGE_MARK = Uint8Array.of(0xff, 0xff, 0xff, 0xff)
/** After the footer: its length and the magic. */
export const FOOTER_END_LENGTH = 4 + SEGMENT_MAGIC.length
/**
 * At the end of a message's metadata and of the footer, where the format allows any padding: the number of rows before
 * it in the segment (8 bytes), the CRC-32 of its body, then that of the metadata so far. The format itself has no
 * checksum, and after a loss of power a file may hold zeros where bytes had been written. Version 1 had no rows, and
 * none of it in the footer.
 */
export const TRAILER_LENGTH = 16
export const CHECKSUMS_LENGTH = 8

/**
 * The words of the two dictionary columns, in the order of their codes in a `FrameBatch`, so that a column of codes is
 * written and read as it is. The version of the format fixes the words: a reader need not look at them.
 */
export const DICTIONARIES = [FRAME_KINDS, DIRECTIONS] as const

/**
 * A payload that is not UTF-8 stands in `payload_bytes` and is null in `payload`; all others the other way round.
 * Indices are signed, since not every reader takes an unsigned one.
 */
const FIELDS = [
  new Field('received_at', new TimestampNanosecond('UTC')),
  new Field('monotonic', new Int64()),
  new Field('connection', new Uint32()),
  new Field('kind', new Dictionary(new Utf8(), new Int8(), 0)),
  new Field('direction', new Dictionary(new Utf8(), new Int8(), 1)),
  new Field('payload', new Utf8(), true),
  new Field('payload_bytes', new Binary(), true)
]

/** The session is JSON. */
export function segmentSchema(session: string): Schema {
  const metadata = [
    [FORMAT_KEY, SEGMENT_FORMAT],
    [VERSION_KEY, String(SEGMENT_VERSION)],
    [SESSION_KEY, session]
  ] as const
  return new Schema(FIELDS, new Map(metadata))
}
