import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { Command } from 'commander'
import { LineReader } from '../audit/line-reader.ts'
import type { SignalDifference } from '../audit/signal-diff.ts'
import { compareSignals } from '../audit/signal-diff.ts'
import { KwsError, reasonOf } from '../core/errors.ts'
import type { CommonFlags } from './common.ts'
import { addCommonOptions, print } from './common.ts'

const EXIT_DIFFERENT = 3

export function command(): Command {
  const command = new Command('diff')
    .description('Compares two files of signals and names the first difference: its line and its key.')
    .argument('<a>', 'signals, one JSON object a line; - for standard input')
    .argument('<b>', 'the signals to compare them with')
    .addHelpText(
      'after',
      '\nExample:\n  kws replay recordings/sample --json | kws diff - recordings/sample/signals.ndjson\n'
    )
    .action(diff)
  return addCommonOptions(command)
}

async function diff(a: string, b: string, flags: CommonFlags): Promise<void> {
  if (a === '-' && b === '-') throw new KwsError('usage', 'standard input cannot be compared with itself')
  const streams = [streamOf(a), streamOf(b)] as const
  try {
    const [left, right] = [new LineReader(a, streams[0]), new LineReader(b, streams[1])]
    const { equalLines, difference } = await compareSignals(left, right)
    if (difference !== null) process.exitCode = EXIT_DIFFERENT
    if (flags.json === true) {
      const result = { type: 'diff', equal: difference === null, equalLines, ...difference }
      process.stdout.write(`${JSON.stringify(result)}\n`)
    }
    print(flags, ...(difference === null ? [`equal     ${equalLines} signals`] : describe(difference, a, b)))
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw new KwsError('not_found', `cannot read the signals: ${reasonOf(error)}`, { cause: error })
  } finally {
    for (const stream of streams) stream.destroy()
  }
}

function streamOf(path: string): Readable {
  return path === '-' ? process.stdin : createReadStream(path)
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error
}

function describe({ line, key, a, b }: SignalDifference, nameA: string, nameB: string): string[] {
  return [
    `different at line ${line}${key === null ? '' : `: ${key}`}`,
    a === null ? `${nameA} has no more lines` : `< ${a}`,
    b === null ? `${nameB} has no more lines` : `> ${b}`
  ]
}
