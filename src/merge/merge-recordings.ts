import type { Clock } from '../core/clock.ts'
import { KwsError } from '../core/errors.ts'
import { formatTime } from '../core/time.ts'
import type { Nanoseconds } from '../core/time.ts'
import type { SessionInfo } from '../recording/manifest.ts'
import type { Recording } from '../recording/recording.ts'
import { openRecording } from '../recording/recording.ts'
import { RecordingWriter } from '../recording/recording-writer.ts'
import type { Input } from './intake.ts'
import { Joint } from './joint.ts'
import type { MergeCounts } from './merge-counts.ts'
import type { Holes } from './stretch.ts'
import { Stretch } from './stretch.ts'

export interface MergeOptions {
  readonly clock: Clock
  /** Of kws. */
  readonly version: string
  /** In which both recorders have got whatever both get. */
  readonly window: Nanoseconds
}

/** One of the recordings that were merged. */
export interface MergeInput {
  readonly recording: string
  readonly frames: number
  readonly first: Nanoseconds | undefined
  readonly last: Nanoseconds | undefined
  readonly holes: Holes
  /** What became of its frames; undefined for the base, of which all are kept. */
  readonly counts: MergeCounts | undefined
}

export interface MergeReport {
  readonly directory: string
  readonly frames: number
  /** The base first. */
  readonly inputs: readonly MergeInput[]
  /** What none of them had. */
  readonly open: Holes
  /** What may be not as whoever merges believes, in words. */
  readonly doubts: readonly string[]
}

interface Surveyed extends Omit<MergeInput, 'counts'> {
  readonly opened: Recording
  readonly lastConnection: number
}

/**
 * Joins recordings that several recorders made of the same markets into a new one. All frames of the first are in it; what
 * it lacks is taken from the others. The first that is not filtered is taken for the first. Each is read twice, in constant
 * memory. Throws where one is damaged, before anything is written.
 */
export async function mergeRecordings(
  paths: readonly string[],
  directory: string,
  { clock, version, window }: MergeOptions
): Promise<MergeReport> {
  const surveyed: Surveyed[] = []
  for (const path of paths) surveyed.push(await survey(path))
  if (surveyed.length < 2) throw new KwsError('usage', 'name at least two recordings to be merged')
  // The first can be the base unless it does not tell what it lacks.
  const rank = ({ opened }: Surveyed) => (isMerged(opened) ? 2 : Number(opened.filtered))
  surveyed.sort((one, other) => rank(one) - rank(other))
  const [base, ...others] = surveyed
  if (base === undefined || isMerged(base.opened)) {
    throw new KwsError('usage', `${base?.recording} and all others are merged already; merge what they were made of`)
  }
  const joints: Joint[] = []
  const { batches } = joinAll(base, others, window, joints)
  const result = new Stretch(
    base.opened.filtered,
    surveyed.every(({ opened }) => areTimesReal(opened))
  )
  const writer = await RecordingWriter.create(directory, {
    clock,
    session: sessionOf(surveyed, version),
    period: periodOf(surveyed)
  })
  try {
    for await (const batch of batches) {
      result.accept(batch)
      await writer.accept(batch)
    }
    writer.amend({ counters: totalOf(joints) })
  } finally {
    await writer.close()
  }
  const inputs = surveyed.map((input, index) => describe(input, joints[index - 1]))
  return { directory, frames: writer.frames, inputs, open: result.end(), doubts: doubtsOf(inputs) }
}

/** Each takes what it lacks from those behind it, of which the first has taken what it lacks. */
function joinAll(base: Surveyed, others: readonly Surveyed[], window: Nanoseconds, joints: Joint[]): Input {
  const { filtered } = base.opened
  const firstWoven = isMerged(base.opened) ? 0 : base.lastConnection + 1
  const input: Input = { batches: base.opened.batches(), filtered, firstWoven }
  const [next, ...rest] = others
  if (next === undefined) return input
  const firstConnection = base.lastConnection + 1
  const joint = new Joint({ base: input, other: joinAll(next, rest, window, joints), window, firstConnection })
  joints.unshift(joint)
  return { batches: joint.frames(), filtered, firstWoven }
}

