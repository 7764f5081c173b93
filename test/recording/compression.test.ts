import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { batchOf } from '../../src/core/frame-batch-builder.ts'
import type { Frame } from '../../src/core/frame.ts'
import { framesOf } from '../../src/core/frame.ts'
import { compressBody } from '../../src/recording/compress-body.ts'
import { decodeBatch } from '../../src/recording/decode-batch.ts'
import { importCaptures } from '../../src/recording/import-capture.ts'
import { BodyInflater } from '../../src/recording/inflate-body.ts'
import { digestOf, fileBytes, openRecording } from '../../src/recording/recording.ts'
import { RecordingWriter } from '../../src/recording/recording-writer.ts'
import { repairRecording } from '../../src/recording/repair.ts'
import type { SegmentFault } from '../../src/recording/segment-fault.ts'
import { readSegment } from '../../src/recording/segment-reader.ts'
import { SegmentWriter } from '../../src/recording/segment-writer.ts'
import { ZstdEncoder } from '../../src/recording/zstd-encoder.ts'
import type { Zstd } from '../../src/recording/zstd.ts'
import { platformZstd, wasmZstd } from '../../src/recording/zstd.ts'
import { temporaryFolder } from '../temporary.ts'
import { frame, frames, framesIn, record, SESSION } from './frames.ts'

const someFrames = frames.filter(batch => batch.length > 0)
const wasm = await wasmZstd()
const codecs: [string, Zstd, Zstd][] = [['WebAssembly', wasm, wasm]]
const platform = platformZstd()
if (platform !== undefined) {
  codecs.push(['the platform', platform, platform], ['the platform and WebAssembly', platform, wasm])
}

/** Alike, as frames are. */
const tickers = Array.from({ length: 500 }, (_, row) =>
  frame({ at: row / 7, payload: `{"type":"ticker","sid":1,"msg":{"market_ticker":"KXA","yes_bid":${row}}}\n` })
)

describe.each(codecs)('a segment compressed by %s', (_, writing, reading) => {
  it('gives back every batch byte for byte', () => {
    const inflater = new BodyInflater(reading)
    fc.assert(
      fc.property(someFrames, frames => {
        const batch = batchOf(frames)
        const { rows, nodes, regions, chunks } = compressBody(batch, writing, 1)
        const places = regions.map(([offset, length]) => ({ offset, length }))
        const inflated = inflater.inflate(Buffer.concat(chunks), places)
        const read = decodeBatch({ rows, nullCount: nodes.at(-1)?.[1] ?? 0, ...inflated })
        expect(framesOf(read)).toEqual(framesOf(batch))
      }),
      { numRuns: 50 }
    )
  })

  it('yields every batch but the one that is hit, wherever a bit has flipped, and always tells', async () => {
    const file = join(temporaryFolder(), 'flipped.arrow')
    const batches = [tickers.slice(0, 250), tickers.slice(250)]
    const ends = await writeCompressed(file, batches, writing)
    const whole = readFileSync(file)
    const places = fc.tuple(fc.integer({ min: 0, max: whole.length - 1 }), fc.integer({ min: 0, max: 7 }))
    await fc.assert(
      fc.asyncProperty(places, async ([at, bit]) => {
        const bytes = Buffer.from(whole)
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit)
        writeFileSync(file, bytes)
        const faults: SegmentFault[] = []
        const read = await framesIn(readSegment(file, fault => faults.push(fault)))
        const hit = ends.findIndex(end => at < end)
        expect(faults.length).toBeGreaterThan(0)
        expect([batches.flat(), batches.filter((_, index) => index !== hit).flat()]).toContainEqual(read)
      }),
      { numRuns: 50 }
    )
  })
})

