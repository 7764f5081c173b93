import { readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { KwsError } from '../core/errors.ts'
import type { FrameBatch } from '../core/frame.ts'
import type { Nanoseconds } from '../core/time.ts'
import { FrameDigest } from './frame-digest.ts'
import { parseSession, readManifest } from './manifest.ts'
import type { Manifest, RecordedSession } from './manifest.ts'
import { checkSegment, readSegment } from './segment-reader.ts'
import type { OnFault, SegmentFault } from './segment-fault.ts'
import { listSegments, sealedInfo, compareWith, segmentNames } from './segment-list.ts'
import type { SegmentOpening } from './segment-opening.ts'
import { SEGMENT_EXTENSION } from './segment-schema.ts'

/** A recording to be read: a directory with its segments, or a single one of them. */
export interface Recording {
  readonly path: string
  readonly manifest: Manifest | undefined
  /** What is known of the session, also where the manifest is lost. */
  readonly session?: RecordedSession | undefined
  /** The capture was cut down to some markets, so that `seq` may jump. */
  readonly filtered: boolean
  /** Paths, in the order of time. */
  readonly segments: readonly string[]
  /** Where its directory and its manifest disagree about them. */
  readonly faults: readonly SegmentFault[]
  /** All complete batches in constant memory, each valid until the next is asked for. What is wrong is told and passed over. */
  batches(onFault?: OnFault): AsyncIterable<FrameBatch>
}

/** Throws where there is none, or a file in it is not a segment. Segments may be unsealed or torn, and a manifest missing. */
export async function openRecording(path: string): Promise<Recording> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined)
    throw new KwsError('not_found', `there is no recording ${path}; record one or check the path`)
  // The manifest first: all that it lists is there already, unlike what a recorder adds in between.
  const manifest = await readManifest(found.isDirectory() ? path : dirname(path))
  const { files: segments, faults } = found.isDirectory()
    ? await listSegments(path, manifest)
    : { files: [path], faults: [] }
  if (segments.length === 0 && manifest === undefined) {
    throw new KwsError(
      'not_found',
      `${path} holds no recording: neither *${SEGMENT_EXTENSION} nor session.json is in it`
    )
  }
  const openings: SegmentOpening[] = []
  for (const segment of segments) openings.push(await checkSegment(segment))
  const session = manifest ?? sessionIn(openings)
  return {
    path,
    manifest,
    session,
    filtered: session?.filtered ?? false,
    segments,
    faults,
    async *batches(onFault) {
      if (onFault !== undefined) faults.forEach(onFault)
      for (const segment of segments) yield* segmentBatches(segment, manifest, onFault)
    }
  }
}

/** What the segments themselves say of the session. */
export function sessionIn(openings: readonly SegmentOpening[]): RecordedSession | undefined {
  const json = openings.find(opening => opening.type === 'whole' && opening.session !== undefined)
  return json?.type === 'whole' && json.session !== undefined ? parseSession(json.session) : undefined
}

/** The path of the recording in a directory of recordings that was begun last. */
export async function newestRecording(directory: string): Promise<string> {
  let newest: { readonly path: string; readonly begun: string } | undefined
  for (const entry of await readdir(directory, { withFileTypes: true }).catch(() => [])) {
    const path = join(directory, entry.name)
    const begun = entry.isDirectory() ? await beginOf(path) : undefined
    if (begun !== undefined && (newest === undefined || begun >= newest.begun)) newest = { path, begun }
  }
  if (newest === undefined) {
    throw new KwsError('not_found', `there is no recording in ${directory}; record one, or name one or its directory`)
  }
  return newest.path
}

/** The receive time of the first frame; undefined where there is none. */
export async function firstReceivedAt(recording: Recording): Promise<Nanoseconds | undefined> {
  for await (const batch of recording.batches()) if (batch.length > 0) return batch.receivedAt[0]
  return undefined
}

/** Bytes of its segments. */
export async function fileBytes({ segments }: Recording): Promise<number> {
  const sizes = await Promise.all(segments.map(async file => (await stat(file)).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** Of its frames, however they are cut into batches and segments. */
export async function digestOf(recording: Recording): Promise<string> {
  const digest = new FrameDigest()
  for await (const batch of recording.batches()) digest.add(batch)
  return digest.end()
}

/** The batches of one of its segments, and what is wrong with it by what the manifest says of it. */
export async function* segmentBatches(
  file: string,
  manifest: Manifest | undefined,
  onFault: OnFault | undefined
): AsyncGenerator<FrameBatch, void, undefined> {
  const info = sealedInfo(file, manifest)
  if (info === undefined) return yield* readSegment(file, onFault)
  const comparison = compareWith(info, file, onFault)
  let rows = 0
  for await (const batch of readSegment(file, comparison.onFault)) {
    rows += batch.length
    yield batch
  }
  comparison.end(rows)
}

/** When a recording was begun, as RFC 3339; by its newest file where no manifest tells. Undefined for other directories. */
async function beginOf(path: string): Promise<string | undefined> {
  const manifest = await readManifest(path).catch(() => undefined)
  if (manifest !== undefined) return manifest.started
  if ((await segmentNames(path)).length === 0) return undefined
  return (await stat(path)).mtime.toISOString()
}
