import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tableFromIPC } from 'apache-arrow'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batchOf } from '../../src/core/frame-batch-builder.ts'
import type { Frame } from '../../src/core/frame.ts'
import { framesOf } from '../../src/core/frame.ts'
import type { SegmentFault } from '../../src/recording/segment-reader.ts'
import { readSegment } from '../../src/recording/segment-reader.ts'
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
    const writer = await SegmentWriter.create(file)
    await writer.append({ ...whole, length: 2, offsets: whole.offsets.subarray(1) })
    await writer.seal()
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
    expect(faults).toEqual([{ type: 'torn', file, offset: end, bytes: last - 1 - end }])
  })

  it.each([false, true])('yields exactly the complete batches wherever it is cut (sealed: %s)', async sealed => {
    const file = join(temporaryFolder(), 'cut.arrow')
    const ends = await writeSegment(file, THREE, sealed)
    const bytes = readFileSync(file)
    const unsealedAt: number[] = []
    for (let length = bytes.length; length >= 0; length--) {
      truncateSync(file, length)
      const faults: SegmentFault[] = []
      const read = await framesIn(readSegment(file, fault => faults.push(fault)))
      const complete = ends.filter(end => end <= length)
      expect(read).toEqual(THREE.slice(0, complete.length).flat())
      expect(faults).toHaveLength(sealed && length === bytes.length ? 0 : 1)
      if (faults[0]?.type === 'unsealed') unsealedAt.push(length)
    }
    expect(unsealedAt).toEqual(expect.arrayContaining(ends))
  })

  it('leaves out a batch whose bytes have changed and reads on', async () => {
    const file = join(temporaryFolder(), 'corrupt.arrow')
    const [, end = 0] = await writeSegment(file, THREE)
    const bytes = readFileSync(file)
    bytes.fill(0, end - 32, end)
    writeFileSync(file, bytes)
    const faults: SegmentFault[] = []
    expect(await framesIn(readSegment(file, fault => faults.push(fault)))).toEqual([THREE[0], THREE[2]].flat())
    expect(faults).toMatchObject([{ type: 'corrupt', rows: 2 }])
  })

  it('yields nothing that was not recorded, whichever bytes behind its opening have changed', async () => {
    const file = join(temporaryFolder(), 'changed.arrow')
    const [first = 0] = await writeSegment(file, THREE)
    const bytes = readFileSync(file)
    for (let at = first; at < bytes.length; at += 5) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 0x55
      writeFileSync(file, changed)
      expect(THREE.flat()).toEqual(expect.arrayContaining(await framesIn(readSegment(file))))
    }
  })
})

/** Gives the offset at which each batch ends. */
async function writeSegment(file: string, batches: readonly (readonly Frame[])[], sealed = true): Promise<number[]> {
  const writer = await SegmentWriter.create(file)
  const ends: number[] = []
  for (const batch of batches) {
    await writer.append(batchOf(batch))
    ends.push(writer.bytes)
  }
  await (sealed ? writer.seal() : writer.abandon())
  return ends
}
