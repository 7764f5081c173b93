import { basename, dirname, join } from 'node:path'
import type { SegmentInfo } from '../recording/manifest.ts'

const DIRECTORY = 'decoded'

/** Where the cache of a segment is: beside it, under its name. */
export function cachePath(segment: string): string {
  return join(dirname(segment), DIRECTORY, basename(segment))
}

/** What tells a segment from any other, as JSON; undefined where older versions did not write its digest. */
export function cacheKey({ file, rows, bytes, digest }: SegmentInfo): string | undefined {
  return digest === undefined ? undefined : JSON.stringify({ file, rows, bytes, digest })
}
