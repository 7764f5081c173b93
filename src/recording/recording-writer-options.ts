import type { Clock } from '../core/clock.ts'
import type { Compression } from './body-encoder.ts'
import type { SessionInfo } from './manifest.ts'
import type { Fsync } from './segment-series.ts'

/** When a segment is sealed and the next begun. */
export type Rotation = { readonly bytes: number } | { readonly seconds: number }

export interface RecordingWriterOptions {
  readonly clock: Clock
  readonly session: SessionInfo
  readonly rotate?: Rotation
  /** After so long rows are written with the next batch, even an empty one: what a killed recorder loses. */
  readonly flushSeconds?: number
  /** With `interval`, a loss of power costs about a second more than a kill. */
  readonly fsync?: Fsync
  readonly compression?: Compression
  /** Higher ones make recordings some percent smaller in many times the time. */
  readonly compressionLevel?: number
  /** Rows are written before their payloads exceed so many bytes. */
  readonly batchBytesMax?: number
  /** When the session began and ended, where that is not now; it ended with the last frame where nothing tells. */
  readonly period?: { readonly started: string; readonly ended: string | undefined }
  /** Called once, when the disk is full: what still arrives until `close` has room, but not for long. */
  readonly onDiskFull?: () => void
}

type Optional = 'period' | 'onDiskFull'
export type Settings = Required<Omit<RecordingWriterOptions, Optional>> & Pick<RecordingWriterOptions, Optional>

const MEBIBYTE = 1024 * 1024

export const DEFAULT_SETTINGS = {
  rotate: { bytes: 256 * MEBIBYTE },
  flushSeconds: 1,
  fsync: 'interval',
  compression: 'none',
  compressionLevel: 1,
  batchBytesMax: 2 * MEBIBYTE
} as const
