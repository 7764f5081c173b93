import { Command, InvalidArgumentError } from 'commander'
import { systemClock } from '../core/clock.ts'
import type { CompactSummary } from '../recording/compact.ts'
import { compactRecording } from '../recording/compact.ts'
import { isDamage } from '../recording/segment-fault.ts'
import type { CommonFlags } from './common.ts'
import { addCommonOptions, print } from './common.ts'
import { EXIT_DAMAGED } from './exit-code.ts'
import { createLog } from './log.ts'
import { recordingPath } from './recording-path.ts'
import { describeFault, megabytes } from './text.ts'
import { parseBytes, parsePositive } from './values.ts'
import { VERSION } from './version.ts'

interface Flags extends CommonFlags {
  readonly out?: string
  readonly level: number
  readonly rotate: number
}

const LEVEL_MAX = 19

export function command(): Command {
  const command = new Command('compact')
    .description('Writes a recording anew, in few large segments and compressed harder; its frames stay byte for byte.')
    .argument('<recording>', 'a directory or one segment')
    .option('--out <directory>', 'the new recording (default: recordings/<UTC start time>)')
    .option('--level <n>', 'of zstd, 1 to 19: higher is smaller and slower', parseLevel, 9)
    .option('--rotate <size>', 'begin a new segment at a size', parseBytes, 1e9)
    .addHelpText('after', '\nExample:\n  kws compact recordings/tuesday --out archive/tuesday\n')
    .action(compact)
  return addCommonOptions(command)
}

async function compact(path: string, flags: Flags): Promise<void> {
  const log = createLog(flags.logLevel, flags.logJson === true)
  const clock = systemClock()
  const summary = await compactRecording(path, recordingPath(flags.out, clock), {
    clock,
    version: VERSION,
    level: flags.level,
    segmentBytes: flags.rotate,
    onFault(fault) {
      log.warn(describeFault(fault))
      if (isDamage(fault)) process.exitCode = EXIT_DAMAGED
    }
  })
  if (flags.json === true) process.stdout.write(`${JSON.stringify({ type: 'compact', ...summary })}\n`)
  print(flags, ...describe(summary))
}

function describe(summary: CompactSummary): string[] {
  const { frames, bytesBefore, bytesAfter, segmentsBefore, segmentsAfter, directory, digest } = summary
  const each = (bytes: number) => (frames === 0 ? '' : ` (${(bytes / frames).toFixed(1)} bytes a frame)`)
  return [
    `compacted ${frames} frames, the same byte for byte: ${digest}`,
    `before    ${megabytes(bytesBefore)} in ${segmentsBefore} segments${each(bytesBefore)}`,
    `after     ${megabytes(bytesAfter)} in ${segmentsAfter} segments${each(bytesAfter)}`,
    `into      ${directory}`
  ]
}

function parseLevel(text: string): number {
  const level = parsePositive(text)
  if (level > LEVEL_MAX) throw new InvalidArgumentError(`write a level between 1 and ${LEVEL_MAX}.`)
  return level
}
