import { Argument, Command } from 'commander'
import { KwsError } from '../core/errors.ts'
import type { CommonFlags } from './common.ts'
import { addCommonOptions } from './common.ts'

interface Bench {
  /** Prints what it measured; false where that is not good enough. */
  readonly run: (options: BenchOptions) => Promise<boolean>
}

interface BenchOptions {
  readonly json: boolean
  readonly write: boolean
  readonly large: boolean
}

interface Flags extends CommonFlags {
  readonly write?: true
  readonly large?: true
}

const TABLE = 'table'

/** They lie beside the sources and drive what is built, as a user's program does. */
const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  [TABLE]: () => load('table', 'benchTable'),
  record: () => load('record', 'benchRecord'),
  serve: () => load('serve', 'benchServe'),
  growth: () => load('growth', 'benchGrowth'),
  pacing: () => load('pacing', 'benchPacing'),
  live: () => load('live', 'benchLive'),
  scan: () => load('scan', 'benchScan'),
  stream: () => load('stream', 'benchStream')
}

export function command(): Command {
  const command = new Command('bench')
    .description('Measures this machine: ratios of what was run in turns, since other work may share it.')
    .addArgument(new Argument('[name]', 'what to measure').choices(Object.keys(BENCHES)).default(TABLE))
    .option('--write', 'keep the table as bench/results.md')
    .option('--large', 'growth: 50 million frames too')
    .addHelpText('after', EXAMPLES)
    .action(bench)
  return addCommonOptions(command)
}

const EXAMPLES = `
Examples:
  kws bench          replay against the obvious way and other programs, one table
  kws bench growth   time per frame from 1 to 10,000 markets, from 1 to 10 million frames
  kws bench pacing   how close to its due time a frame is replayed
  kws bench record   storing what comes from a socket
  kws bench live     how soon a scanner sees a change
  kws bench stream   a recording into SQLite
`

async function bench(name: string, flags: Flags): Promise<void> {
  const found = await BENCHES[name]?.()
  if (found === undefined) throw new KwsError('usage', `there is no bench ${name}`)
  const { json = false, write = false, large = false } = flags
  if (!(await found.run({ json, write, large }))) process.exitCode = 1
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
