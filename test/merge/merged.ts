import type { Frame } from '../../src/core/frame.ts'
import { framesOf } from '../../src/core/frame.ts'
import { Joint } from '../../src/merge/joint.ts'
import type { MergeCounts } from '../../src/merge/merge-counts.ts'
import { batchesOf } from '../frames.ts'

const WINDOW = 2_000_000_000n

async function* streamOf(frames: readonly Frame[]) {
  for (const batch of batchesOf(frames, [7, 100, 1, 30])) yield batch
}

export interface Merged {
  readonly frames: readonly Frame[]
  readonly counts: readonly MergeCounts[]
}

/** What recorders got, joined as `kws merge` does. The connections of each are counted from another thousand. */
export async function mergeFrames(base: readonly Frame[], ...others: readonly (readonly Frame[])[]): Promise<Merged> {
  const [other = [], ...rest] = others
  const inner = rest.length === 0 ? { frames: other, counts: [] } : await mergeFrames(other, ...rest)
  const joint = new Joint({
    base: { batches: streamOf(base), filtered: false, firstWoven: 1000 },
    other: { batches: streamOf(inner.frames), filtered: false, firstWoven: 1000 },
    window: WINDOW,
    firstConnection: 1000
  })
  const frames: Frame[] = []
  for await (const batch of joint.frames()) frames.push(...framesOf(batch))
  return { frames, counts: [joint.counts, ...inner.counts] }
}
