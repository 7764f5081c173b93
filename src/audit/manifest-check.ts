import { basename, join } from 'node:path'
import { formatTime } from '../core/time.ts'
import type { Nanoseconds } from '../core/time.ts'
import type { SegmentInfo } from '../recording/manifest.ts'
import type { FileFinding } from './finding.ts'
import type { RecordingFiles } from './recording-files.ts'

/** What a segment was found to hold. */
export interface ReadSegment {
  readonly file: string
  readonly rows: number
  readonly bytes: number
  /** Of its bytes, as `session.json` tells it. */
  readonly digest: string
  readonly first: Nanoseconds | undefined
  readonly last: Nanoseconds | undefined
  readonly isWhole: boolean
}

/** Holds `session.json` against the segments. What the segments' own faults explain is not told again. */
export function checkManifest(files: RecordingFiles, segments: readonly ReadSegment[]): FileFinding[] {
  const { manifest, directory, isAll } = files
  if (manifest === undefined) return []
  const reasons: string[] = []
  const found = new Map(segments.map(segment => [basename(segment.file), segment]))
  for (const told of manifest.segments) {
    const segment = found.get(told.file)
    if (segment !== undefined) reasons.push(...differences(told, segment))
    else if (isAll) reasons.push(`${told.file}, with ${told.rows} frames, is not there`)
    found.delete(told.file)
  }
  // The manifest is written at each rotation: what a recorder was writing when it was killed is not in it.
  if (manifest.ended !== null) for (const name of found.keys()) reasons.push(`${name} is not in it`)
  else if (isAll && segments.every(segment => segment.isWhole)) {
    reasons.push('the recording was not ended: it is being written, or its recorder was killed')
  }
  return reasons.map(reason => ({ type: 'manifest', file: join(directory, 'session.json'), reason }))
}

function differences(told: SegmentInfo, segment: ReadSegment): string[] {
  if (!told.sealed || !segment.isWhole) return []
  const { rows, bytes, digest, first, last } = segment
  const pairs = [
    ['frames', told.rows, rows],
    ['bytes', told.bytes, bytes],
    ['digest', told.digest ?? digest, digest],
    ['first receive time', told.firstReceivedAt, formatTime(first ?? 0n)],
    ['last receive time', told.lastReceivedAt, formatTime(last ?? 0n)]
  ] as const
  return pairs
    .filter(([, before, now]) => before !== now)
    .map(([name, before, now]) => `${told.file}: ${name} ${before} there, ${now} in the segment`)
}
