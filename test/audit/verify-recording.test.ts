import { readdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { batchOf } from '../../src/core/frame-batch-builder.ts'
import { plainEncoder } from '../../src/recording/body-encoder.ts'
import { SegmentWriter } from '../../src/recording/segment-writer.ts'
import { BookWire, textFrame } from '../frames.ts'
import { record, SESSION } from '../recording/frames.ts'
import { temporaryFolder } from '../temporary.ts'
import { typesOf, verified } from './audited.ts'
import { practiceFrames } from './practice-frames.ts'

const FRAMES = practiceFrames({ steps: 60, snapshotsEvery: 25, markets: 3 })
const BATCHES = [FRAMES.slice(0, 30), FRAMES.slice(30, 60), FRAMES.slice(60)]

function segmentsOf(recording: string): string[] {
  return readdirSync(recording)
    .filter(name => name.endsWith('.arrow'))
    .sort()
    .map(name => join(recording, name))
}

function flip(file: string, byte: number, bit = 0): void {
  const bytes = readFileSync(file)
  bytes[byte] = (bytes[byte] ?? 0) ^ (1 << bit)
  writeFileSync(file, bytes)
}

function change(recording: string, from: string | RegExp, to: string): void {
  const file = join(recording, 'session.json')
  writeFileSync(file, readFileSync(file, 'utf8').replace(from, to))
}

describe('an intact recording', () => {
  it('has no fault and nothing to tell, in one segment or many', async () => {
    for (const rotate of [{ bytes: 1e9 }, { bytes: 1 }]) {
      const { report, findings } = await verified(await record(BATCHES, { rotate }))
      expect(findings).toEqual([])
      expect(report).toMatchObject({ frames: FRAMES.length, faults: 0, information: 0, connections: 1 })
      expect(report.segments).toBe(report.wholeSegments)
      expect(report.snapshots.agreed).toBe(report.snapshots.compared)
    }
  })

  it('may be one of its segments, whose first frames are in the middle of everything', async () => {
    const recording = await record(BATCHES, { rotate: { bytes: 1 } })
    const [, second = ''] = segmentsOf(recording)
    const { report, faults } = await verified(second)
    expect(report).toMatchObject({ segments: 1, frames: 30 })
    expect(new Set(typesOf(faults))).toEqual(new Set(['delta_without_book']))
  })

  it('may be empty', async () => {
    expect((await verified(await record([]))).findings).toEqual([])
  })

  it('must exist', async () => {
    await expect(verified('/no/such/recording')).rejects.toMatchObject({ code: 'not_found' })
    await expect(verified(temporaryFolder())).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('bytes', () => {
  test('of which any single bit is flipped are a fault, and never an exception', async () => {
    const recording = await record(BATCHES)
    const [segment = ''] = segmentsOf(recording)
    const bytes = readFileSync(segment)
    // As likely as all others together: the ends of the file, and the heads of its messages.
    const heads = [...bytes.keys()].filter(
      at => at % 8 === 0 && bytes.readInt32LE(Math.min(at, bytes.length - 4)) === -1
    )
    const where = fc.oneof(
      fc.integer({ min: 0, max: bytes.length - 1 }),
      fc.integer({ min: 1, max: 1_500 }).map(back => bytes.length - back),
      fc.tuple(fc.constantFrom(...heads), fc.integer({ min: 0, max: 15 })).map(([head, more]) => head + more)
    )
    await fc.assert(
      fc.asyncProperty(where, fc.integer({ min: 0, max: 7 }), async (byte, bit) => {
        writeFileSync(segment, bytes)
        flip(segment, Math.min(byte, bytes.length - 1), bit)
        const { faults } = await verified(recording)
        expect(faults.length).toBeGreaterThan(0)
        expect(faults[0]?.type).toMatch(/^(unreadable|torn|corrupt|unsealed)$/)
      }),
      { numRuns: 80 }
    )
  })

  it('that end the stream early do not hide the frames behind them', async () => {
    const recording = await record(BATCHES)
    const [segment = ''] = segmentsOf(recording)
    const bytes = readFileSync(segment)
    // The length of the last batch's metadata: with a length of zero it is the mark that ends a stream.
    const head = bytes.lastIndexOf(Buffer.of(0xff, 0xff, 0xff, 0xff), bytes.lastIndexOf(FRAMES.at(-1)?.payload ?? ''))
    bytes.writeInt32LE(0, head + 4)
    writeFileSync(segment, bytes)
    expect((await verified(recording)).faults[0]?.type).toBe('corrupt')
  })

  it('of a batch that are wrong lose its frames, which seq tells too, and no others', async () => {
    const recording = await record(BATCHES)
    const [segment = ''] = segmentsOf(recording)
    flip(segment, readFileSync(segment).indexOf(FRAMES[45]?.payload ?? ''))
    const { faults, report } = await verified(recording)
    expect(faults[0]).toMatchObject({ type: 'corrupt', rows: 30, file: segment, frame: null })
    expect(typesOf(faults)).toContain('gap')
    expect(report.frames).toBe(FRAMES.length - 30)
  })

  it('that are cut off or not there are faults, and the other segments are read', async () => {
    const recording = await record(BATCHES, { rotate: { bytes: 1 } })
    const [first = '', second = '', third = ''] = segmentsOf(recording)
    truncateSync(first, statSync(first).size - 3)
    writeFileSync(second, 'these are not the frames you are looking for')
    truncateSync(third, statSync(third).size - 2000)
    const { faults, report } = await verified(recording)
    expect(typesOf(faults.filter(fault => fault.frame === null))).toEqual(['torn', 'torn', 'torn'])
    expect(report).toMatchObject({ segments: 3, wholeSegments: 0, frames: 30 })
  })

  it('are missing where a recorder was killed', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'a-0001.arrow')
    const writer = await SegmentWriter.create(file, '{}')
    const batch = batchOf(FRAMES)
    await writer.append(batch, await plainEncoder.encode(batch))
    await writer.close()
    expect(typesOf((await verified(folder)).faults)).toEqual(['unsealed'])
  })

  it('that are missing from a filtered capture make all books lost, since seq may jump', async () => {
    const book = new BookWire('KXSKY-26NOV24-SUN')
    const batches = [
      [textFrame(book.snapshot([['0.4000', '1.00']], []), 0)],
      [textFrame(book.delta('yes', '0.4000', '7.00'), 1)],
      [textFrame(book.snapshot([['0.4000', '8.00']], []), 2)],
      [textFrame(book.snapshot([['0.4000', '8.00']], []), 3)]
    ]
    const recording = await record(batches, { session: { ...SESSION, filtered: true } })
    const [segment = ''] = segmentsOf(recording)
    flip(segment, readFileSync(segment).indexOf('"7.00"'))
    const { faults, spans } = await verified(recording)
    expect(typesOf(faults)).toEqual(['corrupt'])
    expect(spans.map(span => span.state)).toEqual(['lost', 'verified'])
  })
})

describe('session.json', () => {
  it.each([
    ['another number of frames', /"rows": \d+/, '"rows": 7', /frames 7 there, \d+ in the segment/],
    ['another size', /"bytes": \d+,\n\s+"firstReceivedAt"/, '"bytes": 9,"firstReceivedAt"', /bytes 9 there/],
    ['another time', /"lastReceivedAt": "2026/, '"lastReceivedAt": "2027', /last receive time 2027/]
  ])('that tells of %s is a fault', async (_, from, to, reason) => {
    const recording = await record(BATCHES)
    change(recording, from, to)
    expect((await verified(recording)).faults).toMatchObject([
      { type: 'manifest', reason: expect.stringMatching(reason) }
    ])
  })

  it('that names a segment that is gone, or not one that is there, is a fault', async () => {
    const recording = await record(BATCHES, { rotate: { bytes: 1 } })
    const [first = '', , third = ''] = segmentsOf(recording)
    renameSync(first, third.replace('-0003', '-0009'))
    const reasons = (await verified(recording)).faults.filter(fault => fault.type === 'manifest')
    expect(reasons.map(({ reason }) => reason.replace(/^\S+?-(\d+)\.arrow/, '$1'))).toEqual([
      '0001, with 30 frames, is not there',
      '0009 is not in it'
    ])
  })

  it('that cannot be read is a fault; without one, the segments are enough', async () => {
    const recording = await record(BATCHES)
    writeFileSync(join(recording, 'session.json'), '{')
    expect((await verified(recording)).faults).toMatchObject([
      { type: 'unreadable', reason: expect.stringMatching(/session\.json is damaged/) }
    ])
    rmSync(join(recording, 'session.json'))
    expect((await verified(recording)).findings).toEqual([])
  })

  it('that was never ended is a fault, but not where the segments tell so already', async () => {
    const recording = await record(BATCHES)
    change(recording, /"ended": "[^"]+"/, '"ended": null')
    expect(typesOf((await verified(recording)).faults)).toEqual(['manifest'])
    const [segment = ''] = segmentsOf(recording)
    truncateSync(segment, statSync(segment).size - 3)
    expect(typesOf((await verified(recording)).faults)).toEqual(['torn'])
  })

  it('that says receive times were made up keeps their order from being judged', async () => {
    const frames = [
      textFrame({ type: 'subscribed', id: 1, msg: {} }, 5),
      textFrame({ type: 'unsubscribed', sid: 1 }, 1)
    ]
    const untimed = frames.map(frame => ({ ...frame, monotonic: 0n }))
    const session = { ...SESSION, counters: { untimed: 2 } }
    expect((await verified(await record([untimed], { session }))).findings).toEqual([])
    expect(typesOf((await verified(await record([untimed]))).faults)).toEqual(['time_backwards'])
  })
})
