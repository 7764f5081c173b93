import { InvalidArgumentError } from 'commander'
import type { SeriesFees } from '../market/fees.ts'
import type { PipelineOptions } from '../pipeline.ts'
import type { MarketTracker } from '../market/market-tracker.ts'
import type { Scanner } from '../scan/scanner.ts'
import type { NdjsonSink } from '../sink/ndjson-sink.ts'
import type { Horizon } from '../sink/outcomes/horizon.ts'
import { outcomeToJson } from '../sink/outcomes/outcome.ts'
import { OutcomeMeter, SETTLE } from '../sink/outcomes/outcome-meter.ts'
import { SCORE_COLUMNS, scoreToCells } from '../sink/outcomes/score.ts'
import { formatTable } from '../sink/text-table.ts'
import { parseList, parseMicroseconds } from './values.ts'

/** `1s,10s,settle`, the shortest first and the settlement last. */
export function parseHorizons(text: string, previous: readonly Horizon[] = []): Horizon[] {
  const added = parseList(text).map(name => ({ name, after: name === SETTLE ? null : parseMicroseconds(name) }))
  const horizons = [...previous, ...added].sort((a, b) => (a.after ?? Infinity) - (b.after ?? Infinity) || 0)
  if (new Set(horizons.map(({ after }) => after)).size < horizons.length) {
    throw new InvalidArgumentError('write each time after a signal once.')
  }
  return horizons
}

/** What follows the signals of a replay. */
export interface OutcomeWatch {
  readonly meter: OutcomeMeter
  readonly hooks: Pick<PipelineOptions, 'onTime' | 'onFrame'>
  /** After the last frame: the last outcomes and, in JSON, the summaries. */
  end(): Promise<void>
  table(): string[]
}

export interface OutcomeWatchOptions {
  readonly horizons: readonly Horizon[]
  readonly scanners: readonly Scanner[]
  readonly tracker: () => MarketTracker
  readonly seriesFees?: SeriesFees | undefined
  /** Where outcomes are written, between the signals. */
  readonly output: NdjsonSink | undefined
}

export function watchOutcomes({ scanners, seriesFees, output, ...options }: OutcomeWatchOptions): OutcomeWatch {
  const meter = new OutcomeMeter({
    ...options,
    ...(seriesFees === undefined ? {} : { seriesFees }),
    scanners: scanners.map(scanner => scanner.name),
    onOutcome: outcome => output?.write(outcomeToJson(outcome))
  })
  return {
    meter,
    hooks: {
      onTime: (now, time) => meter.onTime(now, time),
      onFrame: (message, isApplied) => {
        if (isApplied) meter.onMessage(message)
      }
    },
    async end() {
      meter.end()
      for (const summary of meter.summaries()) output?.write(JSON.stringify(summary))
      await output?.flush()
    },
    table: () => ['outcomes', ...formatTable({ columns: SCORE_COLUMNS, rows: meter.scores.flatMap(scoreToCells) }), '']
  }
}