async function survey(path: string): Promise<Surveyed> {
  const opened = await openRecording(path)
  const stretch = new Stretch(opened.filtered, areTimesReal(opened))
  const batches = opened.batches(fault => {
    // Of a killed recorder all complete batches are there.
    if (fault.type === 'unsealed' || fault.type === 'unlisted') return
    throw new KwsError('damaged', `${fault.file} is damaged; kws repair ${path} first, and merge what it gives`)
  })
  for await (const batch of batches) stretch.accept(batch)
  const holes = stretch.end()
  const { frames, first, last, lastConnection } = stretch
  return { opened, recording: path, frames, first, last, lastConnection, holes }
}

/** On connections that a merge has written not all is told though no `seq` is missing: some is on others. */
function isMerged({ session }: Recording): boolean {
  return session?.source.type === 'merge'
}

/** Those of a capture may have been made up. */
function areTimesReal({ manifest }: Recording): boolean {
  return (manifest?.counters['untimed'] ?? 0) === 0
}

function sessionOf(surveyed: readonly Surveyed[], version: string): SessionInfo {
  const sessions = surveyed.map(({ opened }) => opened.session)
  const alters = [
    'in a frame with monotonic time 0 sid and seq are not those of the wire: it fills a place in the run of another recorder, or has a new place in its own',
    'an orderbook_snapshot with monotonic time 0 and without seq was made of the frames before it',
    'a sent update_subscription with monotonic time 0 was made: it says that a book cannot be relied on'
  ]
  const incomplete = sessions.flatMap(session => session?.incomplete ?? [])
  // No markets means all of them.
  const isOfAll = sessions.some(session => session === undefined || session.markets.length === 0)
  return {
    version,
    source: { type: 'merge', recordings: surveyed.map(({ recording }) => recording), alters },
    filtered: surveyed[0]?.opened.filtered ?? false,
    channels: [...new Set(sessions.flatMap(session => session?.channels ?? []))],
    markets: isOfAll ? [] : [...new Set(sessions.flatMap(session => session?.markets ?? []))],
    ...(incomplete.length === 0 ? {} : { incomplete }),
    counters: {}
  }
}

function periodOf(surveyed: readonly Surveyed[]): { readonly started: string; readonly ended: string | undefined } {
  const firsts = surveyed.flatMap(
    ({ first, opened }) => opened.session?.started ?? (first === undefined ? [] : formatTime(first))
  )
  const lasts = surveyed.flatMap(
    ({ last, opened }) => opened.manifest?.ended ?? (last === undefined ? [] : formatTime(last))
  )
  return { started: firsts.sort()[0] ?? formatTime(0n), ended: lasts.sort().at(-1) }
}

function totalOf(joints: readonly Joint[]): Record<string, number> {
  const total: Record<string, number> = {}
  for (const { counts } of joints) {
    for (const [name, count] of Object.entries(counts) as [string, number][]) total[name] = (total[name] ?? 0) + count
  }
  return total
}

function describe({ recording, frames, first, last, holes }: Surveyed, joint: Joint | undefined): MergeInput {
  return { recording, frames, first, last, holes, counts: joint?.counts }
}

function doubtsOf([base, ...others]: readonly MergeInput[]): readonly string[] {
  return others.flatMap(({ recording, first, last, counts }) => {
    if (base?.first === undefined || base.last === undefined || first === undefined || last === undefined) {
      return [`${recording} or ${base?.recording} has no frames`]
    }
    if (first > base.last || last < base.first) {
      return [
        `${recording} and ${base.recording} do not overlap in time: they follow on each other, and neither fills a hole of the other`
      ]
    }
    if (counts?.duplicates === 0) {
      return [
        `${recording} and ${base.recording} have no message in common: they are of other markets, or their clocks differ by more than --window`
      ]
    }
    return []
  })
}
