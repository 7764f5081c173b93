import type { Logger } from 'pino'
import type { Nanoseconds } from '../core/time.ts'
import { isMultivariate } from '../market/market-choice.ts'
import type { MarketTracker } from '../market/market-tracker.ts'
import type { MessageObserver } from '../pipeline.ts'
import { Pipeline } from '../pipeline.ts'
import type { ScannerFailure } from '../scan/scan-engine.ts'
import { describeFailure } from '../scan/scan-engine.ts'
import type { Scanner } from '../scan/scanner.ts'
import { NdjsonSink, SignalDigest } from '../sink/ndjson-sink.ts'
import { formatTable } from '../sink/text-table.ts'
import type { CommonFlags } from './common.ts'
import { print } from './common.ts'
import type { LiveFlags } from './live-options.ts'
import { loadScanners } from './load-scanner.ts'
import type { OutcomeWatch } from './outcomes.ts'
import { watchOutcomes } from './outcomes.ts'
import type { ScanFlags } from './scan-options.ts'
import { countOf, describeIrregularities } from './text.ts'

/** What replay and live scan have in common: the scanners, where their signals go, and what is said at the end. */
export interface ScanPipeline {
  readonly scanners: readonly Scanner[]
  readonly pipeline: Pipeline
  readonly signals: SignalDigest
  /** Undefined where nobody wants to know. */
  readonly outcomes: OutcomeWatch | undefined
}

export interface PipelineSetting {
  readonly isFiltered?: (connection: number) => boolean
  readonly signalsFrom?: Nanoseconds | undefined
  readonly observer?: MessageObserver
}

/** Whose markets a live feed follows. */
type FollowedFlags = Pick<Partial<LiveFlags>, 'series' | 'events'>

const FAILURES_LOGGED = 5

export function createScanPipeline(
  scanners: readonly Scanner[],
  flags: ScanFlags & CommonFlags & FollowedFlags,
  log: Logger,
  { isFiltered, signalsFrom, observer }: PipelineSetting = {}
): ScanPipeline {
  const { series = [], events = [], outcomes: horizons, feeMultipliers: seriesFees } = flags
  const signals = new SignalDigest()
  const output = flags.json === true ? new NdjsonSink(process.stdout) : undefined
  const tracker = () => pipeline.tracker
  const outcomes = horizons && watchOutcomes({ horizons, scanners, tracker, seriesFees, output })
  const pipeline: Pipeline = new Pipeline({
    scanners,
    sinks: [signals, output, outcomes?.meter].filter(sink => sink !== undefined),
    ...outcomes?.hooks,
    strict: flags.strict === true,
    maxMarkets: flags.maxMarkets,
    multivariate: flags.multivariate === true || [...series, ...events].some(isMultivariate),
    onFailure: logFailures(log),
    ...(isFiltered === undefined ? {} : { isFiltered }),
    ...(signalsFrom === undefined ? {} : { signalsFrom }),
    ...(observer === undefined ? {} : { observer }),
    ...(flags.markets === undefined ? {} : { markets: new Set(flags.markets) })
  })
  return { scanners, pipeline, signals, outcomes }
}

export async function scannersFrom(names: readonly string[], flags: ScanFlags): Promise<Scanner[]> {
  const { filter: filters, exclusive, feeMultipliers: seriesFees, ...options } = flags
  return await loadScanners(names.length === 0 ? ['movers'] : names, {
    ...options,
    ...(filters !== undefined && { filters }),
    ...(exclusive !== undefined && { exclusive: new Set(exclusive) }),
    ...(seriesFees !== undefined && { seriesFees })
  })
}

/** Settled markets are forgotten without a word; of those that trade a scanner has lost sight. */
function warnOfForgotten({ forgotten }: MarketTracker, log: Logger): void {
  if (forgotten.idle === 0) return
  log.warn(`${countOf(forgotten.idle, 'idle market')} had to be forgotten; --max-markets allows for more`)
}

/** A scanner that throws at every frame must not fill the terminal. */
function logFailures(log: Logger): (failure: ScannerFailure) => void {
  let failures = 0
  return failure => {
    failures++
    if (failures <= FAILURES_LOGGED) log.error(describeFailure(failure))
    if (failures === FAILURES_LOGGED) log.error('further failures are only counted')
  }
}

/** The ranking of every scanner that has one; with `--json`, which shows none, they are not even asked. */
export function tablesOf({ pipeline }: ScanPipeline, { top, json }: ScanFlags & CommonFlags): string[] {
  if (json === true) return []
  return pipeline.rank(top).flatMap(({ scanner, table }) => [scanner, ...formatTable(table), ''])
}

/** What is said at the end: the tables, and a summary. */
export function reportScan(
  scan: ScanPipeline,
  flags: CommonFlags & ScanFlags,
  log: Logger,
  played: string,
  tables = tablesOf(scan, flags)
): void {
  const { pipeline, signals } = scan
  const failures = pipeline.scannerFailures
  if (failures > 0) log.warn(`scanners threw ${failures} times`)
  const unheard = (flags.markets ?? []).filter(ticker => pipeline.tracker.byTicker(ticker) === undefined)
  warnOfForgotten(pipeline.tracker, log)
  if (unheard.length > 0) log.warn(`no frame speaks of ${unheard.join(', ')}`)
  // With --json, standard output is for signals alone.
  if (flags.json === true) log.info(`frames ${played}, signals ${signals.count}, sha256 ${signals.digest()}`)
  print(
    flags,
    ...tables,
    ...(scan.outcomes?.table() ?? []),
    `frames   ${played}`,
    `signals  ${signals.count}, sha256 ${signals.digest()}`,
    `data     ${describeIrregularities(pipeline.tracker.counts)}`
  )
}
