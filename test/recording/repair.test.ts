import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Frame } from '../../src/core/frame.ts'
import { readManifest } from '../../src/recording/manifest.ts'
import { openRecording } from '../../src/recording/recording.ts'
import type { RepairSummary } from '../../src/recording/repair.ts'
import { repairRecording } from '../../src/recording/repair.ts'
import type { SegmentFault } from '../../src/recording/segment-fault.ts'
import { temporaryFolder } from '../temporary.ts'
import { frame, frames, framesIn, record, SESSION } from './frames.ts'

const BATCHES = [
  [frame({ payload: 'a' }), frame({ at: 1, payload: 'b' })],
  [frame({ at: 2, payload: Uint8Array.of(0xff) }), frame({ at: 3, payload: 'd' }), frame({ at: 4, payload: 'e' })],
  [frame({ at: 5, payload: 'f' })]
]

describe('repairRecording', () => {
  it('recovers every complete batch, leaves a whole recording, touches nothing, and changes nothing when repeated', async () => {
    const someFrames = frames.filter(batch => batch.length > 0)
    await fc.assert(
      fc.asyncProperty(
        fc.array(someFrames, { minLength: 1, maxLength: 5 }),
        fc.constantFrom({ bytes: 1 }, { bytes: 1e9 }),
        fc.array(fc.record({ kind: fc.constantFrom('flip', 'zero', 'cut', 'delete'), place, length: fc.nat(1500) }), {
          minLength: 1,
          maxLength: 3
        }),
        async (batches, rotate, damages) => {
          const folder = temporaryFolder()
          const path = await record(batches, { rotate }, join(folder, 'damaged'))
          for (const [index, damage] of damages.entries()) {
            const { segments } = await openRecording(path)
            damageFile(segments[index % segments.length] ?? '', damage)
          }
          const before = contentOf(path)
          const readable = await readAll(path)
          const summary = await repairRecording(path, join(folder, 'repaired'), 'test')
          const repaired = await readAll(join(folder, 'repaired'))
          expect(repaired).toEqual({ frames: readable.frames, faults: [] })
          expect(summary.frames).toBe(readable.frames.length)
          expect(summary.losses.length === 0).toBe(readable.frames.length === batches.flat().length)
          expect(contentOf(path)).toEqual(before)
          const again = await repairRecording(join(folder, 'repaired'), join(folder, 'again'), 'test')
          expect(again).toMatchObject({ losses: [], rewritten: 0 })
          expect(contentOf(join(folder, 'again'))).toEqual(contentOf(join(folder, 'repaired')))
        }
      ),
      { numRuns: 20 }
    )
  })

  it('says how many frames were lost and when, in whatever way', async () => {
    const { path, segments } = await threeSegments()
    const [first = '', second = '', third = ''] = segments
    const name = (file: string) => file.slice(path.length + 1)
    fillBody(first)
    expect((await repaired(path)).losses).toEqual([
      { file: name(first), rows: 2, after: null, before: '2026-10-12T19:30:02.000000000Z' }
    ])
    rmSync(second)
    truncateSync(third, 1000)
    const summary = await repaired(path)
    expect(summary).toMatchObject({ frames: 0, intact: 0, rewritten: 0 })
    expect(summary.losses).toEqual([
      { file: name(first), rows: 2, after: null, before: null },
      { file: name(second), rows: 3, after: null, before: null },
      { file: name(third), rows: 1, after: null, before: null }
    ])
    const manifest = await readManifest(summary.directory)
    expect(manifest?.incomplete?.[1]).toBe(`repaired, without 3 frames (${name(second)})`)
  })

  it('takes a recording of a killed recorder as whole but for the batch that it was writing', async () => {
    const { path, segments } = await threeSegments()
    const [, , third = ''] = segments
    rmSync(join(path, 'session.json'))
    const bytes = readFileSync(third)
    // Up to the mark that ends the stream, then without the last byte before it.
    const end = bytes.lastIndexOf(Buffer.from('ffffffff00000000', 'hex'))
    truncateSync(third, end)
    expect(await repaired(path)).toMatchObject({ frames: 6, losses: [], intact: 2, rewritten: 1 })
    truncateSync(third, end - 1)
    expect(await repaired(path)).toMatchObject({ frames: 5, losses: [{ rows: 1, before: null }], intact: 2 })
  })

  it('rebuilds session.json out of the segments', async () => {
    const session = { ...SESSION, filtered: true, markets: ['KXA', 'KXB'] }
    const path = await record(BATCHES, { rotate: { bytes: 1 }, session })
    const manifest = await readManifest(path)
    rmSync(join(path, 'session.json'))
    expect((await openRecording(path)).filtered).toBe(true)
    const { directory } = await repaired(path)
    expect(await readManifest(directory)).toEqual({ ...manifest, ended: '2026-10-12T19:30:05.000000000Z' })
    writeFileSync(join(path, 'session.json'), 'nonsense')
    expect(contentOf((await repaired(path)).directory)).toEqual(contentOf(directory))
  })

  it('takes a single segment, under whatever name', async () => {
    const { segments } = await threeSegments()
    const file = join(temporaryFolder(), 'segment')
    writeFileSync(file, readFileSync(segments[1] ?? ''))
    const { directory } = await repaired(file)
    expect((await readAll(directory)).frames).toEqual(BATCHES[1])
  })

  it('refuses what holds no segments, and a directory that holds something', async () => {
    const folder = temporaryFolder()
    const { path } = await threeSegments()
    mkdirSync(join(folder, 'empty'))
    writeFileSync(join(folder, 'text'), 'text')
    const into = join(folder, 'out')
    await expect(repairRecording(join(folder, 'none'), into, '')).rejects.toMatchObject({ code: 'not_found' })
    await expect(repairRecording(join(folder, 'empty'), into, '')).rejects.toMatchObject({ code: 'not_found' })
    await expect(repairRecording(join(folder, 'text'), into, '')).rejects.toMatchObject({ code: 'damaged' })
    await expect(repairRecording(path, folder, '')).rejects.toMatchObject({ code: 'storage' })
  })
})

