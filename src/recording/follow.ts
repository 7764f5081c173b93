import { stat } from 'node:fs/promises'
import type { Clock } from '../core/clock.ts'
import type { FrameBatch } from '../core/frame.ts'
import { readManifest } from './manifest.ts'
import type { Recording } from './recording.ts'
import { openRecording } from './recording.ts'
import type { OnFault } from './segment-fault.ts'
import { listSegments } from './segment-list.ts'
import { readSegment } from './segment-reader.ts'

export interface FollowOptions {
  readonly clock: Clock
  /** Ends the batches where they are. */
  readonly signal: AbortSignal
}

const POLL_MILLISECONDS = 100

/**
 * A recording that may still be written, in a directory. Its batches go on as it grows, each as soon as it is complete,
 * and end with the session; those of a recorder that was killed end with the signal.
 */
export async function followRecording(path: string, options: FollowOptions): Promise<Recording> {
  const recording = await openRecording(path)
  return { ...recording, batches: onFault => follow(path, onFault, options) }
}

async function* follow(
  directory: string,
  onFault: OnFault | undefined,
  { clock, signal }: FollowOptions
): AsyncGenerator<FrameBatch, void, undefined> {
  let last = ''
  // Where it is left, an unfinished segment is no fault.
  const tell: OnFault = fault => {
    if (!signal.aborted) onFault?.(fault)
  }
  /** The segment after the last, if it is there, and whether the session has ended. */
  const lookAhead = async () => {
    const manifest = await readManifest(directory)
    const { files } = await listSegments(directory, manifest)
    return { file: files.find(name => name > last), hasEnded: typeof manifest?.ended === 'string' }
  }
  for (;;) {
    const { file, hasEnded } = await lookAhead()
    if (signal.aborted || (file === undefined && hasEnded)) return
    if (file === undefined) {
      await clock.sleep(POLL_MILLISECONDS, signal)
      continue
    }
    last = file
    yield* readSegment(
      file,
      tell,
      growthOf(file, clock, signal, async () => {
        const ahead = await lookAhead()
        return ahead.file !== undefined || ahead.hasEnded
      })
    )
  }
}

/** Waits until a file has grown. Once nothing more will be written to it, it is looked at a last time. */
function growthOf(
  file: string,
  clock: Clock,
  signal: AbortSignal,
  isOver: () => Promise<boolean>
): () => Promise<boolean> {
  let size = -1
  let isLast = false
  return async () => {
    while (!signal.aborted && !isLast) {
      isLast = await isOver()
      const before = size
      size = (await stat(file)).size
      if (size !== before || isLast) return true
      await clock.sleep(POLL_MILLISECONDS, signal)
    }
    return false
  }
}
