import type { Clock } from '../core/clock.ts'
import { KwsError } from '../core/errors.ts'
import { formatTime } from '../core/time.ts'
import { FrameDigest } from './frame-digest.ts'
import { unknownSession } from './manifest.ts'
import { digestOf, fileBytes, firstReceivedAt, openRecording } from './recording.ts'
import { RecordingWriter } from './recording-writer.ts'
import type { OnFault } from './segment-fault.ts'
import { isDamage } from './segment-fault.ts'

export interface CompactOptions {
  readonly clock: Clock
  /** Of kws. */
  readonly version: string
  /** Of zstd, 1 to 19. */
  readonly level: number
  /** A segment is begun anew at so many bytes. */
  readonly segmentBytes: number
  readonly onFault?: OnFault
}

export interface CompactSummary {
  readonly directory: string
  readonly frames: number
  readonly bytesBefore: number
  readonly bytesAfter: number
  readonly segmentsBefore: number
  readonly segmentsAfter: number
  /** Of the frames, before and after. */
  readonly digest: string
}

/**
 * Writes a recording anew, in few large segments and compressed harder than while it was recorded. Reads it back and
 * throws where a frame is not what it was. What is wrong with the old recording is told, and passed over.
 */
export async function compactRecording(
  path: string,
  directory: string,
  { clock, version, level, segmentBytes, onFault }: CompactOptions
): Promise<CompactSummary> {
  const recording = await openRecording(path)
  const { manifest, session = unknownSession(version) } = recording
  const writer = await RecordingWriter.create(directory, {
    clock,
    session,
    compression: 'zstd',
    compressionLevel: level,
    rotate: { bytes: segmentBytes },
    period: {
      started: recording.session?.started ?? formatTime((await firstReceivedAt(recording)) ?? 0n),
      ended: manifest?.ended ?? undefined
    }
  })
  const before = new FrameDigest()
  let isDamaged = false
  const noteFault: OnFault = fault => {
    isDamaged ||= isDamage(fault)
    onFault?.(fault)
  }
  try {
    for await (const batch of recording.batches(noteFault)) {
      before.add(batch)
      await writer.accept(batch)
    }
    if (isDamaged) {
      writer.amend({ incomplete: [...(session.incomplete ?? []), 'compacted from a damaged recording'] })
    }
  } finally {
    await writer.close()
  }
  const written = await openRecording(directory)
  const digest = before.end()
  if ((await digestOf(written)) !== digest) {
    throw new KwsError('storage', `${directory} does not hold the frames of ${path}; do not use it, and check the disk`)
  }
  return {
    directory,
    frames: writer.frames,
    bytesBefore: await fileBytes(recording),
    bytesAfter: await fileBytes(written),
    segmentsBefore: recording.segments.length,
    segmentsAfter: written.segments.length,
    digest
  }
}
