import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { tableFromIPC } from 'apache-arrow'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batchOf } from '../../src/core/frame-batch-builder.ts'
import type { Frame } from '../../src/core/frame.ts'
import { framesOf } from '../../src/core/frame.ts'
import type { SegmentFault } from '../../src/recording/segment-fault.ts'
import { readSegment } from '../../src/recording/segment-reader.ts'
import { encodeBody } from '../../src/recording/encode-body.ts'
import { SegmentWriter } from '../../src/recording/segment-writer.ts'
import { frame, frames, framesIn } from './frames.ts'
import { temporaryFolder } from '../temporary.ts'

const THREE = [
  [frame({ payload: 'first' }), frame({ payload: '{"€":1}\n' })],
  [frame({ payload: Uint8Array.of(0xff, 0), kind: 'binary' }), frame({ payload: '' })],
  [frame({ payload: 'last' })]
]

describe('a segment', () => {
  it('gives back every batch byte for byte, whatever the payloads and wherever batches end', async () => {
    const file = join(temporaryFolder(), 'any.arrow')
    await fc.assert(
      fc.asyncProperty(fc.array(frames.filter(batch => batch.length > 0)), async batches => {
        rmSync(file, { force: true })
        await writeSegment(file, batches)
        const read: Frame[][] = []
        for await (const batch of readSegment(file)) read.push(framesOf(batch))
        expect(read).toEqual(batches)
      })
    )
  })

  it('takes rows out of the middle of a batch that does not begin with its payload', async () => {
    const file = join(temporaryFolder(), 'middle.arrow')
    const whole = batchOf([frame({ payload: 'abc' }), frame({ payload: 'défg' }), frame({ payload: '' })])
    const part = { ...whole, length: 2, offsets: whole.offsets.subarray(1) }
    const writer = await SegmentWriter.create(file, '{}')
    await writer.append(part, encodeBody(part))
    await writer.seal()
    await writer.close()
    expect(await framesIn(readSegment(file))).toEqual([frame({ payload: 'défg' }), frame({ payload: '' })])
  })

  it('is an Arrow file once sealed, and an Arrow stream behind its first 8 bytes', async () => {
    const file = join(temporaryFolder(), 'sealed.arrow')
    await writeSegment(file, THREE)
    for (const bytes of [readFileSync(file), readFileSync(file).subarray(8)]) {
      const table = tableFromIPC(bytes)
      expect(table.getChild('payload')?.toJSON()).toEqual(['first', '{"€":1}\n', null, '', 'last'])
      expect(table.getChild('payload_bytes')?.toJSON()).toEqual([null, null, Uint8Array.of(0xff, 0), null, null])
      expect(table.getChild('kind')?.toJSON()).toEqual(['text', 'text', 'binary', 'text', 'text'])
      expect(table.getChild('direction')?.get(0)).toBe('received')
    }
  })

  it('tells from where to where it is torn', async () => {
    const file = join(temporaryFolder(), 'torn.arrow')
    const [, end = 0, last = 0] = await writeSegment(file, THREE, false)
    truncateSync(file, last - 1)
    const faults: SegmentFault[] = []
    await framesIn(readSegment(file, fault => faults.push(fault)))
    expect(faults).toEqual([{ type: 'torn', file, offset: end, bytes: last - 1 - end, rows: 1 }])
  })

  it('yields exactly the complete batches wherever it is cut', async () => {
    const file = join(temporaryFolder(), 'cut.arrow')
    const ends = await writeSegment(file, THREE)
    const bytes = readFileSync(file)
    const unsealedAt: number[] = []
    for (let length = bytes.length; length >= 0; length--) {
      truncateSync(file, length)
      const faults: SegmentFault[] = []
      const read = await framesIn(readSegment(file, fault => faults.push(fault)))
      const complete = ends.filter(end => end <= length)
      expect(read).toEqual(THREE.slice(0, complete.length).flat())
      expect(faults).toHaveLength(length === bytes.length ? 0 : 1)
      if (faults[0]?.type === 'unsealed') unsealedAt.push(length)
    }
    expect(unsealedAt).toEqual(expect.arrayContaining(ends))
  })

  it('leaves out what has changed, tells how many rows that were, and reads on', async () => {
    const file = join(temporaryFolder(), 'corrupt.arrow')
    const [first = 0, second = 0, third = 0] = await writeSegment(file, THREE)
    const whole = readFileSync(file)
    const zeros = async (from: number, to: number) => {
      writeFileSync(file, Buffer.from(whole).fill(0, from, to))
      return await readAll(file)
    }
    const without = (...lost: number[]) => THREE.filter((_, index) => !lost.includes(index)).flat()
    const corrupt = (offset: number, rows: number) => ({ type: 'corrupt', file, offset, rows })
    // The end of a body, the beginning of a batch, all of one and some of the next, and the last.
    expect(await zeros(second - 32, second)).toEqual({ frames: without(1), faults: [corrupt(first, 2)] })
    expect(await zeros(first, first + 16)).toEqual({ frames: without(1), faults: [corrupt(first, 2)] })
    expect(await zeros(first, second + 300)).toEqual({ frames: without(1, 2), faults: [corrupt(first, 3)] })
    expect(await zeros(second + 8, third - 8)).toEqual({ frames: without(2), faults: [corrupt(second, 1)] })
    expect(await zeros(0, 100)).toEqual({ frames: THREE.flat(), faults: [corrupt(0, 0)] })
  })

  it('yields every batch but the one that is hit, wherever a bit has flipped, and always tells', async () => {
    const file = join(temporaryFolder(), 'flipped.arrow')
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          frames.filter(batch => batch.length > 0),
          { minLength: 1, maxLength: 4 }
        ),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.integer({ min: 0, max: 7 }),
        async (batches, place, bit) => {
          rmSync(file, { force: true })
          const ends = await writeSegment(file, batches)
          const bytes = readFileSync(file)
          const at = Math.floor(place * bytes.length)
          bytes[at] = (bytes[at] ?? 0) ^ (1 << bit)
          writeFileSync(file, bytes)
          const { frames: read, faults } = await readAll(file)
          const hit = ends.findIndex(end => at < end)
          expect(faults.length).toBeGreaterThan(0)
          const others = batches.filter((_, index) => index !== hit).flat()
          expect([others, batches.flat()]).toContainEqual(read)
        }
      ),
      { numRuns: 150 }
    )
  })
})

