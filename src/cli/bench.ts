import { Argument, Command } from 'commander'
import { KwsError } from '../core/errors.ts'
import type { CommonFlags } from './common.ts'
import { addCommonOptions } from './common.ts'

interface Bench {
  /** Prints what it measured; false where that is not good enough. */
  readonly run: (options: { readonly json: boolean }) => Promise<boolean>
}

/** They lie beside the sources and drive what is built, as a user's program does. */
const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  record: () => load('record', 'benchRecord'),
  serve: () => load('serve', 'benchServe'),
  live: () => load('live', 'benchLive'),
  scan: () => load('scan', 'benchScan'),
  stream: () => load('stream', 'benchStream')
}

export function command(): Command {
  const command = new Command('bench')
    .description('Measures this machine: ratios of what was run in turns, since other work may share it.')
    .addArgument(new Argument('<name>', 'what to measure').choices(Object.keys(BENCHES)))
    .addHelpText(
      'after',
      '\nExamples:\n  kws bench record\n  kws bench live     how soon a scanner sees a change\n  kws bench stream   a recording into SQLite\n'
    )
    .action(bench)
  return addCommonOptions(command)
}

async function bench(name: string, flags: CommonFlags): Promise<void> {
  const found = await BENCHES[name]?.()
  if (found === undefined) throw new KwsError('usage', `there is no bench ${name}`)
  if (!(await found.run({ json: flags.json === true }))) process.exitCode = 1
}

async function load(name: string, exported: string): Promise<Bench> {
  const module = (await import(new URL(`../../bench/${name}.mjs`, import.meta.url).href)) as Record<
    string,
    Bench['run']
  >
  const run = module[exported]
  if (run === undefined) throw new TypeError(`bench/${name}.mjs has no ${exported}`)
  return { run }
}
