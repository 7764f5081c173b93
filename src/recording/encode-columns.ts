import { isUtf8 } from 'node:buffer'
import type { FrameBatch } from '../core/frame.ts'
import { payloadAt } from '../core/frame.ts'

/** A column as the Arrow format lays it out: validity bits first (empty where nothing is null), then its buffers. */
export interface Column {
  readonly length: number
  readonly nullCount: number
  readonly buffers: readonly Uint8Array[]
}

/** The columns of the segment schema, in its order. Views on the batch but for the payloads of a batch that is not all UTF-8. */
export function encodeColumns(batch: FrameBatch): Column[] {
  return [
    fixedWidth(batch.receivedAt, batch.length),
    fixedWidth(batch.monotonic, batch.length),
    fixedWidth(batch.connection, batch.length),
    fixedWidth(batch.kind, batch.length),
    fixedWidth(batch.direction, batch.length),
    ...(isAllUtf8(batch) ? textPayloads(batch) : mixedPayloads(batch))
  ]
}

const NOTHING = new Uint8Array()

function fixedWidth(column: BigInt64Array | Uint32Array | Uint8Array, length: number): Column {
  return { length, nullCount: 0, buffers: [NOTHING, bytesOf(column.subarray(0, length))] }
}

/**
 * All payloads together may be UTF-8 though single ones are not, where a code point lies across two of them; then one
 * begins with a continuation byte. Where none does, every row of a valid whole begins and ends at a code point.
 */
function isAllUtf8(batch: FrameBatch): boolean {
  const { offsets, payload, length } = batch
  const end = offsets[length] ?? 0
  if (!isUtf8(payload.subarray(offsets[0], end))) return false
  for (let row = 0; row < length; row++) {
    const start = offsets[row] ?? 0
    if (start < end && isContinuation(payload[start] ?? 0)) return false
  }
  return true
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80
}

function textPayloads({ length, offsets, payload }: FrameBatch): Column[] {
  const first = offsets[0] ?? 0
  const used = offsets.subarray(0, length + 1)
  const rebased = first === 0 ? used : used.map(offset => offset - first)
  const values = payload.subarray(first, offsets[length])
  return [
    { length, nullCount: 0, buffers: [NOTHING, bytesOf(rebased), values] },
    {
      length,
      nullCount: length,
      buffers: [new Uint8Array(bitmapLength(length)), bytesOf(new Int32Array(length + 1)), NOTHING]
    }
  ]
}

function mixedPayloads(batch: FrameBatch): Column[] {
  const text = new PayloadColumn(batch)
  const bytes = new PayloadColumn(batch)
  for (let row = 0; row < batch.length; row++) {
    const payload = payloadAt(batch, row)
    const valid = isUtf8(payload)
    text.set(row, valid ? payload : null)
    bytes.set(row, valid ? null : payload)
  }
  return [text.column(), bytes.column()]
}

/** A column of payloads of which some are null, with room for all of a batch. */
class PayloadColumn {
  readonly #length: number
  readonly #validity: Uint8Array
  readonly #offsets: Int32Array
  readonly #values: Uint8Array
  #nullCount = 0

  constructor({ length, offsets }: FrameBatch) {
    this.#length = length
    this.#validity = new Uint8Array(bitmapLength(length))
    this.#offsets = new Int32Array(length + 1)
    this.#values = new Uint8Array((offsets[length] ?? 0) - (offsets[0] ?? 0))
  }

  set(row: number, payload: Uint8Array | null): void {
    const start = this.#offsets[row] ?? 0
    this.#offsets[row + 1] = start + (payload?.length ?? 0)
    if (payload === null) {
      this.#nullCount++
      return
    }
    this.#validity[row >> 3] = (this.#validity[row >> 3] ?? 0) | (1 << (row & 7))
    this.#values.set(payload, start)
  }

  column(): Column {
    const values = this.#values.subarray(0, this.#offsets[this.#length])
    return {
      length: this.#length,
      nullCount: this.#nullCount,
      buffers: [this.#validity, bytesOf(this.#offsets), values]
    }
  }
}

function bitmapLength(rows: number): number {
  return Math.ceil(rows / 8)
}

function bytesOf(column: BigInt64Array | Int32Array | Uint32Array | Uint8Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength)
}
