import { Command } from 'commander'
import { systemClock } from '../core/clock.ts'
import type { ImportSummary } from '../recording/import-capture.ts'
import { importCaptures } from '../recording/import-capture.ts'
import type { CommonFlags } from './common.ts'
import { addCommonOptions, print } from './common.ts'
import { EXIT_DAMAGED } from './exit-code.ts'
import { createLog } from './log.ts'
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
  for (const reason of summary.incomplete) createLog(flags.logLevel, flags.logJson === true).error(reason)
  if (summary.incomplete.length > 0) process.exitCode = EXIT_DAMAGED
  if (flags.json === true) process.stdout.write(`${JSON.stringify(summary)}\n`)
  else print(flags, ...describe(summary))
}

function describe({ directory, frames, connections, forms, lacks, incomplete }: ImportSummary): string[] {
  const notJson = forms['not JSON']
  return [
    `imported ${frames} frames over ${connections} connections`,
    ...(notJson === 0 ? [] : [`         ${notJson} lines are not JSON; they are frames as they stand`]),
    `into     ${directory}${incomplete.length === 0 ? '' : ' (marked as incomplete)'}`,
    `lacks    ${lacks.join('; ') || 'nothing'}`
  ]
}
