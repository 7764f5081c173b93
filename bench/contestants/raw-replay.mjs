// What `kws replay` does: the recording's batches through decoder, tracker, books and scanners.
import { fileURLToPath } from 'node:url'
import { Pipeline } from '../../dist/pipeline.js'
import { openRecording } from '../../dist/recording/recording.js'
import { movers } from '../../dist/scan/movers.js'
import { opportunities } from '../../dist/scan/opportunities.js'
import { SignalDigest } from '../../dist/sink/ndjson-sink.js'
import { bookCheck } from '../check-sum.mjs'

export async function prepare({ recording: path, scanners = false }) {
  const recording = await openRecording(path)
  return () => replay(recording, scanners)
}

export async function replay(recording, withScanners) {
  const signals = new SignalDigest()
  const scanners = withScanners ? [movers(), opportunities()] : []
  const pipeline = new Pipeline({ scanners, sinks: [signals] })
  for await (const batch of recording.batches()) await pipeline.accept(batch)
  const { tracker, frames } = pipeline
  return { frames, check: () => checkOf(tracker, withScanners ? signals : undefined) }
}

function checkOf(tracker, signals) {
  const markets = [...tracker.markets()].map(({ ticker, book }) => ({
    ticker,
    best: side => book.bestBid(side),
    levels: side => new Map(book.levels(side).map(({ price, count }) => [price, count]))
  }))
  return bookCheck(markets, signals, tracker.counts.gap)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [path, scanners] = process.argv.slice(2)
  const run = await prepare({ recording: path, scanners: scanners === 'scanners' })
  const { frames, check } = await run()
  process.stdout.write(`${JSON.stringify({ frames, check: check() })}\n`)
}
