import { Command } from 'commander'
import { systemClock } from '../core/clock.ts'
import { describeLoss } from '../recording/losses.ts'
import type { RepairSummary } from '../recording/repair.ts'
import { repairRecording } from '../recording/repair.ts'
import type { CommonFlags } from './common.ts'
import { addCommonOptions, print } from './common.ts'
import { EXIT_DAMAGED, EXIT_FAILED } from './exit-code.ts'
import { recordingPath } from './recording-path.ts'
import { VERSION } from './version.ts'

interface Flags extends CommonFlags {
  readonly out?: string
}

export function command(): Command {
  const command = new Command('repair')
    .description('Recovers every complete batch of a torn or damaged recording into a new one; only reads the old one.')
    .argument('<recording>', 'a directory or one segment')
    .option('--out <directory>', 'the repaired recording (default: recordings/<UTC start time>)')
    .addHelpText(
      'after',
      '\nEnds with 0 if nothing was lost, 3 if something was, 1 if nothing could be recovered.\n\nExample:\n  kws repair recordings/torn --out recordings/repaired\n'
    )
    .action(repair)
  return addCommonOptions(command)
}

async function repair(path: string, flags: Flags): Promise<void> {
  const summary = await repairRecording(path, recordingPath(flags.out, systemClock()), VERSION)
  if (flags.json === true) process.stdout.write(`${JSON.stringify({ type: 'repair', ...summary })}\n`)
  print(flags, ...describe(summary))
  if (summary.losses.length > 0) process.exitCode = summary.frames === 0 ? EXIT_FAILED : EXIT_DAMAGED
}

function describe({ directory, frames, losses, intact, rewritten }: RepairSummary): string[] {
  return [
    `recovered ${frames} frames; of ${intact + rewritten} segments ${intact} were whole, ${rewritten} are written anew`,
    ...losses.map(loss => `lost      ${describeLoss(loss)}`),
    ...(losses.length === 0 ? ['lost      nothing'] : []),
    `into      ${directory}`
  ]
}
