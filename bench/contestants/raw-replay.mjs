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

async function replay(recording, withScanners) {
  const signals = new SignalDigest()
  const scanners = withScanners ? [movers(), opportunities()] : []
  const pipeline = new Pipeline({ scanners, sinks: [signals] })
  for await (const batch of recording.batches()) await pipeline.accept(batch)
  const { tracker, frames } = pipeline
  const markets = [...tracker.markets()].map(({ ticker, book }) => ({
    ticker,
    best: side => book.bestBid(side),
    levels: side => new Map(book.levels(side).map(({ price, count }) => [price, count]))
  }))
  return { frames, check: bookCheck(markets, withScanners ? signals : undefined, tracker.counts.gap) }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [path, scanners] = process.argv.slice(2)
  const run = await prepare({ recording: path, scanners: scanners === 'scanners' })
  process.stdout.write(`${JSON.stringify(await run())}\n`)
}
