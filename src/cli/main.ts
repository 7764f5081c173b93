import { Command, CommanderError } from 'commander'
import { KwsError, oneLine, textOf } from '../core/errors.ts'
import { EXIT_DAMAGED, EXIT_FAILED, EXIT_USAGE } from './exit-code.ts'
import { endIfStray, ReaderGone, watchOutput } from './stray-failure.ts'
import { VERSION } from './version.ts'

interface Module {
  readonly command: () => Command
}

/** A command's file, and all that it stands on, is loaded only when the command is called: `--help` stays fast. */
const COMMANDS: Readonly<Record<string, { readonly summary: string; readonly load: () => Promise<Module> }>> = {
  demo: { summary: 'the whole round in under a minute, no account, no network', load: () => import('./demo.ts') },
  record: { summary: 'capture every frame of the exchange', load: () => import('./record.ts') },
  replay: { summary: 'play a recording through decoder, tracker and scanners', load: () => import('./replay.ts') },
  scan: { summary: 'run scanners on the live feed or on a recording', load: () => import('./scan.ts') },
  bench: { summary: 'measure this machine', load: () => import('./bench.ts') },
  'new-scanner': { summary: 'write a scanner to begin with', load: () => import('./new-scanner.ts') },
  serve: { summary: 'an exchange in a box, from a recording or invented', load: () => import('./serve.ts') },
  diff: { summary: 'name the first difference of two files of signals', load: () => import('./diff.ts') },
  info: { summary: 'what is in a recording', load: () => import('./info.ts') },
  verify: { summary: 'prove a recording', load: () => import('./verify.ts') },
  export: { summary: 'decoded tables for DuckDB, Polars, pandas', load: () => import('./export.ts') },
  compact: { summary: 'fewer and smaller segments for an old recording', load: () => import('./compact.ts') },
  index: { summary: 'make the cache that replays read', load: () => import('./index-recording.ts') },
  repair: { summary: 'recover what can be read of a damaged recording', load: () => import('./repair.ts') },
  merge: { summary: "one recording out of several recorders' of the same markets", load: () => import('./merge.ts') },
  stream: { summary: 'prices into a SQLite database', load: () => import('./stream.ts') },
  import: { summary: "turn others' captures into a recording", load: () => import('./import.ts') }
}

watchOutput()
const code = await main(process.argv)
process.exitCode = code
endIfStray(code)

async function main(argv: readonly string[]): Promise<number> {
  try {
    const program = await createProgram(argv[2] === 'help' ? argv[3] : argv[2])
    await program.parseAsync(argv)
    return Number(process.exitCode ?? 0)
  } catch (error) {
    return exitCodeOf(error, argv)
  }
}

async function createProgram(called: string | undefined): Promise<Command> {
  const program = new Command('kws')
    .description('Record the Kalshi exchange, replay it, and run the same scanners on both.')
    .version(VERSION)
    .addHelpText(
      'after',
      '\nExample:\n  kws demo        records, replays and scans a practice exchange on this machine\n'
    )
    .showSuggestionAfterError()
    .showHelpAfterError('(kws --help tells more)')
    .exitOverride()
  for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
    if (name === called) program.addCommand((await load()).command().summary(summary).exitOverride())
    else program.command(name).description(summary)
  }
  return program
}

function exitCodeOf(error: unknown, argv: readonly string[]): number {
  // Commander has printed its message, or the help, already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE
  if (error instanceof ReaderGone) return 0
  if (!(error instanceof KwsError)) {
    process.stderr.write(`${error instanceof Error ? error.stack : textOf(error)}\n`)
    return EXIT_FAILED
  }
  process.stderr.write(`kws: ${oneLine(error.message)}\n`)
  if (wantsStack(argv)) writeStacks(error)
  if (error.code === 'usage') return EXIT_USAGE
  return error.code === 'damaged' ? EXIT_DAMAGED : EXIT_FAILED
}

/** Of the error and of what caused it: where a scanner threw is told by the latter. */
function writeStacks(error: unknown): void {
  if (!(error instanceof Error)) return
  process.stderr.write(`${error.stack}\n`)
  writeStacks(error.cause)
}

function wantsStack(argv: readonly string[]): boolean {
  return argv.join(' ').replaceAll('=', ' ').includes('--log-level debug')
}
