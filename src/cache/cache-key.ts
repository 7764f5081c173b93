import { basename, dirname, join } from 'node:path'
import type { SegmentInfo } from '../recording/manifest.ts'
import { SEGMENT_EXTENSION } from '../recording/segment-schema.ts'

const DIRECTORY = 'decoded'
/** Not a name that a segment has: who takes the cache for a recording is told what it is not. */
const EXTENSION = '.decoded.arrow'

/** Where the cache of a segment is: in a folder beside it, under its name. */
export function cachePath(segment: string): string {
  return join(dirname(segment), DIRECTORY, `${basename(segment, SEGMENT_EXTENSION)}${EXTENSION}`)
}

/** What tells a segment from any other, as JSON; undefined where older versions did not write its digest. */
export function cacheKey({ file, rows, bytes, digest }: SegmentInfo): string | undefined {
  return digest === undefined ? undefined : JSON.stringify({ file, rows, bytes, digest })
}
