import { crc32 } from 'node:zlib'
import { Footer } from 'apache-arrow/ipc/metadata/file'
import type { FileBlock } from 'apache-arrow/ipc/metadata/file'
import { BufferRegion, DictionaryBatch, FieldNode, Message, RecordBatch } from 'apache-arrow/ipc/metadata/message'
import type { Schema } from 'apache-arrow/schema'
import type { FrameBatch } from '../core/frame.ts'
import { encodeColumns } from './encode-columns.ts'
import type { Column } from './encode-columns.ts'
import { CHECKSUMS_LENGTH, DICTIONARIES, PREFIX_LENGTH, SEGMENT_MAGIC, SEGMENT_SCHEMA } from './segment-schema.ts'

/** An encapsulated message of the Arrow IPC format, in pieces that are views on the batch wherever possible. */
export interface EncodedMessage {
  readonly chunks: readonly Uint8Array[]
  /** Bytes before the body: prefix, metadata and padding. */
  readonly metadataLength: number
  readonly bodyLength: number
}

export function encodeSchema(): EncodedMessage {
  return encodeMessage(SEGMENT_SCHEMA, [])
}

/** One message for each dictionary column. */
export function encodeDictionaries(): EncodedMessage[] {
  return DICTIONARIES.map((words, id) => {
    const body = layOut([wordColumn(words)])
    return encodeMessage(new DictionaryBatch(recordBatch(words.length, body), id), body.chunks)
  })
}

export function encodeBatch(batch: FrameBatch): EncodedMessage {
  const body = layOut(encodeColumns(batch))
  return encodeMessage(recordBatch(batch.length, body), body.chunks)
}

/** The end of the stream, and the footer that tells readers of files where the batches are. */
export function encodeEnd(batches: FileBlock[], dictionaries: FileBlock[]): Uint8Array[] {
  const footer = Footer.encode(new Footer(SEGMENT_SCHEMA, undefined, batches, dictionaries))
  return [bytesOf(Int32Array.of(-1, 0)), footer, bytesOf(Int32Array.of(footer.length)), SEGMENT_MAGIC]
}

interface Body {
  readonly nodes: FieldNode[]
  readonly regions: BufferRegion[]
  readonly chunks: Uint8Array[]
}

const ALIGNMENT = 8
const ZEROS = new Uint8Array(ALIGNMENT)

/** Puts the buffers of the columns one behind the other, each at a multiple of 8 bytes. */
function layOut(columns: readonly Column[]): Body {
  const body: Body = { nodes: [], regions: [], chunks: [] }
  let offset = 0
  for (const { length, nullCount, buffers } of columns) {
    body.nodes.push(new FieldNode(length, nullCount))
    for (const buffer of buffers) {
      body.regions.push(new BufferRegion(offset, buffer.length))
      offset += buffer.length
      if (buffer.length > 0) body.chunks.push(buffer)
      if (offset % ALIGNMENT > 0) {
        const padding = ZEROS.subarray(offset % ALIGNMENT)
        body.chunks.push(padding)
        offset += padding.length
      }
    }
  }
  return body
}

function recordBatch(length: number, body: Body): RecordBatch {
  return new RecordBatch(length, body.nodes, body.regions, null)
}

function encodeMessage(header: Schema | RecordBatch | DictionaryBatch, body: readonly Uint8Array[]): EncodedMessage {
  const bodyLength = body.reduce((sum, chunk) => sum + chunk.length, 0)
  const metadata = Message.encode(Message.from(header, bodyLength))
  const length = Math.ceil(metadata.length / ALIGNMENT) * ALIGNMENT + CHECKSUMS_LENGTH
  const head = new Uint8Array(PREFIX_LENGTH + length)
  head.set(bytesOf(Int32Array.of(-1, length)))
  head.set(metadata, PREFIX_LENGTH)
  const bodyChecksum = body.reduce((sum, chunk) => crc32(chunk, sum), 0)
  head.set(bytesOf(Uint32Array.of(bodyChecksum)), head.length - CHECKSUMS_LENGTH)
  head.set(bytesOf(Uint32Array.of(crc32(head.subarray(PREFIX_LENGTH, -4)))), head.length - 4)
  return { chunks: [head, ...body], metadataLength: head.length, bodyLength }
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
