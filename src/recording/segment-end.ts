import type { ByteSource } from './byte-source.ts'
import { isIntact, trailerOf } from './message-source.ts'
import { FOOTER_END_LENGTH, PREFIX_LENGTH, SEGMENT_MAGIC } from './segment-schema.ts'

/** What stands behind the batches of a sealed segment: the mark that ends the stream, and the footer. */
export interface SegmentEnd {
  readonly offset: number
  /** Rows of the segment; undefined in version 1. */
  readonly rows: number | undefined
}

/** Undefined where a segment was not sealed, or what stands at its end is not what was written. */
export async function findEnd(source: ByteSource, version: number): Promise<SegmentEnd | undefined> {
  if (source.size < FOOTER_END_LENGTH) return undefined
  source.moveTo(source.size - FOOTER_END_LENGTH)
  const last = (await source.take(FOOTER_END_LENGTH))?.slice()
  if (last === undefined || !SEGMENT_MAGIC.every((byte, at) => byte === last[4 + at])) return undefined
  const length = new DataView(last.buffer).getInt32(0, true)
  const offset = source.size - FOOTER_END_LENGTH - length - PREFIX_LENGTH
  if (length <= 0 || offset < 0) return undefined
  source.moveTo(offset)
  const end = await source.take(PREFIX_LENGTH + length)
  if (end === undefined || !STREAM_END.every((byte, at) => byte === end[at])) return undefined
  if (version === 1) return { offset, rows: undefined }
  const footer = end.subarray(PREFIX_LENGTH)
  return isIntact(footer) ? { offset, rows: trailerOf(footer).rowsBefore } : undefined
}

const STREAM_END = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0)
