import { Schema } from 'apache-arrow/schema'
import { KwsError } from '../core/errors.ts'
import type { ByteSource } from './byte-source.ts'
import { decodeMetadata, takeMetadata } from './message-source.ts'
import { FORMAT_KEY, SEGMENT_FORMAT, SEGMENT_START, SEGMENT_VERSION, VERSION_KEY } from './segment-schema.ts'

/**
 * Takes what stands before a segment's batches. False where the segment was cut before it ends; throws where the file is
 * no segment, or one of a newer format.
 */
export async function takeOpening(source: ByteSource, file: string): Promise<boolean> {
  const start = await source.take(Math.min(source.remaining, SEGMENT_START.length))
  if (start === undefined || !SEGMENT_START.subarray(0, start.length).every((byte, at) => byte === start[at])) {
    throw new KwsError('damaged', `${file} is not an Arrow file; give a recording's directory or one of its segments`)
  }
  const metadata = await takeMetadata(source)
  if (metadata === undefined) return false
  // Others' metadata have no checksum, without which decoding them could do anything.
  const header = metadata !== 'end' && metadata.isIntact ? decodeMetadata(metadata.bytes).header : undefined
  if (!(header instanceof Schema) || header.metadata.get(FORMAT_KEY) !== SEGMENT_FORMAT) {
    throw new KwsError(
      'damaged',
      `${file} is an Arrow file but not one of frames that kws recorded, or its start is damaged`
    )
  }
  if (Number(header.metadata.get(VERSION_KEY)) > SEGMENT_VERSION) {
    throw new KwsError('damaged', `${file} was recorded by a newer kws, in a format this one cannot read; update kws`)
  }
  return true
}
