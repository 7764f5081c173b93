import { Schema } from 'apache-arrow/schema'
import { KwsError } from '../core/errors.ts'
import type { ByteSource } from './byte-source.ts'
import { decodeMetadata, findBatch, isIntact, takeMetadata } from './message-source.ts'
import {
  FORMAT_KEY,
  SEGMENT_FORMAT,
  SEGMENT_START,
  SEGMENT_VERSION,
  SESSION_KEY,
  VERSION_KEY
} from './segment-schema.ts'

/** What stands before a segment's batches. */
export type SegmentOpening =
  /** The session is JSON; version 1 did not hold it. */
  | { readonly type: 'whole'; readonly version: number; readonly session: string | undefined }
  /** The segment was cut before it ends, so that there are no batches. */
  | { readonly type: 'cut' }
  /** It is damaged, but batches follow, the first at an offset. */
  | { readonly type: 'damaged'; readonly firstBatch: number }
  /** It is another's file, which `isOther` says for certain, or one of which a loss of power left nothing. */
  | { readonly type: 'foreign'; readonly reason: string; readonly isOther?: true }

/** Takes the opening. Throws where the segment is of a newer format. */
export async function takeOpening(source: ByteSource, file: string): Promise<SegmentOpening> {
  const opening = await takeWhole(source, file)
  if (opening.type === 'whole' || (opening.type === 'foreign' && opening.isOther === true)) return opening
  const firstBatch = await findBatch(source, 0, source.size)
  return firstBatch === undefined ? opening : { type: 'damaged', firstBatch }
}

/** They hold the session, and it the markets that were asked for. */
const SCHEMA_METADATA_MAX = 64 * 1024 * 1024

async function takeWhole(source: ByteSource, file: string): Promise<SegmentOpening> {
  const start = await source.take(Math.min(source.remaining, SEGMENT_START.length))
  if (start === undefined || !SEGMENT_START.subarray(0, start.length).every((byte, at) => byte === start[at])) {
    return {
      type: 'foreign',
      reason: `${file} is not an Arrow file; give a recording's directory or one of its segments`
    }
  }
  const metadata = await takeMetadata(source, SCHEMA_METADATA_MAX)
  if (metadata === undefined) return { type: 'cut' }
  // Others' metadata have no checksum, without which decoding them could do anything.
  const header = metadata !== 'end' && isIntact(metadata) ? decodeMetadata(metadata).header : undefined
  if (!(header instanceof Schema) || header.metadata.get(FORMAT_KEY) !== SEGMENT_FORMAT) {
    const reason = `${file} is an Arrow file but not one of frames that kws recorded, or its start is damaged`
    // Batches of a cache have checksums too, but other columns.
    const isOther = header instanceof Schema && header.metadata.has(FORMAT_KEY)
    return { type: 'foreign', reason, ...(isOther && { isOther }) }
  }
  const version = Number(header.metadata.get(VERSION_KEY))
  if (version > SEGMENT_VERSION) {
    throw new KwsError('damaged', `${file} was recorded by a newer kws, in a format this one cannot read; update kws`)
  }
  return { type: 'whole', version, session: header.metadata.get(SESSION_KEY) }
}
