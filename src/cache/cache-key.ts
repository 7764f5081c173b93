import { stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Manifest } from '../recording/manifest.ts'
import { sealedInfo } from '../recording/segment-list.ts'
import { SEGMENT_EXTENSION } from '../recording/segment-schema.ts'

const DIRECTORY = 'decoded'
/** Not a name that a segment has: who takes the cache for a recording is told what it is not. */
const EXTENSION = '.decoded.arrow'

/** Where the cache of a segment is: in a folder beside it, under its name. */
export function cachePath(segment: string): string {
  return join(dirname(segment), DIRECTORY, `${basename(segment, SEGMENT_EXTENSION)}${EXTENSION}`)
}

/**
 * What tells a segment from any other, and from what it was before somebody changed its file, as JSON. Undefined for one
 * that is not sealed, is not as long as it was then, or is of a version of kws that gave segments no digest.
 */
export async function cacheKey(segment: string, manifest: Manifest | undefined): Promise<string | undefined> {
  const info = sealedInfo(segment, manifest)
  if (info?.digest === undefined) return undefined
  const { size, mtimeNs } = await stat(segment, { bigint: true })
  if (Number(size) !== info.bytes) return undefined
  const { file, rows, bytes, digest } = info
  return JSON.stringify({ file, rows, bytes, digest, modified: String(mtimeNs) })
}
