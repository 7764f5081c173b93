import { crc32 } from 'node:zlib'
import { DictionaryBatch, Message, RecordBatch } from 'apache-arrow/ipc/metadata/message'
import { Schema } from 'apache-arrow/schema'
import type { ByteSource } from './byte-source.ts'
import { CHECKSUMS_LENGTH, PREFIX_LENGTH } from './segment-schema.ts'

/** A complete message of an Arrow IPC stream. */
export interface StreamMessage {
  readonly header: Schema | DictionaryBatch | RecordBatch
  /** Valid until the source is read again. */
  readonly body: Uint8Array
  /** The body is what was written. */
  readonly isIntact: boolean
}

export interface MessageMetadata {
  readonly bytes: Uint8Array
  /** The bytes are what kws wrote, so that they can be decoded: FlatBuffers checks nothing and may not even end. */
  readonly isIntact: boolean
}

/** The next message, or `end` for the mark that ends a stream; undefined where the bytes that are left are neither. */
export async function takeMessage(source: ByteSource): Promise<StreamMessage | 'end' | undefined> {
  const metadata = await takeMetadata(source)
  if (metadata === undefined || metadata === 'end') return metadata
  if (!metadata.isIntact) return undefined
  const { header, bodyLength } = decodeMetadata(metadata.bytes)
  const checksum = checksumsOf(metadata.bytes).body
  const body = await source.take(bodyLength)
  return body && { header, body, isIntact: crc32(body) === checksum }
}

export async function takeMetadata(source: ByteSource): Promise<MessageMetadata | 'end' | undefined> {
  const prefix = await source.take(PREFIX_LENGTH)
  if (prefix === undefined) return undefined
  const [continuation, length = 0] = new Int32Array(prefix.slice().buffer)
  if (continuation !== -1 || length < 0) return undefined
  if (length === 0) return 'end'
  const bytes = await source.take(length)
  if (bytes === undefined) return undefined
  return { bytes, isIntact: length > CHECKSUMS_LENGTH && crc32(bytes.subarray(0, -4)) === checksumsOf(bytes).metadata }
}

export function decodeMetadata(bytes: Uint8Array): { header: StreamMessage['header']; bodyLength: number } {
  const message = Message.decode(bytes)
  const header: unknown = message.header()
  if (header instanceof Schema || header instanceof DictionaryBatch || header instanceof RecordBatch) {
    return { header, bodyLength: message.bodyLength }
  }
  throw new TypeError('a message that kws wrote has a header of a kind that it never writes')
}

function checksumsOf(metadata: Uint8Array): { readonly body: number; readonly metadata: number } {
  const [body = 0, own = 0] = new Uint32Array(metadata.slice(-CHECKSUMS_LENGTH).buffer)
  return { body, metadata: own }
}
