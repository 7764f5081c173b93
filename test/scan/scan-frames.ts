import type { Frame } from '../../src/core/frame.ts'
import type { PipelineOptions } from '../../src/pipeline.ts'
import { Pipeline } from '../../src/pipeline.ts'
import type { Scanner } from '../../src/scan/scanner.ts'
import type { Signal } from '../../src/scan/signal.ts'
import { SignalText } from '../../src/sink/signal-text.ts'
import { batchesOf } from '../frames.ts'

/** A signal as it is read back from NDJSON. */
export type ReadSignal = Omit<Signal, 'time'> & { readonly time: string }

/** Runs a scanner over frames on the one path, in batches of the given sizes. */
export function scanFrames(
  scanner: Scanner,
  frames: readonly Frame[],
  options: Partial<PipelineOptions> = {},
  batchSizes: readonly number[] = []
): { readonly signals: ReadSignal[]; readonly text: string; readonly pipeline: Pipeline } {
  const output = new SignalText()
  const pipeline = new Pipeline({ scanners: [scanner], sinks: [output], ...options })
  for (const batch of batchesOf(frames, batchSizes)) void pipeline.accept(batch)
  const lines = output.text.split('\n').filter(line => line !== '')
  return { signals: lines.map(line => JSON.parse(line) as ReadSignal), text: output.text, pipeline }
}
