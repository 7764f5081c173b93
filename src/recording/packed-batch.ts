import type { FrameBatch } from '../core/frame.ts'

/** A batch in one piece of memory, which can be handed from thread to thread without a copy. */
export interface PackedBatch {
  readonly memory: ArrayBuffer
  readonly length: number
  readonly payloadLength: number
}

/** Bytes of a row besides its payload: two times, connection, offset, kind and direction. */
const ROW_BYTES = 8 + 8 + 4 + 4 + 1 + 1

/** Into the given memory if it is large enough. */
export function packBatch(batch: FrameBatch, memory: ArrayBuffer): PackedBatch {
  const { length, offsets } = batch
  const start = offsets[0] ?? 0
  const payloadLength = (offsets[length] ?? 0) - start
  const size = length * ROW_BYTES + 4 + payloadLength
  const packed = {
    memory: memory.byteLength >= size ? memory : new ArrayBuffer(Math.max(size, memory.byteLength * 2)),
    length,
    payloadLength
  }
  const copy = unpackBatch(packed)
  copy.receivedAt.set(batch.receivedAt.subarray(0, length))
  copy.monotonic.set(batch.monotonic.subarray(0, length))
  copy.connection.set(batch.connection.subarray(0, length))
  copy.kind.set(batch.kind.subarray(0, length))
  copy.direction.set(batch.direction.subarray(0, length))
  copy.payload.set(batch.payload.subarray(start, start + payloadLength))
  for (let row = 0; row <= length; row++) copy.offsets[row] = (offsets[row] ?? 0) - start
  return packed
}

/** Views on the memory. */
export function unpackBatch({ memory, length, payloadLength }: PackedBatch): FrameBatch {
  const bytes = 24 * length + 4
  return {
    length,
    receivedAt: new BigInt64Array(memory, 0, length),
    monotonic: new BigInt64Array(memory, 8 * length, length),
    connection: new Uint32Array(memory, 16 * length, length),
    offsets: new Int32Array(memory, 20 * length, length + 1),
    kind: new Uint8Array(memory, bytes, length),
    direction: new Uint8Array(memory, bytes + length, length),
    payload: new Uint8Array(memory, bytes + 2 * length, payloadLength)
  }
}
