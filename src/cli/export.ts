import { Command, Option } from 'commander'
import { systemClock } from '../core/clock.ts'
import { TableExport } from '../export/table-export.ts'
import type { TableOutput } from '../export/table-output.ts'
import type { TableName } from '../export/tables.ts'
import { TABLE_NAMES, TABLES } from '../export/tables.ts'
import { FORMAT_NAMES } from '../export/formats.ts'
import type { FormatName } from '../export/formats.ts'
import { run } from '../pipeline.ts'
import { ReplayFeed } from '../replay/replay-feed.ts'
import type { CommonFlags } from './common.ts'
import { addCommonOptions, print } from './common.ts'
import { formatOf, openOutput, STANDARD_OUTPUT } from './export-output.ts'
import { showProgress } from './export-progress.ts'
import { warnOf } from './fault-log.ts'
import { createLog } from './log.ts'
import { openRecordings, RECORDINGS } from './recording-path.ts'
import { stopWhenAsked } from './stop.ts'
import { describeIrregularities, megabytes } from './text.ts'
import { rangeOf } from './replay-range.ts'
import { parseList } from './values.ts'

interface Flags extends CommonFlags {
  readonly table: TableName
  readonly format?: FormatName
  readonly out: string
  readonly partition?: true
  readonly from?: string
  readonly to?: string
  readonly markets?: readonly string[]
  readonly dir: string
}

const EXIT_FAILED = 1

export function command(): Command {
  const command = new Command('export')
    .description(
      'Writes what recordings hold as a table for DuckDB, Polars, pandas. Several are merged by receive time.'
    )
    .argument('[recordings...]', 'directories or segments (default: the newest recording)')
    .addOption(new Option('--table <name>', 'which table').choices(TABLE_NAMES).makeOptionMandatory())
    .addOption(
      new Option('--format <name>', 'how it is written (default: by the ending of PATH)').choices(FORMAT_NAMES)
    )
    .requiredOption('--out <path>', 'the file; - for standard output, csv and ndjson only')
    .option('--partition', 'a directory of files by UTC day and series: date=…/series=…/part-0.parquet')
    .option('--from <time>', 'rows from here on: RFC 3339, Unix seconds, or an offset such as +5m')
    .option('--to <time>', 'frames up to here')
    .option('--markets <tickers>', 'only these markets', parseList)
    .option('--dir <directory>', 'where recordings are', RECORDINGS)
    .addHelpText('after', '\nExample:\n  kws export recordings/sample --table trades --out trades.parquet\n')
    .action(async (paths: readonly string[], flags: Flags) => await exportTable(paths, flags))
  return addCommonOptions(command)
}

async function exportTable(paths: readonly string[], flags: Flags): Promise<void> {
  const log = createLog(flags.logLevel, flags.logJson === true)
  const clock = systemClock()
  const format = formatOf(flags)
  const table = TABLES[flags.table]
  const recordings = await openRecordings(paths, flags.dir)
  const range = await rangeOf(recordings, flags, log)
  const output = await openOutput(flags, format, table.columns)
  const stopping = new AbortController()
  const feed = new ReplayFeed(recordings, { ...range, clock, signal: stopping.signal, onFault: warnOf(log) })
  const sink = new TableExport(table, output, {
    isFiltered: connection => feed.isFiltered(connection),
    ...(range.from === undefined ? {} : { from: range.from }),
    ...(flags.markets === undefined ? {} : { markets: new Set(flags.markets) })
  })
  const started = clock.monotonic()
  const release = stopWhenAsked(() => stopping.abort(), clock)
  const stopShowing = await showProgress(feed, sink, recordings, range.to, clock)
  try {
    await run(feed, [sink])
  } finally {
    release()
    stopShowing()
  }
  if (stopping.signal.aborted) {
    process.exitCode = EXIT_FAILED
    log.warn('stopped: the table holds what had been read until then')
  }
  report(sink, output, { ...flags, format }, Number(clock.monotonic() - started) / 1e9)
  const unheard = (flags.markets ?? []).filter(ticker => sink.tracker.byTicker(ticker) === undefined)
  if (unheard.length > 0) log.warn(`no frame speaks of ${unheard.join(', ')}`)
}

function report(sink: TableExport, output: TableOutput, flags: Flags, seconds: number): void {
  const { table, format, out } = flags
  const { rows, frames, tracker } = sink
  const { files, bytes } = output
  if (flags.json === true) {
    const summary = { table, format, out, rows, frames, files, bytes, seconds, irregularities: tracker.counts }
    process.stdout.write(`${JSON.stringify(summary)}\n`)
  } else if (out !== STANDARD_OUTPUT) {
    print(
      flags,
      `exported ${rows} rows of ${table} from ${frames} frames in ${seconds.toFixed(2)} s`,
      `into     ${out}, ${megabytes(bytes)}${flags.partition === true ? ` in ${files} files` : ''}`,
      `data     ${describeIrregularities(tracker.counts)}`
    )
  }
}
