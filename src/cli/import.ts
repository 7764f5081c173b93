import { Command } from 'commander'
import { systemClock } from '../core/clock.ts'
import { importCaptures } from '../recording/import-capture.ts'
import type { CommonFlags } from './common.ts'
import { addCommonOptions, print } from './common.ts'
import { recordingPath } from './recording-path.ts'
import { VERSION } from './version.ts'

interface Flags extends CommonFlags {
  readonly out?: string
  readonly filtered?: true
}

export function command(): Command {
  const command = new Command('import')
    .description("Turns others' captures (NDJSON, also gzipped) into a recording: one frame a line.")
    .argument('<files...>', '{recv_ns|recv_ms|ts…, raw|event|msg} a line, or bare frames')
    .option('--out <directory>', 'the recording (default: recordings/<UTC start time>)')
    .option('--filtered', 'the capture was cut down to some markets, so that seq may jump')
    .addHelpText('after', '\nExample:\n  kws import capture.jsonl.gz --filtered\n')
    .action(importFiles)
  return addCommonOptions(command)
}

async function importFiles(files: readonly string[], flags: Flags): Promise<void> {
  const clock = systemClock()
  const directory = recordingPath(flags.out, clock)
  const summary = await importCaptures(files, directory, { clock, version: VERSION, filtered: flags.filtered === true })
  if (flags.json === true) {
    process.stdout.write(`${JSON.stringify(summary)}\n`)
    return
  }
  print(
    flags,
    `imported ${summary.frames} frames over ${summary.connections} connections`,
    `into     ${directory}`,
    `lacks    ${summary.lacks.join('; ') || 'nothing'}`
  )
}
