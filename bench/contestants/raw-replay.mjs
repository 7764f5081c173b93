// What `kws replay` does: the recording's batches through decoder, tracker, books and scanners.
import { Pipeline } from '../../dist/pipeline.js'
import { openRecording } from '../../dist/recording/recording.js'
import { movers } from '../../dist/scan/movers.js'
import { opportunities } from '../../dist/scan/opportunities.js'
import { SignalDigest } from '../../dist/sink/ndjson-sink.js'
import { bookViews } from '../book-views.mjs'
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
  return {
    frames,
    check: () => bookCheck(bookViews(tracker), withScanners ? signals : undefined, tracker.counts.gap)
  }
}
