import { Command } from 'commander'
import type { RecordingInfo } from '../audit/recording-info.ts'
import { inspectRecording } from '../audit/recording-info.ts'
import { isDamage } from '../recording/segment-fault.ts'
import type { CommonFlags } from './common.ts'
import { addCommonOptions, print } from './common.ts'
import { EXIT_DAMAGED } from './exit-code.ts'
import { openRecordings, RECORDINGS } from './recording-path.ts'
import { countOf, describeFault, describeIrregularities, megabytes, perSecond } from './text.ts'

interface Flags extends CommonFlags {
  readonly dir: string
}

const MARKETS_SHOWN = 10

export function command(): Command {
  const command = new Command('info')
    .description('Tells what is in a recording: times, channels, markets, frames by kind and type, gaps.')
    .argument('[recording]', 'a directory or one segment (default: the newest recording)')
    .option('--dir <directory>', 'where recordings are', RECORDINGS)
    .addHelpText('after', '\nExample:\n  kws info recordings/sample\n')
    .action(info)
  return addCommonOptions(command)
}

async function info(path: string | undefined, flags: Flags): Promise<void> {
  const [recording] = await openRecordings(path === undefined ? [] : [path], flags.dir)
  if (recording === undefined) return
  const result = await inspectRecording(recording)
  if (flags.json === true) process.stdout.write(`${JSON.stringify(result)}\n`)
  else print(flags, ...describe(result))
  if (result.faults.some(isDamage)) process.exitCode = EXIT_DAMAGED
}

function describe(info: RecordingInfo): string[] {
  const { frames, seconds } = info
  return [
    `recording  ${info.recording}${info.filtered ? ' (filtered: seq may jump)' : ''}`,
    ...info.incomplete.map(reason => `incomplete ${reason}`),
    `time       ${info.from ?? '-'} to ${info.to ?? '-'}, ${seconds.toFixed(3)} s`,
    `frames     ${frames}, ${perSecond(frames, seconds)} a second, over ${countOf(info.connections, 'connection')}`,
    `size       ${megabytes(info.fileBytes)} in ${countOf(info.segments, 'segment')}, ${megabytes(info.payloadBytes)} of payload`,
    `channels   ${info.channels.join(', ') || '-'}`,
    `kinds      ${listOf(info.kinds)}`,
    `types      ${listOf(info.types)}`,
    `markets    ${marketsOf(info.markets)}`,
    `data       ${describeIrregularities(info.irregularities)}`,
    `files      ${info.faults.map(describeFault).join('; ') || 'whole'}`
  ]
}

function marketsOf(markets: Readonly<Record<string, number>>): string {
  const entries = Object.entries(markets)
  const shown = listOf(Object.fromEntries(entries.slice(0, MARKETS_SHOWN))) || '-'
  return entries.length > MARKETS_SHOWN ? `${entries.length}, most frames: ${shown}` : shown
}

function listOf(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ')
}
