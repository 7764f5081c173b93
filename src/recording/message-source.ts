import { crc32 } from 'node:zlib'
import { DictionaryBatch, Message, RecordBatch } from 'apache-arrow/ipc/metadata/message'
import { Schema } from 'apache-arrow/schema'
import type { ByteSource } from './byte-source.ts'
import { CHECKSUMS_LENGTH, MESSAGE_MARK, PREFIX_LENGTH, TRAILER_LENGTH } from './segment-schema.ts'

/** Every batch has the same columns, and so nearly the same metadata. A length that is not what was written may be any. */
const BATCH_METADATA_MAX = 4096

/** A message of an Arrow IPC stream whose metadata are what kws wrote. */
export interface StreamMessage {
  readonly header: Schema | DictionaryBatch | RecordBatch
  readonly bodyChecksum: number
  /** Valid until the source is read again; undefined where the file ends before it does. */
  readonly body: Uint8Array | undefined
  /** The body is there and is what was written. */
  readonly isIntact: boolean
  /** Rows of the segment before it. Means nothing in version 1. */
  readonly rowsBefore: number
  readonly bodyOffset: number
  readonly bodyLength: number
}

/** The next message after the schema, or `end` for the mark that ends a stream; undefined where the bytes that are left are neither. */
export async function takeMessage(source: ByteSource): Promise<StreamMessage | 'end' | undefined> {
  const bytes = await takeMetadata(source, BATCH_METADATA_MAX)
  if (bytes === undefined || bytes === 'end') return bytes
  if (!isIntact(bytes)) return undefined
  const { header, bodyLength } = decodeMetadata(bytes)
  const { rowsBefore, bodyChecksum } = trailerOf(bytes)
  const bodyOffset = source.position
  const body = await source.take(bodyLength)
  return {
    header,
    bodyChecksum,
    body,
    isIntact: body !== undefined && crc32(body) === bodyChecksum,
    rowsBefore,
    bodyOffset,
    bodyLength
  }
}

export async function takeMetadata(source: ByteSource, lengthMax: number): Promise<Uint8Array | 'end' | undefined> {
  const prefix = await source.take(PREFIX_LENGTH)
  if (prefix === undefined) return undefined
  const [continuation, length = 0] = new Int32Array(prefix.slice().buffer)
  if (continuation !== -1 || length < 0 || length > lengthMax) return undefined
  return length === 0 ? 'end' : await source.take(length)
}

/** Metadata, or a footer, that are what kws wrote and can be decoded: FlatBuffers checks nothing and may not even end. */
export function isIntact(metadata: Uint8Array): boolean {
  return (
    metadata.length > CHECKSUMS_LENGTH && crc32(metadata.subarray(0, -4)) === viewOf(metadata, 4).getUint32(0, true)
  )
}

export function trailerOf(metadata: Uint8Array): { readonly rowsBefore: number; readonly bodyChecksum: number } {
  if (metadata.length < TRAILER_LENGTH) return { rowsBefore: 0, bodyChecksum: 0 }
  const trailer = viewOf(metadata, TRAILER_LENGTH)
  return { rowsBefore: Number(trailer.getBigUint64(0, true)), bodyChecksum: trailer.getUint32(8, true) }
}

export function decodeMetadata(bytes: Uint8Array): { header: StreamMessage['header']; bodyLength: number } {
  const message = Message.decode(bytes)
  const header: unknown = message.header()
  if (header instanceof Schema || header instanceof DictionaryBatch || header instanceof RecordBatch) {
    return { header, bodyLength: message.bodyLength }
  }
  throw new TypeError('a message that kws wrote has a header of a kind that it never writes')
}

/** Where the metadata of a batch next stand whole, from an offset up to before an end. */
export async function findBatch(source: ByteSource, from: number, end: number): Promise<number | undefined> {
  source.moveTo(from)
  for (;;) {
    const at = await source.find(MESSAGE_MARK, end)
    if (at === undefined || (await isBatchAt(source, at))) return at
    source.moveTo(at + 1)
  }
}

export async function isBatchAt(source: ByteSource, offset: number): Promise<boolean> {
  source.moveTo(offset)
  const bytes = await takeMetadata(source, BATCH_METADATA_MAX)
  if (bytes === undefined || bytes === 'end' || !isIntact(bytes)) return false
  return decodeMetadata(bytes).header instanceof RecordBatch
}

function viewOf(metadata: Uint8Array, last: number): DataView {
  return new DataView(metadata.buffer, metadata.byteOffset + metadata.length - last, last)
}
