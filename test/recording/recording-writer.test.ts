import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { batchOf } from '../../src/core/frame-batch-builder.ts'
import type { Frame } from '../../src/core/frame.ts'
import { readManifest } from '../../src/recording/manifest.ts'
import { openRecording } from '../../src/recording/recording.ts'
import { RecordingWriter } from '../../src/recording/recording-writer.ts'
import type { SegmentFault } from '../../src/recording/segment-fault.ts'
import { frame, frames, framesIn, record, SESSION } from './frames.ts'
import { mountSmallDisk, temporaryFolder } from '../temporary.ts'
import { VirtualClock } from './virtual-clock.ts'

describe('RecordingWriter', () => {
  it('records every frame byte for byte, however large its batches, flushes and segments are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(frames),
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 5000 }),
        async (batches, batchBytesMax, bytes) => {
          const path = await record(batches, { batchBytesMax, rotate: { bytes }, flushSeconds: 1 })
          expect(await framesIn((await openRecording(path)).batches())).toEqual(batches.flat())
        }
      ),
      { numRuns: 30 }
    )
  })

  it('writes rows when their number, their bytes or the time since the last are enough', async () => {
    const clock = new VirtualClock()
    const directory = join(temporaryFolder(), 'recording')
    const writer = await RecordingWriter.create(directory, { clock, session: SESSION, batchBytesMax: 9000 })
    const rowsOnDisk = async () => {
      await writer.flushed()
      return (await framesIn((await openRecording(directory)).batches())).length
    }
    const bytesOnDisk = () => {
      const segments = readdirSync(directory).filter(name => name.endsWith('.arrow'))
      return segments.reduce((sum, name) => sum + statSync(join(directory, name)).size, 0)
    }
    const many = batchOf(Array.from({ length: 4097 }, () => frame({ payload: '{}' })))
    await writer.accept(many)
    expect(await rowsOnDisk()).toBe(4096)
    await writer.accept(batchOf([frame({ payload: 'x'.repeat(8997) }), frame({ payload: 'more' })]))
    expect(await rowsOnDisk()).toBe(4098)
    clock.advance(999)
    await writer.accept(batchOf([]))
    expect(await rowsOnDisk()).toBe(4098)
    clock.advance(1)
    await writer.accept(batchOf([]))
    expect(await rowsOnDisk()).toBe(4099)
    expect(writer.storedBytes).toBe(bytesOnDisk())
    await writer.close()
    expect(writer.storedBytes).toBe(bytesOnDisk())
    expect([writer.frames, writer.bytes, writer.segments]).toEqual([4099, 4097 * 2 + 8997 + 4, 1])
  })

  it('begins a new segment when one is old enough, named by the time of its first frame', async () => {
    const clock = new VirtualClock()
    const directory = join(temporaryFolder(), 'recording')
    const writer = await RecordingWriter.create(directory, { clock, session: SESSION, rotate: { seconds: 60 } })
    // The second frame's clock was set back: names still sort as the segments were written.
    for (const at of [0, -3600, 60]) {
      await writer.accept(batchOf([frame({ at })]))
      clock.advance(1000)
      await writer.accept(batchOf([]))
      clock.advance(60_000)
      await writer.accept(batchOf([]))
    }
    await writer.close()
    const { segments } = await openRecording(directory)
    expect(segments.map(path => path.slice(directory.length + 1))).toEqual([
      '20261012T193000.000000Z-0001.arrow',
      '20261012T193000.000000Z-0002.arrow',
      '20261012T193100.000000Z-0003.arrow'
    ])
  })

  it('says in session.json what was recorded, from the start and after the end', async () => {
    const clock = new VirtualClock()
    const directory = join(temporaryFolder(), 'recording')
    const writer = await RecordingWriter.create(directory, { clock, session: SESSION })
    const begun = { ...SESSION, started: '2026-10-12T19:30:00.000000000Z', ended: null, segments: [] }
    expect(await readManifest(directory)).toEqual({ ...begun, counters: { frames: 0, bytes: 0 } })
    await writer.accept(batchOf([frame({ payload: 'abc' }), frame({ at: 0.5 })]))
    clock.advance(250)
    writer.amend({ counters: { gaps: 3 } })
    await writer.close()
    expect(await readManifest(directory)).toEqual({
      ...begun,
      ended: '2026-10-12T19:30:00.250000000Z',
      counters: { gaps: 3, frames: 2, bytes: 5 },
      segments: [
        {
          file: '20261012T193000.000000Z-0001.arrow',
          rows: 2,
          bytes: readFileSync(join(directory, '20261012T193000.000000Z-0001.arrow')).length,
          firstReceivedAt: '2026-10-12T19:30:00.000000000Z',
          lastReceivedAt: '2026-10-12T19:30:00.500000000Z',
          sealed: true,
          digest: expect.stringMatching(/^crc32:[0-9a-f]{8}$/)
        }
      ]
    })
    expect(readdirSync(directory).sort()).toEqual(['20261012T193000.000000Z-0001.arrow', 'session.json'])
  })

  it('makes the directory, or takes an empty one, but never one that holds something', async () => {
    const directory = temporaryFolder()
    mkdirSync(join(directory, 'empty'))
    await record([[frame()]], {}, join(directory, 'empty'))
    await record([[frame()]], {}, join(directory, 'new', 'deep'))
    writeFileSync(join(directory, 'file'), '')
    for (const taken of [directory, join(directory, 'file'), '/proc/kws/recording']) {
      await expect(record([], {}, taken)).rejects.toMatchObject({ name: 'KwsError', code: 'storage' })
    }
  })

  it('lets only one of two that begin at the same time have a directory, and overwrites no file', async () => {
    const directory = join(temporaryFolder(), 'recording')
    const options = { clock: new VirtualClock(), session: SESSION, flushSeconds: 0 }
    const begun = await Promise.allSettled([1, 2, 3].map(() => RecordingWriter.create(directory, options)))
    const [writer, ...others] = begun.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
    expect(others).toEqual([])
    const refused = begun.flatMap(result => (result.status === 'rejected' ? [result.reason as unknown] : []))
    for (const error of refused) expect(error).toMatchObject({ name: 'KwsError', code: 'storage' })

    const taken = join(directory, '20261012T193000.000000Z-0001.arrow')
    writeFileSync(taken, 'precious')
    await writer?.accept(batchOf([frame()]))
    await expect(writer?.close()).rejects.toThrow('another recorder is at work')
    expect(readFileSync(taken, 'utf8')).toBe('precious')
  })

  it('lists each segment, with the digest of its bytes, as soon as it is sealed', async () => {
    const directory = join(temporaryFolder(), 'recording')
    const options = { clock: new VirtualClock(), session: SESSION, flushSeconds: 0, rotate: { bytes: 1 } } as const
    const writer = await RecordingWriter.create(directory, options)
    for (let count = 1; count <= 3; count++) {
      await writer.accept(batchOf([frame({ at: count, payload: 'x'.repeat(count) })]))
      await vi.waitUntil(async () => (await readManifest(directory))?.segments.length === count, { interval: 5 })
      const manifest = await readManifest(directory)
      expect(manifest).toMatchObject({ ended: null, counters: { frames: count, bytes: (count * (count + 1)) / 2 } })
      for (const { file, digest, bytes, sealed } of manifest?.segments ?? []) {
        const content = readFileSync(join(directory, file))
        expect({ digest, bytes, sealed }).toEqual({ digest: digestOf(content), bytes: content.length, sealed: true })
      }
    }
    await writer.close()
  })

  it.each([
    // After the first batch, after one more when the clock has gone on by a second, and after the end.
    ['batch', [1, 2, 2]],
    ['interval', [0, 2, 2]],
    ['none', [0, 0, 0]]
  ] as const)('syncs with --fsync %s what it promises', async (fsync, expected) => {
    const clock = new VirtualClock()
    const directory = join(temporaryFolder(), 'recording')
    const writer = await RecordingWriter.create(directory, { clock, session: SESSION, flushSeconds: 0, fsync })
    await writer.accept(batchOf([frame()]))
    await writer.flushed()
    const synced = [writer.syncedFrames]
    clock.advance(1000)
    await writer.accept(batchOf([frame()]))
    await writer.flushed()
    // One that is under way may not have seen the last batch: the next does.
    const syncNext = async () => {
      clock.advance(1000)
      await writer.accept(batchOf([]))
      return writer.syncedFrames === 2
    }
    if (fsync === 'interval') await vi.waitUntil(syncNext, { interval: 5 })
    synced.push(writer.syncedFrames)
    await writer.close()
    expect([...synced, writer.syncedFrames]).toEqual(expected)
  })

  it('loses nothing that had arrived when the disk is full, and leaves a sealed recording', async context => {
    const disk = temporaryFolder()
    if (!mountSmallDisk(disk, 4)) return context.skip('a small disk cannot be mounted here')
    const directory = join(disk, 'recording')
    const writer = await RecordingWriter.create(directory, {
      clock: new VirtualClock(),
      session: SESSION,
      batchBytesMax: 256 * 1024
    })
    const all = Array.from({ length: 10_000 }, (_, row) => frame({ at: row, payload: `${row} ${'x'.repeat(1000)}` }))
    let accepted = 0
    const failure = await (async () => {
      for (; accepted < all.length; accepted += 100) await writer.accept(batchOf(all.slice(accepted, accepted + 100)))
    })().catch((error: unknown) => error)
    const arrived = accepted + 100
    expect(failure).toMatchObject({ name: 'KwsError', code: 'storage' })
    expect(failure).toHaveProperty('message', expect.stringContaining(`all ${arrived} frames are safe`))
    await writer.close()
    const faults: SegmentFault[] = []
    const recording = await openRecording(directory)
    const read = await framesIn(recording.batches(fault => faults.push(fault)))
    expect(payloads(read)).toBe(payloads(all.slice(0, arrived)))
    expect(faults).toEqual([])
    expect(recording.manifest).toMatchObject({ counters: { frames: arrived }, segments: [{ sealed: true }] })
    await expect(writer.accept(batchOf([frame()]))).rejects.toMatchObject({ code: 'storage' })
  })

  it('goes on in the room set aside until it is closed, where somebody stops the feed', async context => {
    const disk = temporaryFolder()
    if (!mountSmallDisk(disk, 4)) return context.skip('a small disk cannot be mounted here')
    const directory = join(disk, 'recording')
    let isFull = false
    const options = { clock: new VirtualClock(), session: SESSION, batchBytesMax: 256 * 1024 }
    const writer = await RecordingWriter.create(directory, { ...options, onDiskFull: () => (isFull = true) })
    const all = Array.from({ length: 10_000 }, (_, row) => frame({ at: row, payload: `${row} ${'x'.repeat(1000)}` }))
    let accepted = 0
    for (let late = 0; late < 3; accepted += 10, late += isFull ? 1 : 0) {
      await writer.accept(batchOf(all.slice(accepted, accepted + 10)))
    }
    await expect(writer.close()).rejects.toThrow(`the disk is full: all ${accepted} frames are safe in ${directory}`)
    const read = await framesIn((await openRecording(directory)).batches())
    expect(payloads(read)).toBe(payloads(all.slice(0, accepted)))
  })

  it('does not begin on a disk that is too full', async context => {
    const disk = temporaryFolder()
    if (!mountSmallDisk(disk, 4)) return context.skip('a small disk cannot be mounted here')
    const options = { clock: new VirtualClock(), session: SESSION }
    await expect(RecordingWriter.create(join(disk, 'recording'), options)).rejects.toMatchObject({ code: 'storage' })
  })
})

function digestOf(bytes: Uint8Array): string {
  return `crc32:${crc32(bytes).toString(16).padStart(8, '0')}`
}

function payloads(frames: readonly Frame[]): string {
  return Buffer.concat(frames.map(({ payload }) => payload)).toString()
}
