import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { batchOf } from '../../src/core/frame-batch-builder.ts'
import type { FrameBatch } from '../../src/core/frame.ts'
import type { CompactSummary } from '../../src/recording/compact.ts'
import { compactRecording } from '../../src/recording/compact.ts'
import { FrameDigest } from '../../src/recording/frame-digest.ts'
import { readManifest } from '../../src/recording/manifest.ts'
import { openRecording } from '../../src/recording/recording.ts'
import type { SegmentFault } from '../../src/recording/segment-fault.ts'
import { temporaryFolder } from '../temporary.ts'
import { frame, frames, framesIn, record, SESSION } from './frames.ts'

const BATCHES = Array.from({ length: 6 }, (_, batch) =>
  Array.from({ length: 50 }, (_, row) =>
    frame({ at: batch, payload: `{"type":"ticker","batch":${batch},"row":${row}}` })
  )
)

describe('compactRecording', () => {
  it('joins segments and compresses them, and keeps every frame and what is known of the session', async () => {
    const session = { ...SESSION, filtered: true, counters: { gaps: 3 } }
    const path = await record(BATCHES, { rotate: { bytes: 1 }, session })
    const { directory, faults, ...summary } = await compacted(path)
    expect(faults).toEqual([])
    expect(summary).toMatchObject({ frames: 300, segmentsBefore: 6, segmentsAfter: 1 })
    expect(summary.bytesAfter).toBeLessThan(summary.bytesBefore / 4)
    expect(await framesIn((await openRecording(directory)).batches())).toEqual(BATCHES.flat())
    const [before, after] = [await readManifest(path), await readManifest(directory)]
    expect({ ...after, segments: [] }).toEqual({ ...before, segments: [] })
  })

  it('tells of damage and marks what it makes of it', async () => {
    const path = await record(BATCHES, { rotate: { bytes: 1 } })
    const [first = ''] = readdirSync(path)
    const bytes = readFileSync(join(path, first))
    bytes[bytes.indexOf('"batch"')] = 0
    writeFileSync(join(path, first), bytes)
    const { directory, faults } = await compacted(path)
    expect(faults).toMatchObject([{ type: 'corrupt', rows: 50 }])
    expect(await framesIn((await openRecording(directory)).batches())).toEqual(BATCHES.slice(1).flat())
    expect((await readManifest(directory))?.incomplete).toEqual(['compacted from a damaged recording'])
  })

  it('takes the session from the segments where session.json is lost', async () => {
    const path = await record(BATCHES)
    const { started } = (await readManifest(path)) ?? {}
    rmSync(join(path, 'session.json'))
    const { directory } = await compacted(path)
    expect(await readManifest(directory)).toMatchObject({
      ...SESSION,
      counters: {},
      started,
      ended: '2026-10-12T19:30:05.000000000Z'
    })
  })
})

describe('FrameDigest', () => {
  it('does not see how frames are cut into batches, but sees every change', () => {
    fc.assert(
      fc.property(frames, fc.nat(20), fc.nat(20), (frames, cut, changed) => {
        const whole = digest(batchOf(frames))
        expect(digest(batchOf(frames.slice(0, cut)), batchOf(frames.slice(cut)))).toBe(whole)
        const others = frames.map((frame, row) =>
          row === changed ? { ...frame, connection: frame.connection ^ 1 } : frame
        )
        expect(digest(batchOf(others)) === whole).toBe(changed >= frames.length)
      })
    )
    expect(digest(batchOf([frame({ payload: 'ab' }), frame({ payload: 'c' })]))).not.toBe(
      digest(batchOf([frame({ payload: 'a' }), frame({ payload: 'bc' })]))
    )
  })
})

function digest(...batches: readonly FrameBatch[]): string {
  const whole = new FrameDigest()
  for (const batch of batches) whole.add(batch)
  return whole.end()
}

async function compacted(path: string): Promise<CompactSummary & { readonly faults: SegmentFault[] }> {
  const faults: SegmentFault[] = []
  const options = { clock: systemClock(), version: 'test', level: 9, segmentBytes: 1e9 }
  const summary = await compactRecording(path, join(temporaryFolder(), 'compacted'), {
    ...options,
    onFault: fault => faults.push(fault)
  })
  return { ...summary, faults }
}
