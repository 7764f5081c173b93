import { sliceColumns } from '../core/decoded-columns.ts'
import type { FrameBatch } from '../core/frame.ts'
import type { Nanoseconds } from '../core/time.ts'

/** The rows from one to before another, without a copy. */
export function slice(batch: FrameBatch, from: number, to: number): FrameBatch {
  if (from === 0 && to === batch.length) return batch
  return {
    length: to - from,
    receivedAt: batch.receivedAt.subarray(from, to),
    monotonic: batch.monotonic.subarray(from, to),
    connection: batch.connection.subarray(from, to),
    kind: batch.kind.subarray(from, to),
    direction: batch.direction.subarray(from, to),
    offsets: batch.offsets.subarray(from, to + 1),
    payload: batch.payload,
    ...(batch.decoded && { decoded: sliceColumns(batch.decoded, from, to, to === batch.length) })
  }
}

/** Ends at the first row later than a time. */
export async function* upTo(
  batches: AsyncIterable<FrameBatch>,
  time: Nanoseconds
): AsyncGenerator<FrameBatch, void, undefined> {
  for await (const batch of batches) {
    const end = batch.receivedAt.subarray(0, batch.length).findIndex(receivedAt => receivedAt > time)
    if (end < 0) {
      yield batch
      continue
    }
    if (end > 0) yield slice(batch, 0, end)
    return
  }
}
