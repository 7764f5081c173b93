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

/** What recorders got, merged as `kws merge` does. The connections of each are counted from another thousand. */
export async function mergeFrames(base: readonly Frame[], ...others: readonly (readonly Frame[])[]): Promise<Merged> {
  const joints: Joint[] = []
  let batches = streamOf(base)
  for (const [index, other] of others.entries()) {
    const joint: Joint = new Joint({
      base: { batches, filtered: false },
      other: { batches: streamOf(other), filtered: false },
      window: WINDOW,
      firstConnection: 1000 * (index + 1),
      firstWoven: 1000
    })
    joints.push(joint)
    batches = joint.frames()
  }
  const frames: Frame[] = []
  for await (const batch of batches) frames.push(...framesOf(batch))
  return { frames, counts: joints.map(({ counts }) => counts) }
}
