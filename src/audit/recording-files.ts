import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { KwsError } from '../core/errors.ts'
import type { Manifest } from '../recording/manifest.ts'
import { readManifest } from '../recording/manifest.ts'
import { SEGMENT_EXTENSION } from '../recording/segment-schema.ts'

/** What lies in a recording, readable or not: a verification must not stop at the first bad file. */
export interface RecordingFiles {
  readonly directory: string
  /** Paths, in the order of time: those that are to be verified. */
  readonly segments: readonly string[]
  /** All of the recording are. */
  readonly isAll: boolean
  readonly manifest: Manifest | undefined
  /** Why the manifest that is there cannot be read. */
  readonly manifestFault: KwsError | undefined
}

/** Of a directory, or of a single segment. Throws where there is no recording. */
export async function findFiles(path: string): Promise<RecordingFiles> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) {
    throw new KwsError('not_found', `there is no recording ${path}; record one or check the path`)
  }
  const isAll = found.isDirectory()
  const directory = isAll ? path : dirname(path)
  const names = isAll ? (await readdir(path)).filter(name => name.endsWith(SEGMENT_EXTENSION)) : [basename(path)]
  const segments = names.sort().map(name => join(directory, name))
  const manifest = await readManifest(directory).catch((error: unknown) => {
    if (error instanceof KwsError) return error
    throw error
  })
  if (segments.length === 0 && manifest === undefined) {
    throw new KwsError('not_found', `${path} holds no recording: neither *${SEGMENT_EXTENSION} nor session.json`)
  }
  const isBroken = manifest instanceof KwsError
  return {
    directory,
    segments,
    isAll,
    manifest: isBroken ? undefined : manifest,
    manifestFault: isBroken ? manifest : undefined
  }
}
