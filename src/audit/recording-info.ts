import { formatTime } from '../core/time.ts'
import type { IrregularityCounts } from '../market/irregularity.ts'
import type { Recording } from '../recording/recording.ts'
import { fileBytes } from '../recording/recording.ts'
import type { SegmentFault } from '../recording/segment-fault.ts'
import { FrameSurvey } from './frame-survey.ts'

/** What is in a recording. Times are RFC 3339, null where there are no frames. */
export interface RecordingInfo {
  readonly recording: string
  readonly frames: number
  readonly from: string | null
  readonly to: string | null
  /** From the first frame to the last. */
  readonly seconds: number
  readonly payloadBytes: number
  readonly fileBytes: number
  readonly segments: number
  /** The capture was cut down to some markets, so that `seq` may jump. */
  readonly filtered: boolean
  /** Why frames are not in it that should be, in words. */
  readonly incomplete: readonly string[]
  readonly connections: number
  /** What the session asked for, and what was acknowledged. */
  readonly channels: readonly string[]
  /** Frames that speak of a market, by ticker. */
  readonly markets: Readonly<Record<string, number>>
  readonly kinds: Readonly<Record<string, number>>
  readonly types: Readonly<Record<string, number>>
  readonly irregularities: Readonly<IrregularityCounts>
  /** What is wrong with the files. Their complete batches were read all the same. */
  readonly faults: readonly SegmentFault[]
}

/** Reads the whole recording once, in constant memory. */
export async function inspectRecording(recording: Recording): Promise<RecordingInfo> {
  const faults: SegmentFault[] = []
  const survey = new FrameSurvey(recording.filtered)
  for await (const batch of recording.batches(fault => faults.push(fault))) survey.add(batch)
  const { first, last } = survey
  return {
    recording: recording.path,
    frames: survey.frames,
    from: first === null ? null : formatTime(first),
    to: last === null ? null : formatTime(last),
    seconds: first === null || last === null ? 0 : Number(last - first) / 1e9,
    payloadBytes: survey.payloadBytes,
    fileBytes: await fileBytes(recording),
    segments: recording.segments.length,
    filtered: recording.filtered,
    incomplete: recording.manifest?.incomplete ?? [],
    connections: survey.connections.size,
    channels: [...new Set([...(recording.manifest?.channels ?? []), ...survey.channels])],
    markets: mostFirst(survey.markets),
    kinds: mostFirst(survey.kinds),
    types: mostFirst(survey.types),
    irregularities: survey.irregularities,
    faults
  }
}

function mostFirst(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1)))
}
