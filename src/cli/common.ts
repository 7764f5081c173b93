import type { Command } from 'commander'
import { Option } from 'commander'
import type { LogLevel } from './log.ts'
import { LOG_LEVELS } from './log.ts'

/** The flags that every command has. */
export interface CommonFlags {
  readonly json?: true
  readonly logLevel: LogLevel
  readonly logJson?: true
}

export function addCommonOptions(command: Command): Command {
  return command
    .option('--json', 'standard output is one JSON object a line and nothing else')
    .addOption(new Option('--log-level <level>', 'how much to log').choices(LOG_LEVELS).default('info'))
    .option('--log-json', 'log as JSON lines')
}

/** A line of the human output; nothing with `--json`. */
export function print(flags: CommonFlags, ...lines: readonly string[]): void {
  if (flags.json !== true) process.stdout.write(`${lines.join('\n')}\n`)
}