describe('a segment after a loss of power', () => {
  it('has all that was synced, and of the rest whole batches or nothing, whichever pages were lost', async () => {
    const file = join(temporaryFolder(), 'power.arrow')
    const someFrames = frames.filter(batch => batch.length > 0)
    await fc.assert(
      fc.asyncProperty(
        fc.array(someFrames, { maxLength: 4 }),
        fc.array(someFrames, { minLength: 1, maxLength: 6 }),
        fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
        fc.boolean(),
        async (synced, unsynced, lostPages, isCut) => {
          rmSync(file, { force: true })
          const writer = await SegmentWriter.create(file, '{}')
          for (const batch of synced) await writer.append(batchOf(batch), encodeBody(batchOf(batch)))
          await writer.sync()
          expect(writer.syncedRows).toBe(synced.flat().length)
          const safe = writer.bytes
          for (const batch of unsynced) await writer.append(batchOf(batch), encodeBody(batchOf(batch)))
          await writer.close()
          const bytes = readFileSync(file)
          for (const [page, isLost] of lostPages.entries()) {
            const within = (offset: number) => Math.min(Math.max(offset, safe), bytes.length)
            if (isLost) bytes.fill(0, within(page * PAGE), within((page + 1) * PAGE))
          }
          const end = isCut ? Math.max(safe, lostPages.lastIndexOf(false) * PAGE) : bytes.length
          writeFileSync(file, bytes.subarray(0, end))
          const read: Frame[][] = []
          for await (const batch of readSegment(file)) read.push(framesOf(batch))
          expect(read.slice(0, synced.length)).toEqual(synced)
          const written = unsynced.map(batch => framesOf(batchOf(batch)))
          let next = 0
          for (const batch of read.slice(synced.length)) {
            while (next < written.length && !isDeepStrictEqual(written[next], batch)) next++
            expect(next++).toBeLessThan(written.length)
          }
        }
      ),
      { numRuns: 100 }
    )
  })
})

const PAGE = 512

/** Gives the offset at which each batch ends. */
async function writeSegment(file: string, batches: readonly (readonly Frame[])[], sealed = true): Promise<number[]> {
  const writer = await SegmentWriter.create(file, '{}')
  const ends: number[] = []
  for (const frames of batches) {
    const batch = batchOf(frames)
    await writer.append(batch, encodeBody(batch))
    ends.push(writer.bytes)
  }
  if (sealed) await writer.seal()
  await writer.close()
  return ends
}

async function readAll(file: string): Promise<{ frames: Frame[]; faults: SegmentFault[] }> {
  const faults: SegmentFault[] = []
  return { frames: await framesIn(readSegment(file, fault => faults.push(fault))), faults }
}
