import { FrameBatchBuilder } from '../core/frame-batch-builder.ts'
import type { FrameBatch } from '../core/frame.ts'
import type { Nanoseconds } from '../core/time.ts'

const ROWS_MAX = 4096
const BYTES_MAX = 4 * 1024 * 1024
const CONNECTION_BITS = 20

/**
 * Several streams of batches as one, by receive time; where times are equal, in the order of the streams. The order
 * within a stream is kept, even where its clock was set back. Connections are numbered apart.
 */
export async function* merge(
  streams: readonly AsyncIterable<FrameBatch>[]
): AsyncGenerator<FrameBatch, void, undefined> {
  const cursors = streams.map((stream, index) => new Cursor(stream, index << CONNECTION_BITS))
  const merged = new FrameBatchBuilder()
  try {
    for (const cursor of cursors) await cursor.refill()
    for (let next = earliest(cursors); next !== undefined; next = earliest(cursors)) {
      next.moveRow(merged)
      if (next.isSpent) await next.refill()
      if (merged.length < ROWS_MAX && merged.bytes < BYTES_MAX) continue
      yield merged.batch()
      merged.clear()
    }
    if (merged.length > 0) yield merged.batch()
  } finally {
    for (const cursor of cursors) await cursor.close()
  }
}

/** Which of the merged streams a connection is of. A single recording, which is not merged, keeps its own numbers. */
export function streamOf(connection: number): number {
  return connection >>> CONNECTION_BITS
}

/** The next row of a stream. */
class Cursor {
  readonly #batches: AsyncIterator<FrameBatch>
  readonly #firstConnection: number
  #batch: FrameBatch | undefined
  #row = 0

  constructor(batches: AsyncIterable<FrameBatch>, firstConnection: number) {
    this.#batches = batches[Symbol.asyncIterator]()
    this.#firstConnection = firstConnection
  }

  /** Undefined at the end of the stream. */
  get time(): Nanoseconds | undefined {
    return this.#batch?.receivedAt[this.#row]
  }

  /** All rows of the batch in hand have been moved. */
  get isSpent(): boolean {
    return this.#row === this.#batch?.length
  }

  moveRow(to: FrameBatchBuilder): void {
    if (this.#batch === undefined) return
    to.appendRow(this.#batch, this.#row, (this.#firstConnection | (this.#batch.connection[this.#row] ?? 0)) >>> 0)
    this.#row++
  }

  async refill(): Promise<void> {
    this.#row = 0
    do {
      const next = await this.#batches.next()
      this.#batch = next.done === true ? undefined : next.value
    } while (this.#batch?.length === 0)
  }

  async close(): Promise<void> {
    await this.#batches.return?.()
  }
}

function earliest(cursors: readonly Cursor[]): Cursor | undefined {
  let first: Cursor | undefined
  let firstTime: Nanoseconds | undefined
  for (const cursor of cursors) {
    const { time } = cursor
    if (time === undefined || (firstTime !== undefined && time >= firstTime)) continue
    first = cursor
    firstTime = time
  }
  return first
}
