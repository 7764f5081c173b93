import { stat } from 'node:fs/promises'
import type { Recording } from '../recording/recording.ts'
import { CacheFile } from './cache-file.ts'
import { cacheKey, cachePath } from './cache-key.ts'

/** How much of a recording can be replayed from its cache. */
export interface CacheState {
  readonly segments: number
  /** The others are still written, are not as long as they were, or are of a version of kws that gave segments no digest. */
  readonly cacheable: number
  readonly cached: number
  /** Bytes of their caches. */
  readonly bytes: number
}

export async function cacheState({ segments, manifest }: Recording): Promise<CacheState> {
  let [cacheable, cached, bytes] = [0, 0, 0]
  for (const segment of segments) {
    const key = await cacheKey(segment, manifest)
    if (key === undefined) continue
    cacheable++
    const cache = await CacheFile.open(cachePath(segment), key)
    if (!(cache instanceof CacheFile)) continue
    await cache.close()
    cached++
    bytes += (await stat(cachePath(segment))).size
  }
  return { segments: segments.length, cacheable, cached, bytes }
}
