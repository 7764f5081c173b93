import type { DecodedColumns } from './decoded-columns.ts'
import type { Nanoseconds } from './time.ts'

/**
 * What one row of a recording is. `text`, `binary`, `ping` and `pong` are WebSocket frames; `open`, `close` and `error`
 * are events of a connection, with a JSON payload; `rest` is a REST request (sent) or the body of its response (received).
 */
export const FRAME_KINDS = ['text', 'binary', 'ping', 'pong', 'open', 'close', 'error', 'rest'] as const
export type FrameKind = (typeof FRAME_KINDS)[number]

/** Which way a frame went, seen from the client that recorded it. */
export const DIRECTIONS = ['received', 'sent'] as const
export type Direction = (typeof DIRECTIONS)[number]

/** Position of a kind or direction in its list: what the columns of a batch hold. */
export const KIND = Object.fromEntries(FRAME_KINDS.map((kind, code) => [kind, code])) as Readonly<
  Record<FrameKind, number>
>
export const DIRECTION = Object.fromEntries(DIRECTIONS.map((direction, code) => [direction, code])) as Readonly<
  Record<Direction, number>
>

/** One WebSocket frame or connection event with its receive time: a copy of a row of a batch, for those who want one. */
export interface Frame {
  /** Unix time of receipt (of sending, for a sent frame), in nanoseconds. */
  readonly receivedAt: Nanoseconds
  /** The same moment on a clock that never steps, in nanoseconds; 0 in recordings made from others' captures. */
  readonly monotonic: Nanoseconds
  /** Counts the connections of a recording from 0: `sid` and `seq` mean something only within one. */
  readonly connection: number
  readonly kind: FrameKind
  readonly direction: Direction
  /** The bytes that crossed the wire. */
  readonly payload: Uint8Array
}

/**
 * Many frames as columns, which is what an Arrow record batch holds and what every stage hands to the next. Columns
 * may be longer than `length`. A batch is valid until the next one is asked for: whoever keeps frames copies them.
 */
export interface FrameBatch {
  readonly length: number
  readonly receivedAt: BigInt64Array
  readonly monotonic: BigInt64Array
  readonly connection: Uint32Array
  /** Codes of `FRAME_KINDS`. */
  readonly kind: Uint8Array
  /** Codes of `DIRECTIONS`. */
  readonly direction: Uint8Array
  /** Row i's payload is `payload[offsets[i] … offsets[i + 1]]`; the first offset need not be 0. */
  readonly offsets: Int32Array
  readonly payload: Uint8Array
  /** What the frames say, where that is known already: then only the payloads that are needed are there. */
  readonly decoded?: DecodedColumns
}

/** Where frames come from: live or replayed. Ends when there are no more; `return()` closes what it holds open. */
export interface Feed extends AsyncIterable<FrameBatch> {
  /** True for a connection whose capture was cut down to some markets, so that its `seq` may jump. */
  isFiltered(connection: number): boolean
}

/** Where frames go. */
export interface FrameSink {
  /** Takes a batch, which may be empty: a live feed hands one over now and then, so that time goes on in silence. */
  accept(batch: FrameBatch): void | Promise<void>
  close(): Promise<void>
}

/** A copy of one row. */
export function frameAt(batch: FrameBatch, row: number): Frame {
  return {
    receivedAt: batch.receivedAt[row] ?? 0n,
    monotonic: batch.monotonic[row] ?? 0n,
    connection: batch.connection[row] ?? 0,
    kind: FRAME_KINDS[batch.kind[row] ?? 0] ?? 'binary',
    direction: DIRECTIONS[batch.direction[row] ?? 0] ?? 'received',
    payload: payloadAt(batch, row).slice()
  }
}

/** A view on one row's payload, valid as long as its batch. */
export function payloadAt(batch: FrameBatch, row: number): Uint8Array {
  return batch.payload.subarray(batch.offsets[row], batch.offsets[row + 1])
}

/** All rows, copied. */
export function framesOf(batch: FrameBatch): Frame[] {
  return Array.from({ length: batch.length }, (_, row) => frameAt(batch, row))
}