describe('a compressed recording', () => {
  it('is many times smaller, and gives back every frame byte for byte', async () => {
    const mixed = [...tickers, frame({ payload: Uint8Array.of(0xff), kind: 'binary' }), frame({ payload: '' })]
    const path = await record([mixed, mixed], { compression: 'zstd' })
    const recording = await openRecording(path)
    expect(await framesIn(recording.batches())).toEqual([...mixed, ...mixed])
    const plain = await openRecording(await record([mixed, mixed]))
    expect(statSync(recording.segments[0] ?? '').size).toBeLessThan(statSync(plain.segments[0] ?? '').size / 4)
  })

  it('takes at most 45 bytes a frame of the sample, which is of synthetic markets', async () => {
    const recording = await openRecording('recordings/sample')
    const path = await record([await framesIn(recording.batches())], { compression: 'zstd', batchBytesMax: 4e6 })
    expect((await fileBytes(await openRecording(path))) / 2030).toBeLessThanOrEqual(45)
  })

  const gold = '../shared/real/gold15m_26AUG101900-00.jsonl.gz'
  it.skipIf(!existsSync(gold))(`takes at most 45 bytes a frame of the real capture ${gold}`, async () => {
    const folder = temporaryFolder()
    const options = { clock: systemClock(), version: 'test', filtered: true }
    const { frames } = await importCaptures([gold], join(folder, 'plain'), options)
    const recording = await openRecording(join(folder, 'plain'))
    const path = join(folder, 'zstd')
    const writer = await RecordingWriter.create(path, { clock: systemClock(), session: SESSION, compression: 'zstd' })
    for await (const batch of recording.batches()) await writer.accept(batch)
    await writer.close()
    const compressed = await openRecording(path)
    expect(await digestOf(compressed)).toBe(await digestOf(recording))
    expect((await fileBytes(compressed)) / frames).toBeLessThanOrEqual(45)
  })

  it('is repaired without being compressed anew', async () => {
    const path = await record([tickers.slice(0, 200), tickers.slice(200)], { compression: 'zstd' })
    const [file = ''] = (await openRecording(path)).segments
    const bytes = readFileSync(file)
    const size = bytes.length
    bytes[size - 1] = 0
    writeFileSync(file, bytes)
    const { directory, losses } = await repairRecording(path, join(temporaryFolder(), 'repaired'), 'test')
    const repaired = await openRecording(directory)
    expect(losses).toEqual([])
    expect(statSync(repaired.segments[0] ?? '').size).toBe(size)
    expect(await framesIn(repaired.batches())).toEqual(tickers)
  })

  it('goes on uncompressed, and loses nothing, when the thread that compresses fails', async () => {
    const file = join(temporaryFolder(), 'mixed.arrow')
    const encoder = new ZstdEncoder(1)
    const writer = await SegmentWriter.create(file, '{}')
    const append = async (frames: readonly Frame[]) => {
      const batch = batchOf(frames)
      const body = await encoder.encode(batch)
      await writer.append(batch, body)
      return body.isCompressed
    }
    expect(await append(tickers)).toBe(true)
    const [, isCompressed] = await Promise.all([encoder.close(), append(tickers)])
    expect([isCompressed, await append(tickers)]).toEqual([false, false])
    await writer.seal()
    await writer.close()
    expect(await framesIn(readSegment(file))).toEqual([...tickers, ...tickers, ...tickers])
  })

  it('takes rows out of the middle of a batch', async () => {
    const encoder = new ZstdEncoder(1)
    const whole = batchOf(tickers)
    const part = { ...whole, length: 2, offsets: whole.offsets.subarray(10) }
    const file = join(temporaryFolder(), 'middle.arrow')
    const writer = await SegmentWriter.create(file, '{}')
    await writer.append(part, await encoder.encode(part))
    await writer.close()
    await encoder.close()
    const payloads = (await framesIn(readSegment(file))).map(({ payload }) => payload)
    expect(payloads).toEqual(
      framesOf(whole)
        .slice(10, 12)
        .map(({ payload }) => payload)
    )
  })
})

/** Gives the offset at which each batch ends. */
async function writeCompressed(file: string, batches: readonly (readonly Frame[])[], zstd: Zstd): Promise<number[]> {
  rmSync(file, { force: true })
  const writer = await SegmentWriter.create(file, '{}')
  const ends: number[] = []
  for (const frames of batches) {
    const batch = batchOf(frames)
    await writer.append(batch, compressBody(batch, zstd, 1))
    ends.push(writer.bytes)
  }
  await writer.seal()
  await writer.close()
  return ends
}
