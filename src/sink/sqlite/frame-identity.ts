import { crc32 } from 'node:zlib'
import type { FrameBatch } from '../../core/frame.ts'
import { payloadAt } from '../../core/frame.ts'
import type { Microseconds, Nanoseconds } from '../../core/time.ts'

/** By what a frame is known again, whatever recording or part of one it is read from. */
export interface FrameIdentity {
  readonly receivedAt: Nanoseconds
  readonly connection: number
  /** CRC-32 of the payload. */
  readonly checksum: number
}

export function identityOf(batch: FrameBatch, row: number): FrameIdentity {
  return {
    receivedAt: batch.receivedAt[row] ?? 0n,
    connection: batch.connection[row] ?? 0,
    checksum: crc32(payloadAt(batch, row))
  }
}

export function nanosecondsOf(time: Microseconds | null): Nanoseconds | null {
  return time === null ? null : BigInt(time) * 1000n
}
