import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { batchOf } from '../../src/core/frame-batch-builder.ts'
import type { Frame } from '../../src/core/frame.ts'
import { framesOf } from '../../src/core/frame.ts'
import { followRecording } from '../../src/recording/follow.ts'
import { openRecording } from '../../src/recording/recording.ts'
import { RecordingWriter } from '../../src/recording/recording-writer.ts'
import type { SegmentFault } from '../../src/recording/segment-fault.ts'
import { temporaryFolder } from '../temporary.ts'
import { frame, record, SESSION } from './frames.ts'

const FRAMES = Array.from({ length: 60 }, (_, row) => frame({ at: row, payload: `${row} ${'x'.repeat(row * 10)}` }))

describe('followRecording', () => {
  it('sees each batch as it is written, on through segments, and ends with the session', async () => {
    const directory = join(temporaryFolder(), 'recording')
    const writer = await RecordingWriter.create(directory, {
      clock: systemClock(),
      session: SESSION,
      flushSeconds: 0,
      rotate: { bytes: 8000 }
    })
    const followed = follow(directory)
    for (let row = 0; row < FRAMES.length; row += 3) {
      await writer.accept(batchOf(FRAMES.slice(row, row + 3)))
      await vi.waitUntil(() => followed.frames.length === row + 3, { interval: 5, timeout: 5000 })
    }
    expect(writer.segments).toBeGreaterThan(2)
    await writer.close()
    expect(await followed.ended).toEqual([])
    expect(followed.frames).toEqual(FRAMES)
  })

  it('waits for the rest of a batch that is only partly there, even of the first', async () => {
    const path = await record([FRAMES.slice(0, 30), FRAMES.slice(30)])
    const [file = ''] = (await openRecording(path)).segments
    const bytes = readFileSync(file)
    rmSync(join(path, 'session.json'))
    writeFileSync(file, '')
    const followed = follow(path)
    for (let at = 0; at < bytes.length; at += 3000) {
      appendFileSync(file, bytes.subarray(at, at + 3000))
      const complete = await completeIn(file)
      await vi.waitUntil(() => followed.frames.length === complete, { interval: 5, timeout: 5000 })
    }
    expect(followed.frames).toEqual(FRAMES)
    followed.stop()
    expect(await followed.ended).toEqual([])
  })

  it('ends when it is told to, where the recorder was killed', async () => {
    const path = await record([FRAMES])
    rmSync(join(path, 'session.json'))
    const followed = follow(path)
    await vi.waitUntil(() => followed.frames.length === FRAMES.length, { interval: 5 })
    followed.stop()
    expect(await followed.ended).toEqual([])
  })
})

interface Followed {
  readonly frames: Frame[]
  readonly stop: () => void
  /** The faults that were told. */
  readonly ended: Promise<SegmentFault[]>
}

function follow(path: string): Followed {
  const frames: Frame[] = []
  const stopping = new AbortController()
  const read = async () => {
    const faults: SegmentFault[] = []
    const recording = await followRecording(path, { clock: systemClock(), signal: stopping.signal })
    for await (const batch of recording.batches(fault => faults.push(fault))) frames.push(...framesOf(batch))
    return faults
  }
  return { frames, stop: () => stopping.abort(), ended: read() }
}

async function completeIn(file: string): Promise<number> {
  let rows = 0
  for await (const batch of (await openRecording(file)).batches()) rows += batch.length
  return rows
}
