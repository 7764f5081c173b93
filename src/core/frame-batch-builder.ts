import type { Direction, Frame, FrameBatch, FrameKind } from './frame.ts'
import { DIRECTION, KIND, payloadAt } from './frame.ts'
import type { Nanoseconds } from './time.ts'

const ROWS = 256
const BYTES = 64 * 1024

/** Appends frames to growing columns. `clear()` keeps the memory, so that a builder in use allocates nothing. */
export class FrameBatchBuilder {
  #length = 0
  #receivedAt: BigInt64Array<ArrayBuffer>
  #monotonic: BigInt64Array<ArrayBuffer>
  #connection: Uint32Array<ArrayBuffer>
  #kind: Uint8Array<ArrayBuffer>
  #direction: Uint8Array<ArrayBuffer>
  #offsets: Int32Array<ArrayBuffer>
  #payload: Uint8Array<ArrayBuffer>

  /** With room for so many rows and bytes of payload before it has to grow. */
  constructor(rows = ROWS, bytes = BYTES) {
    this.#receivedAt = new BigInt64Array(rows)
    this.#monotonic = new BigInt64Array(rows)
    this.#connection = new Uint32Array(rows)
    this.#kind = new Uint8Array(rows)
    this.#direction = new Uint8Array(rows)
    this.#offsets = new Int32Array(rows + 1)
    this.#payload = new Uint8Array(bytes)
  }

  get length(): number {
    return this.#length
  }

  /** Bytes of payload so far. */
  get bytes(): number {
    return this.#offsets[this.#length] ?? 0
  }

  append(
    receivedAt: Nanoseconds,
    monotonic: Nanoseconds,
    connection: number,
    kind: FrameKind,
    direction: Direction,
    payload: Uint8Array
  ): void {
    this.#append(receivedAt, monotonic, connection, KIND[kind], DIRECTION[direction], payload)
  }

  appendFrame(frame: Frame): void {
    this.append(frame.receivedAt, frame.monotonic, frame.connection, frame.kind, frame.direction, frame.payload)
  }

  /** Copies a row of another batch, under another connection number if one is given. */
  appendRow(batch: FrameBatch, row: number, connection = batch.connection[row] ?? 0): void {
    this.#append(
      batch.receivedAt[row] ?? 0n,
      batch.monotonic[row] ?? 0n,
      connection,
      batch.kind[row] ?? 0,
      batch.direction[row] ?? 0,
      payloadAt(batch, row)
    )
  }

  /** Copies the rows of another batch from one row to before another, column by column. */
  appendRows(batch: FrameBatch, from: number, to: number): void {
    const start = batch.offsets[from] ?? 0
    const shift = this.bytes - start
    const length = this.#length + to - from
    const bytes = (batch.offsets[to] ?? 0) + shift
    while (length > this.#kind.length) this.#growRows()
    if (bytes > this.#payload.length) this.#growPayload(bytes)
    this.#receivedAt.set(batch.receivedAt.subarray(from, to), this.#length)
    this.#monotonic.set(batch.monotonic.subarray(from, to), this.#length)
    this.#connection.set(batch.connection.subarray(from, to), this.#length)
    this.#kind.set(batch.kind.subarray(from, to), this.#length)
    this.#direction.set(batch.direction.subarray(from, to), this.#length)
    this.#payload.set(batch.payload.subarray(start, batch.offsets[to]), this.bytes)
    for (let row = from; row < to; row++) {
      this.#offsets[this.#length + row - from + 1] = (batch.offsets[row + 1] ?? 0) + shift
    }
    this.#length = length
  }

  clear(): void {
    this.#length = 0
  }

  /** The rows so far, without a copy: the next `append` or `clear` may overwrite them. */
  batch(): FrameBatch {
    return {
      length: this.#length,
      receivedAt: this.#receivedAt,
      monotonic: this.#monotonic,
      connection: this.#connection,
      kind: this.#kind,
      direction: this.#direction,
      offsets: this.#offsets,
      payload: this.#payload
    }
  }

  #append(
    receivedAt: Nanoseconds,
    monotonic: Nanoseconds,
    connection: number,
    kind: number,
    direction: number,
    payload: Uint8Array
  ): void {
    const row = this.#length
    if (row === this.#kind.length) this.#growRows()
    const start = this.bytes
    const end = start + payload.length
    if (end > this.#payload.length) this.#growPayload(end)
    this.#receivedAt[row] = receivedAt
    this.#monotonic[row] = monotonic
    this.#connection[row] = connection
    this.#kind[row] = kind
    this.#direction[row] = direction
    this.#payload.set(payload, start)
    this.#offsets[row + 1] = end
    this.#length = row + 1
  }

  #growRows(): void {
    const rows = this.#kind.length * 2
    this.#receivedAt = grow(this.#receivedAt, new BigInt64Array(rows))
    this.#monotonic = grow(this.#monotonic, new BigInt64Array(rows))
    this.#connection = grow(this.#connection, new Uint32Array(rows))
    this.#kind = grow(this.#kind, new Uint8Array(rows))
    this.#direction = grow(this.#direction, new Uint8Array(rows))
    this.#offsets = grow(this.#offsets, new Int32Array(rows + 1))
  }

  #growPayload(needed: number): void {
    this.#payload = grow(this.#payload, new Uint8Array(Math.max(this.#payload.length * 2, needed)))
  }
}

/** A batch of the given frames. */
export function batchOf(frames: Iterable<Frame>): FrameBatch {
  const builder = new FrameBatchBuilder()
  for (const frame of frames) builder.appendFrame(frame)
  return builder.batch()
}

function grow<Column extends { set(from: Column): void }>(column: Column, larger: Column): Column {
  larger.set(column)
  return larger
}