const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

interface Damage {
  readonly kind: 'flip' | 'zero' | 'cut' | 'delete'
  readonly place: number
  readonly length: number
}

function damageFile(file: string, { kind, place, length }: Damage): void {
  const bytes = readFileSync(file)
  const at = Math.floor(place * bytes.length)
  if (kind === 'flip') bytes[at] = (bytes[at] ?? 0) ^ (1 << (length & 7))
  if (kind === 'zero') bytes.fill(0, at, Math.min(at + length, bytes.length))
  const rest = kind === 'cut' ? [] : [bytes.subarray(kind === 'delete' ? at + length : at)]
  writeFileSync(file, Buffer.concat([bytes.subarray(0, at), ...rest]))
}

/** Changes the columns of a segment's only batch. */
function fillBody(file: string): void {
  const bytes = readFileSync(file)
  const end = bytes.lastIndexOf(Buffer.from('ffffffff00000000', 'hex'))
  writeFileSync(file, bytes.fill(1, end - 16, end))
}

async function threeSegments(): Promise<{ path: string; segments: readonly string[] }> {
  const path = await record(BATCHES, { rotate: { bytes: 1 } })
  return { path, segments: (await openRecording(path)).segments }
}

async function repaired(path: string): Promise<RepairSummary> {
  return await repairRecording(path, join(temporaryFolder(), 'repaired'), 'test')
}

async function readAll(path: string): Promise<{ frames: Frame[]; faults: SegmentFault[] }> {
  const faults: SegmentFault[] = []
  return { frames: await framesIn((await openRecording(path)).batches(fault => faults.push(fault))), faults }
}

function contentOf(path: string): Record<string, string> {
  return Object.fromEntries(readdirSync(path).map(name => [name, readFileSync(join(path, name), 'latin1')]))
}
