import { FrameBatchBuilder } from '../core/frame-batch-builder.ts'
import type { FrameBatch } from '../core/frame.ts'

/** Where a buffer stands in a body. */
export interface BodyRegion {
  readonly offset: number
  readonly length: number
}

/** The columns of a batch, not compressed. */
export interface StoredColumns {
  readonly rows: number
  /** Of the last column. */
  readonly nullCount: number
  readonly regions: readonly BodyRegion[]
  readonly body: Uint8Array
}

/**
 * A batch, as views on its body unless some payloads are not UTF-8. Its columns must be what was written.
 */
export function decodeBatch({ rows, nullCount, regions, body: stored }: StoredColumns): FrameBatch {
  // Behind damage that changed the length of the file, messages do not stand at multiples of 8 bytes.
  const body = stored.byteOffset % 8 === 0 ? stored : stored.slice()
  const at = (buffer: number) => body.byteOffset + (regions[buffer]?.offset ?? 0)
  const bytesAt = (buffer: number) => new Uint8Array(body.buffer, at(buffer), regions[buffer]?.length ?? 0)
  const text: FrameBatch = {
    length: rows,
    receivedAt: new BigInt64Array(body.buffer, at(BUFFER.receivedAt), rows),
    monotonic: new BigInt64Array(body.buffer, at(BUFFER.monotonic), rows),
    connection: new Uint32Array(body.buffer, at(BUFFER.connection), rows),
    kind: bytesAt(BUFFER.kind),
    direction: bytesAt(BUFFER.direction),
    offsets: new Int32Array(body.buffer, at(BUFFER.textOffsets), rows + 1),
    payload: bytesAt(BUFFER.text)
  }
  if (nullCount === rows) return text
  const offsets = new Int32Array(body.buffer, at(BUFFER.bytesOffsets), rows + 1)
  return merge(text, { ...text, offsets, payload: bytesAt(BUFFER.bytes) }, bytesAt(BUFFER.bytesValidity))
}

/** Where the buffers of the segment schema's columns stand among those of a batch; each column begins with its validity. */
const BUFFER = {
  receivedAt: 1,
  monotonic: 3,
  connection: 5,
  kind: 7,
  direction: 9,
  textOffsets: 11,
  text: 12,
  bytesValidity: 13,
  bytesOffsets: 14,
  bytes: 15
} as const

/** The rows whose bit is set from `bytes`, all others from `text`. */
function merge(text: FrameBatch, bytes: FrameBatch, validity: Uint8Array): FrameBatch {
  const builder = new FrameBatchBuilder()
  for (let row = 0; row < text.length; row++) {
    const isBytes = ((validity[row >> 3] ?? 0) & (1 << (row & 7))) !== 0
    builder.appendRow(isBytes ? bytes : text, row)
  }
  return builder.batch()
}
