import { crc32 } from 'node:zlib'
import { CompressionType } from 'apache-arrow/fb/compression-type'
import { Footer } from 'apache-arrow/ipc/metadata/file'
import type { FileBlock } from 'apache-arrow/ipc/metadata/file'
import {
  BodyCompression,
  BufferRegion,
  DictionaryBatch,
  FieldNode,
  Message,
  RecordBatch
} from 'apache-arrow/ipc/metadata/message'
import type { Schema } from 'apache-arrow/schema'
import type { Body } from './encode-body.ts'
import { layOut } from './encode-body.ts'
import type { Column } from './encode-columns.ts'
import { DICTIONARIES, PREFIX_LENGTH, SEGMENT_MAGIC, TRAILER_LENGTH } from './segment-schema.ts'

/** An encapsulated message of the Arrow IPC format. */
export interface EncodedMessage {
  /** Prefix, metadata and padding. */
  readonly head: Uint8Array
  readonly body: Body
}

export function encodeSchema(schema: Schema): EncodedMessage {
  return encodeMessage(schema, NO_BODY, 0)
}

/** One message for each dictionary column. */
export function encodeDictionaries(): EncodedMessage[] {
  return DICTIONARIES.map((words, id) => {
    const body = layOut([wordColumn(words)])
    return encodeMessage(new DictionaryBatch(recordBatch(body), id), body, 0)
  })
}

/** A batch before which the segment has a number of rows. */
export function encodeBatch(body: Body, rowsBefore: number): EncodedMessage {
  return encodeMessage(recordBatch(body), body, rowsBefore)
}

/** The end of the stream, and the footer that tells readers of files where the batches are. */
export function encodeEnd(schema: Schema, batches: FileBlock[], dictionaries: FileBlock[], rows: number): Uint8Array {
  const footer = withTrailer(Footer.encode(new Footer(schema, undefined, batches, dictionaries)), rows, 0)
  return Buffer.concat([bytesOf(Int32Array.of(-1, 0)), footer, bytesOf(Int32Array.of(footer.length)), SEGMENT_MAGIC])
}

/** Pads metadata to a multiple of 8 bytes and puts the trailer behind them. */
function withTrailer(metadata: Uint8Array, rowsBefore: number, bodyChecksum: number): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(metadata.length / ALIGNMENT) * ALIGNMENT + TRAILER_LENGTH)
  bytes.set(metadata)
  const trailer = new DataView(bytes.buffer, bytes.length - TRAILER_LENGTH)
  trailer.setBigUint64(0, BigInt(rowsBefore), true)
  trailer.setUint32(8, bodyChecksum, true)
  trailer.setUint32(12, crc32(bytes.subarray(0, -4)), true)
  return bytes
}

/** Prefix and metadata. */
function headOf(metadata: Uint8Array): Uint8Array {
  const head = new Uint8Array(PREFIX_LENGTH + metadata.length)
  head.set(bytesOf(Int32Array.of(-1, metadata.length)))
  head.set(metadata, PREFIX_LENGTH)
  return head
}

const ALIGNMENT = 8
const NO_BODY = layOut([])

function recordBatch({ rows, nodes, regions, isCompressed }: Body): RecordBatch {
  return new RecordBatch(
    rows,
    nodes.map(([length, nullCount]) => new FieldNode(length, nullCount)),
    regions.map(([offset, length]) => new BufferRegion(offset, length)),
    isCompressed ? new BodyCompression(CompressionType.ZSTD) : null
  )
}

function encodeMessage(header: Schema | RecordBatch | DictionaryBatch, body: Body, rowsBefore: number): EncodedMessage {
  const metadata = Message.encode(Message.from(header, body.length))
  return { head: headOf(withTrailer(metadata, rowsBefore, body.checksum)), body }
}

function wordColumn(words: readonly string[]): Column {
  const values = new TextEncoder().encode(words.join(''))
  const offsets = new Int32Array(words.length + 1)
  words.forEach((word, row) => (offsets[row + 1] = (offsets[row] ?? 0) + word.length))
  return { length: words.length, nullCount: 0, buffers: [new Uint8Array(), bytesOf(offsets), values] }
}

function bytesOf(column: Int32Array | Uint32Array): Uint8Array {
  return new Uint8Array(column.buffer)
}
