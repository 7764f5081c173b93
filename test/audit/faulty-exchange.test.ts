import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import type { FaultEntry } from '../../src/exchange/faults/fault-entry.ts'
import { parseFault } from '../../src/exchange/faults/fault-language.ts'
import { PracticeExchange } from '../../src/exchange/practice-exchange.ts'
import { LiveFeed } from '../../src/live/live-feed.ts'
import { run } from '../../src/pipeline.ts'
import { RecordingWriter } from '../../src/recording/recording-writer.ts'
import { SESSION } from '../recording/frames.ts'
import { temporaryFolder } from '../temporary.ts'
import { verified } from './audited.ts'

const FAULTS = ['skip-seq:0.005', 'repeat-seq:0.005', 'malformed:0.002', 'unknown-type:0.002', 'unknown-field:0.002']
const FRAMES = 3_000

function keyOf(sid: unknown, seq: unknown): string {
  return `${String(sid)}/${String(seq)}`
}

/** Records a practice exchange over a real socket until so many frames have come. */
async function recordExchange(faults: readonly string[]): Promise<{ path: string; log: readonly FaultEntry[] }> {
  const clock = systemClock()
  const log: FaultEntry[] = []
  const armed = { faults: faults.map(parseFault), seed: 3, log: (entry: object) => log.push(entry as FaultEntry) }
  const options = { clock, markets: 6, rate: 6_000, roundLength: 2_000 }
  const exchange = await PracticeExchange.start(faults.length === 0 ? options : { ...options, faults: armed })
  onTestFinished(() => exchange.close())
  const markets = { market_tickers: [...exchange.tickers()] }
  const channels = ['orderbook_delta', 'ticker', 'trade', 'market_lifecycle_v2']
  const subscriptions = channels.map(channel => ({ channels: [channel], ...markets }))
  await using feed = await LiveFeed.connect({ url: exchange.url, clock, subscriptions })
  const path = join(temporaryFolder(), 'recording')
  const writer = await RecordingWriter.create(path, { clock, session: SESSION })
  const stopAtEnough = {
    accept: () => (writer.frames >= FRAMES ? feed.stop() : undefined),
    close: async () => {}
  }
  await run(feed, [writer, stopAtEnough])
  return { path, log }
}

it('finds nothing wrong with what came over a real socket', async () => {
  const { path } = await recordExchange([])
  const { faults, report } = await verified(path)
  expect(faults).toEqual([])
  expect(report.frames).toBeGreaterThanOrEqual(FRAMES)
  expect(report.tickers.compared).toBeGreaterThan(0)
})

it('finds exactly what the exchange did wrong, by its own log', async () => {
  const { path, log } = await recordExchange(FAULTS)
  const { findings, report } = await verified(path)
  const entriesOf = (fault: string) => log.filter(entry => entry.fault === fault)

  const missing = findings.flatMap(finding =>
    finding.type === 'gap'
      ? Array.from({ length: finding.received - finding.expected }, (_, at) =>
          keyOf(finding.sid, finding.expected + at)
        )
      : []
  )
  const skipped = entriesOf('skip-seq').map(({ sid, seq }) => keyOf(sid, seq))
  // What was skipped at the very end is followed by nothing that could tell.
  expect(skipped).toEqual(expect.arrayContaining(missing))
  expect(missing.length).toBeGreaterThanOrEqual(skipped.length - 4)
  expect(missing.length).toBeGreaterThan(0)

  const repeated = findings.flatMap(finding =>
    finding.type === 'duplicate' ? [keyOf(finding.sid, finding.received)] : []
  )
  const twice = entriesOf('repeat-seq').map(({ sid, seq }) => keyOf(sid, seq))
  expect(twice).toEqual(expect.arrayContaining(repeated))
  expect(repeated.length).toBeGreaterThanOrEqual(twice.length - 1)

  expect(report.findings.malformed).toBe(entriesOf('malformed').length)
  expect(report.irregularities.unknown_type).toBe(entriesOf('unknown-type').length)
  expect(report.findings.book_mismatch).toBeUndefined()
  expect(report.spans.seconds.lost).toBeGreaterThan(0)
})
