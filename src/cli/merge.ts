import { Command } from 'commander'
import { systemClock } from '../core/clock.ts'
import type { Nanoseconds } from '../core/time.ts'
import { formatTime } from '../core/time.ts'
import type { MergeInput, MergeReport } from '../merge/merge-recordings.ts'
import { mergeRecordings } from '../merge/merge-recordings.ts'
import type { Holes } from '../merge/stretch.ts'
import type { CommonFlags } from './common.ts'
import { addCommonOptions, print } from './common.ts'
import { EXIT_DAMAGED } from './exit-code.ts'
import { createLog } from './log.ts'
import { recordingPath } from './recording-path.ts'
import { countOf } from './text.ts'
import { parseSeconds } from './values.ts'
import { VERSION } from './version.ts'

interface Flags extends CommonFlags {
  readonly out?: string
  readonly window: number
}

/** Of what is still missing so many lines of each kind are printed; `--json` has all. */
const LINES_MAX = 10

export function command(): Command {
  const command = new Command('merge')
    .description('Joins what several recorders recorded of the same markets: each fills the holes of the others.')
    .argument('<recordings...>', 'two or more; all frames of the first are kept as they are')
    .option('--out <directory>', 'the new recording (default: recordings/<UTC start time>)')
    .option('--window <duration>', 'within which both recorders get what both get', parseSeconds, 5)
    .addHelpText(
      'after',
      '\nEnds with 3 if something is missing still.\n\nExample:\n  kws merge recordings/here recordings/there --out recordings/both\n'
    )
    .action(merge)
  return addCommonOptions(command)
}

async function merge(paths: readonly string[], flags: Flags): Promise<void> {
  const log = createLog(flags.logLevel, flags.logJson === true)
  const clock = systemClock()
  const window = BigInt(Math.round(flags.window * 1e9))
  const report = await mergeRecordings(paths, recordingPath(flags.out, clock), { clock, version: VERSION, window })
  for (const doubt of report.doubts) log.warn(doubt)
  if (flags.json === true) process.stdout.write(`${JSON.stringify(toJson(report))}\n`)
  print(flags, ...describe(report))
  if (isOpen(report.open)) process.exitCode = EXIT_DAMAGED
}

function isOpen({ gaps, lost, outages }: Holes): boolean {
  return gaps.length + lost.length + outages.length > 0
}

function describe({ directory, frames, inputs, open }: MergeReport): string[] {
  return [
    ...inputs.flatMap(describeInput),
    `merged    ${frames} frames; ${holesOf(open)}`,
    ...missingLines(open),
    `into      ${directory}`
  ]
}

function describeInput({ recording, frames, holes, counts }: MergeInput): string[] {
  const line = (counts === undefined ? 'base' : 'other').padEnd(10)
  const lines = [`${line}${recording}: ${frames} frames; ${holesOf(holes)}`]
  if (counts === undefined) return lines
  const { duplicates, snapshots, repeated, spliced, added, control, made, doubted, baseGaps, filledGaps } = counts
  const { otherGaps, sharedGaps } = counts
  return lines.concat(
    `          filled ${filledGaps} of ${countOf(baseGaps, 'gap')} of the base; of its own ${otherGaps} the base has all but ${sharedGaps}`,
    `          dropped ${countOf(duplicates, 'duplicate')}, ${countOf(snapshots, 'snapshot')}, ${repeated} repeated`,
    `          took ${countOf(spliced, 'frame')} into the base's seq, ${added} beside it, ${control} of its connections`,
    `          made ${countOf(made, 'snapshot')}, gave up ${countOf(doubted, 'book')}`
  )
}

function holesOf({ gaps, lost, outages }: Holes): string {
  const seconds = lost.reduce((sum, { from, to }) => sum + Number(to - from) / 1e9, 0)
  const parts = [
    countOf(gaps.length, 'gap'),
    countOf(outages.length, 'outage'),
    `books lost for ${seconds.toFixed(3)} s of their markets' time`
  ]
  return parts.join(', ')
}

function period(from: Nanoseconds, to: Nanoseconds): string {
  return `${formatTime(from)} to ${formatTime(to)}`
}

function missingLines({ gaps, lost, outages }: Holes): string[] {
  const kinds = [
    gaps.map(
      ({ time, connection, sid, expected, received }) =>
        `gap       ${formatTime(time ?? 0n)} connection ${connection} sid ${sid}: ${countOf(received - expected, 'frame')}`
    ),
    lost.map(({ market, from, to }) => `book      ${market} ${period(from, to)}`),
    outages.map(({ from, to }) => `outage    ${period(from, to)}: nobody was connected`)
  ]
  return kinds.flatMap(lines =>
    lines.length <= LINES_MAX
      ? lines
      : [...lines.slice(0, LINES_MAX), `…         ${lines.length - LINES_MAX} more; --json tells all`]
  )
}

function toJson({ directory, frames, inputs, open, doubts }: MergeReport): object {
  return {
    type: 'merge',
    directory,
    frames,
    inputs: inputs.map(({ recording, frames, first, last, holes, counts }) => ({
      recording,
      frames,
      from: timeOf(first),
      to: timeOf(last),
      ...holesJson(holes),
      ...(counts === undefined ? {} : { counts })
    })),
    open: holesJson(open),
    doubts
  }
}

function holesJson({ gaps, lost, outages }: Holes): object {
  return {
    gaps: gaps.map(({ time, connection, sid, expected, received }) => ({
      time: timeOf(time ?? undefined),
      connection,
      sid,
      expected,
      received
    })),
    lost: lost.map(({ market, from, to }) => ({ market, from: formatTime(from), to: formatTime(to) })),
    outages: outages.map(({ from, to }) => ({ from: formatTime(from), to: formatTime(to) }))
  }
}

function timeOf(time: Nanoseconds | undefined): string | null {
  return time === undefined ? null : formatTime(time)
}
