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

/** What the schema's metadata name this format, by which a segment is told from any other Arrow file. */
export const SEGMENT_FORMAT = 'kws-frames'
/** Counted up when an older reader would misread the columns or the codes of a dictionary. */
export const SEGMENT_VERSION = 1
export const FORMAT_KEY = 'kws.format'
export const VERSION_KEY = 'kws.version'

/** Before the metadata of a message: the mark of a message and the length of the metadata. */
export const PREFIX_LENGTH = 8
/**
 * At the end of a message's metadata, where the format allows any padding: the CRC-32 of its body, then that of the
 * metadata so far. The format itself has no checksum, and after a loss of power a file may hold zeros where bytes had
 * been written.
 */
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
export const SEGMENT_SCHEMA = new Schema(
  [
    new Field('received_at', new TimestampNanosecond('UTC')),
    new Field('monotonic', new Int64()),
    new Field('connection', new Uint32()),
    new Field('kind', new Dictionary(new Utf8(), new Int8(), 0)),
    new Field('direction', new Dictionary(new Utf8(), new Int8(), 1)),
    new Field('payload', new Utf8(), true),
    new Field('payload_bytes', new Binary(), true)
  ],
  new Map([
    [FORMAT_KEY, SEGMENT_FORMAT],
    [VERSION_KEY, String(SEGMENT_VERSION)]
  ])
)
