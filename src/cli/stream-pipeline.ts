import type { Microseconds } from '../core/time.ts'
import type { IrregularityCounts } from '../market/irregularity.ts'
import type { LiveCounters } from '../live/live-event.ts'
import type { PipelineOptions } from '../pipeline.ts'
import { Pipeline } from '../pipeline.ts'
import { PriceDatabase } from '../sink/sqlite/price-database.ts'
import type { CommonFlags } from './common.ts'
import { print } from './common.ts'
import { countOf, describeIrregularities, describeNetwork, perSecond } from './text.ts'

export interface StreamFlags {
  readonly db: string
  readonly dedupe: Microseconds
  readonly markets?: readonly string[] | undefined
}

/** A pipeline and the database that follows it, in the order in which they are sinks. */
export interface Stream {
  readonly pipeline: Pipeline
  readonly database: PriceDatabase
}

export function createStream(
  { db, dedupe, markets }: StreamFlags,
  options: Pick<PipelineOptions, 'observer' | 'isFiltered'>
): Stream {
  const chosen = markets === undefined ? {} : { markets: new Set(markets) }
  const database = new PriceDatabase(db, { window: dedupe, ...chosen })
  const pipeline: Pipeline = new Pipeline({
    scanners: [],
    sinks: [],
    ...options,
    ...chosen,
    onIrregularity: irregularity => database.irregular(irregularity),
    onFrame: (message, isApplied, batch, row) => database.onFrame(message, isApplied, batch, row, pipeline.tracker)
  })
  return { pipeline, database }
}

/** `counters` are those of a live feed. */
export function reportStream(
  flags: CommonFlags & StreamFlags,
  { pipeline, database }: Stream,
  seconds: number,
  counters?: Readonly<LiveCounters>
): void {
  const { frames, tracker } = pipeline
  const { stored, known, duplicates } = database
  if (flags.json === true) {
    writeSummary({ db: flags.db, frames, seconds, duplicates, known, rows: stored }, tracker.counts, counters)
    return
  }
  const { updates, ...others } = stored
  const pace = `${perSecond(frames, seconds)} frames/s`
  print(
    flags,
    `streamed ${countOf(frames, 'frame')} in ${seconds.toFixed(2)} s (${pace}) into ${flags.db}`,
    `updates  ${updates} written, ${countOf(duplicates, 'duplicate')} dropped`,
    `rows     ${Object.entries(others)
      .map(([table, count]) => `${table} ${count}`)
      .join(', ')}`,
    ...(known === 0 ? [] : [`known    ${countOf(known, 'row')} of updates, trades and the like were there already`]),
    ...(counters === undefined ? [] : [`network  ${describeNetwork(counters)}`]),
    `data     ${describeIrregularities(tracker.counts)}`
  )
}

function writeSummary(
  figures: object,
  irregularities: Readonly<IrregularityCounts>,
  connection: Readonly<LiveCounters> | undefined
): void {
  const network = connection === undefined ? {} : { connection }
  process.stdout.write(`${JSON.stringify({ type: 'summary', ...figures, ...network, irregularities })}\n`)
}

/** What the status line says meanwhile. */
export function describeProgress({ pipeline, database }: Stream, seconds: number): string {
  const { frames } = pipeline
  return `${frames} frames  ${perSecond(frames, seconds)} frames/s  ${database.stored.updates} updates  ${database.duplicates} duplicates`
}
