import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Manifest, SegmentInfo } from './manifest.ts'
import type { OnFault, SegmentFault } from './segment-fault.ts'
import { SEGMENT_EXTENSION } from './segment-schema.ts'

/** The segments of a recording, and where its directory and its manifest disagree about them. */
export interface SegmentList {
  /** Paths, in the order of time. */
  readonly files: readonly string[]
  readonly faults: readonly SegmentFault[]
}

/** Names of all that looks like a segment, in the order of time. */
export async function segmentNames(directory: string): Promise<string[]> {
  const names = await readdir(directory)
  return names.filter(name => name.endsWith(SEGMENT_EXTENSION)).sort()
}

/**
 * Without a manifest all that looks like a segment is one. With one, what it does not list is a segment only where the
 * recorder may have begun it since: a copy that somebody put there would be read twice.
 */
export async function listSegments(directory: string, manifest: Manifest | undefined): Promise<SegmentList> {
  const names = await segmentNames(directory)
  if (manifest === undefined) return { files: names.map(name => join(directory, name)), faults: [] }
  const listed = manifest.segments.map(({ file }) => file)
  const isOurs = (name: string) =>
    listed.includes(name) || (manifest.ended === null && listed.every(other => other < name))
  const missing = manifest.segments.filter(({ file }) => !names.includes(file))
  return {
    files: names.filter(isOurs).map(name => join(directory, name)),
    faults: [
      ...missing.map(({ file, rows }) => ({ type: 'missing' as const, file: join(directory, file), rows })),
      ...names.filter(name => !isOurs(name)).map(name => ({ type: 'unlisted' as const, file: join(directory, name) }))
    ]
  }
}

/** What the manifest says of a segment, if it was sealed: one that was not may hold more, or end anywhere. */
export function sealedInfo(file: string, manifest: Manifest | undefined): SegmentInfo | undefined {
  return manifest?.segments.find(info => info.sealed && info.file === basename(file))
}

/**
 * Counts what is read of a segment that was sealed, whose end can only be missing because somebody or something cut it
 * off later. Gives what to call with each fault and, at the end, with the rows read.
 */
export function compareWith(
  { rows: listed }: SegmentInfo,
  file: string,
  onFault: OnFault | undefined
): { readonly onFault: OnFault; readonly end: (rows: number) => void } {
  let corrupt: number | null = 0
  let wasCut = false
  return {
    onFault(fault) {
      if (fault.type === 'unsealed' || fault.type === 'torn') wasCut = true
      else onFault?.(fault)
      if (fault.type === 'corrupt') corrupt = corrupt === null || fault.rows === null ? null : corrupt + fault.rows
    },
    end(rows) {
      const isAllThere = corrupt === null ? rows <= listed : rows + corrupt === listed
      if (wasCut || !isAllThere) onFault?.({ type: 'differs', file, rows: rows + (corrupt ?? 0), listed })
    }
  }
}
