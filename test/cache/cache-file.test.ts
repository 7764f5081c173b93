import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cachePath } from '../../src/cache/cache-key.ts'
import { CachedRecording } from '../../src/cache/cached-recording.ts'
import { cacheState } from '../../src/cache/cache-state.ts'
import { openRecording } from '../../src/recording/recording.ts'
import type { SegmentFault } from '../../src/recording/segment-fault.ts'
import { practiceFrames } from '../audit/practice-frames.ts'
import { record } from '../recording/frames.ts'
import { witnessed } from './witness.ts'

const frames = practiceFrames({ steps: 150 })
const MARKET = 'market_ticker":"'

/** A recording whose cache has many batches, and what its frames make scanners see. */
async function cachedRecording() {
  const recording = await openRecording(await record([frames]))
  const cache = cachePath(recording.segments[0] ?? '')
  const expected = await witnessed(recording)
  expect(await witnessed(new CachedRecording(recording, { batchRows: 32 }))).toEqual(expected)
  return { recording, cache, expected }
}

async function otherCache(): Promise<string> {
  const other = await openRecording(await record([frames.slice(1)]))
  await witnessed(new CachedRecording(other))
  return cachePath(other.segments[0] ?? '')
}

describe('the cache of a segment', () => {
  it('is made once, and then used', async () => {
    const { recording, cache, expected } = await cachedRecording()
    const made = readFileSync(cache)
    const cached = new CachedRecording(recording)
    expect(await witnessed(cached)).toEqual(expected)
    expect(cached.segmentsFromCache).toBe(1)
    expect(readFileSync(cache)).toEqual(made)
    expect(readdirSync(dirname(cache))).toHaveLength(1)
    expect(await cacheState(recording)).toEqual({ segments: 1, cacheable: 1, cached: 1, bytes: made.length })
  })

  it.each([0.2, 0.5, 0.8])('is made anew where it is damaged (at %d of its length), unnoticed', async at => {
    const { recording, cache, expected } = await cachedRecording()
    const bytes = readFileSync(cache)
    const place = Math.floor(bytes.length * at)
    bytes[place] = (bytes[place] ?? 0) ^ 0x10
    writeFileSync(cache, bytes)
    const notes: string[] = []
    const cached = new CachedRecording(recording, { batchRows: 32, onNote: note => notes.push(note) })
    expect(await witnessed(cached)).toEqual(expected)
    expect(notes).toHaveLength(1)
    expect(notes[0]).toContain('damaged')
    const again = new CachedRecording(recording, { onNote: note => notes.push(note) })
    expect(await witnessed(again)).toEqual(expected)
    expect(again.segmentsFromCache).toBe(1)
    expect(notes).toHaveLength(1)
  })

  it('is made anew in the middle of a replay that leaves frames out', async () => {
    const { recording, cache } = await cachedRecording()
    const bytes = readFileSync(cache)
    const place = Math.floor(bytes.length / 2)
    bytes[place] = (bytes[place] ?? 0) ^ 0x10
    writeFileSync(cache, bytes)
    const text = Buffer.from(
      frames.find(({ payload }) => Buffer.from(payload).includes(MARKET))?.payload ?? []
    ).toString()
    const markets = new Set([text.slice(text.indexOf(MARKET) + MARKET.length).split('"')[0] ?? ''])
    const cached = new CachedRecording(recording, { batchRows: 32, wants: ticker => markets.has(ticker) })
    expect(await witnessed(cached, { markets })).toEqual(await witnessed(recording, { markets }))
    expect(cached.leftOut).toBeGreaterThan(50)
  })

  const spoils: readonly (readonly [string, (cache: string) => void | Promise<void>])[] = [
    ['cut', cache => truncateSync(cache, readFileSync(cache).length - 3)],
    ['no cache at all', cache => writeFileSync(cache, 'ARROW1')],
    ['of another segment', async cache => copyFileSync(await otherCache(), cache)]
  ]

  it.each(spoils)('is made anew where it is %s', async (_, spoil) => {
    const { recording, cache, expected } = await cachedRecording()
    await spoil(cache)
    const cached = new CachedRecording(recording)
    expect(await witnessed(cached)).toEqual(expected)
    expect(cached.segmentsFromCache).toBe(0)
    expect((await cacheState(recording)).cached).toBe(1)
  })

  it('is not there where it cannot be written, and nothing else is other than it would be', async () => {
    const { recording, cache, expected } = await cachedRecording()
    rmSync(dirname(cache), { recursive: true })
    writeFileSync(dirname(cache), 'in the way')
    const notes: string[] = []
    expect(await witnessed(new CachedRecording(recording, { onNote: note => notes.push(note) }))).toEqual(expected)
    expect(notes.some(note => note.includes('gets no cache'))).toBe(true)
  })

  it('is no recording', async () => {
    const { cache } = await cachedRecording()
    const refused = expect.objectContaining({
      code: 'damaged',
      message: expect.stringContaining('not one of frames') as string
    })
    await expect(openRecording(cache)).rejects.toEqual(refused)
    await expect(openRecording(dirname(cache))).rejects.toEqual(refused)
  })

  it('is left by no replay that ended early', async () => {
    const { recording, cache } = await cachedRecording()
    rmSync(dirname(cache), { recursive: true })
    for await (const batch of new CachedRecording(recording, { batchRows: 32 }).batches()) {
      expect(batch.length).toBe(32)
      break
    }
    expect(readdirSync(dirname(cache))).toEqual([])
  })

  it('is not used for a segment that was changed, nor made of one that is damaged', async () => {
    const { recording, cache } = await cachedRecording()
    const made = readFileSync(cache)
    const file = recording.segments[0] ?? ''
    const bytes = readFileSync(file)
    const middle = Math.floor(bytes.length / 2)
    bytes[middle] = (bytes[middle] ?? 0) ^ 0x7f
    writeFileSync(file, bytes)
    const faults: SegmentFault[] = []
    const cached = new CachedRecording(recording)
    for await (const batch of cached.batches(fault => faults.push(fault))) void batch
    expect(faults.map(({ type }) => type)).toContain('corrupt')
    expect(cached.segmentsFromCache).toBe(0)
    expect(readFileSync(cache)).toEqual(made)
    expect(readdirSync(dirname(cache))).toHaveLength(1)
  })

  it('is not made of a segment that is not sealed', async () => {
    const { recording } = await cachedRecording()
    const file = recording.segments[0] ?? ''
    const unsealed = join(dirname(file), 'unsealed')
    mkdirSync(unsealed)
    const copy = join(unsealed, '20261124T120001.000000Z-0001.arrow')
    copyFileSync(file, copy)
    const other = await openRecording(unsealed)
    expect(await witnessed(new CachedRecording(other))).toEqual(await witnessed(other))
    expect(readdirSync(unsealed)).toHaveLength(1)
  })
})
