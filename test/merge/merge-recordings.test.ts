import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import type { MergeReport } from '../../src/merge/merge-recordings.ts'
import { mergeRecordings } from '../../src/merge/merge-recordings.ts'
import { openRecording } from '../../src/recording/recording.ts'
import { verified } from '../audit/audited.ts'
import { framesIn, record } from '../recording/frames.ts'
import { temporaryFolder } from '../temporary.ts'
import { lineOf } from './judge.ts'
import type { Losses } from './two-recorders.ts'
import { recordTogether } from './two-recorders.ts'

async function recordedBy(seed: number, losses: readonly Losses[]): Promise<readonly string[]> {
  const { recorded } = recordTogether(seed, losses, { steps: 80 })
  return await Promise.all(recorded.map(async frames => await record([frames])))
}

async function merged(paths: readonly string[]): Promise<MergeReport> {
  const out = join(temporaryFolder(), 'both')
  return await mergeRecordings(paths, out, { clock: systemClock(), version: '1.2.3', window: 2_000_000_000n })
}

async function linesIn(path: string): Promise<readonly string[]> {
  return (await framesIn((await openRecording(path)).batches())).map(lineOf)
}

describe('recordings of one exchange', () => {
  it('are merged into one that tells what none of them had, as verify does', async () => {
    const paths = await recordedBy(3, [{ skip: 0.1 }, { skip: 0.1 }])
    const { directory, frames, inputs, open } = await merged(paths)
    const { report, findings } = await verified(directory)
    expect(report.frames).toBe(frames)
    expect(findings.filter(({ type }) => type === 'gap')).toEqual(open.gaps)
    expect(inputs.map(({ recording }) => recording)).toEqual(paths)
    expect(open.gaps.length).toBeLessThan(inputs[0]?.holes.gaps.length ?? 0)
    const { session } = await openRecording(directory)
    expect(session?.source).toMatchObject({ type: 'merge', recordings: paths })
  })

  it('give the first where the second is a copy', async () => {
    const [path = ''] = await recordedBy(4, [{ skip: 0.1 }])
    const { directory, open, inputs } = await merged([path, path])
    expect(await linesIn(directory)).toEqual(await linesIn(path))
    expect(open).toEqual(inputs[0]?.holes)
  })

  it('may be merged already, but not all of them', async () => {
    const paths = await recordedBy(5, [{ skip: 0.1 }, { skip: 0.1 }, {}])
    const both = (await merged(paths.slice(0, 2))).directory
    await expect(merged([both, both])).rejects.toMatchObject({ code: 'usage' })
    const { inputs } = await merged([both, paths[2] ?? ''])
    expect(inputs.map(({ recording }) => recording)).toEqual([paths[2], both])
  })

  it('must be several', async () => {
    const folder = temporaryFolder()
    const [path = ''] = await recordedBy(6, [{}])
    await expect(
      mergeRecordings([path], join(folder, 'both'), { clock: systemClock(), version: '1.2.3', window: 1n })
    ).rejects.toMatchObject({ code: 'usage' })
    expect(readdirSync(folder)).toEqual([])
  })
})
