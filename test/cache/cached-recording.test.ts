import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CachedRecording } from '../../src/cache/cached-recording.ts'
import { systemClock } from '../../src/core/clock.ts'
import type { Frame } from '../../src/core/frame.ts'
import { framesOf } from '../../src/core/frame.ts'
import { Decoder } from '../../src/protocol/decoder.ts'
import { MarketTable } from '../../src/protocol/market-table.ts'
import type { Message } from '../../src/protocol/messages.ts'
import { importCaptures } from '../../src/recording/import-capture.ts'
import type { Recording } from '../../src/recording/recording.ts'
import { openRecording } from '../../src/recording/recording.ts'
import { record } from '../recording/frames.ts'
import { temporaryFolder } from '../temporary.ts'
import { faultyFrames } from './faulty-frames.ts'
import { witnessed } from './witness.ts'

const SHARED = '../shared/real'

async function messagesOf(recording: Recording): Promise<Message[]> {
  const decoder = new Decoder(new MarketTable())
  const messages: Message[] = []
  for await (const batch of recording.batches()) {
    for (let row = 0; row < batch.length; row++) messages.push(decoder.decode(batch, row))
  }
  return messages
}

function expectSame(messages: readonly Message[], expected: readonly Message[]): void {
  expect(messages.length).toBe(expected.length)
  for (const [at, message] of messages.entries()) {
    if (isDeepStrictEqual(message, expected[at]) && JSON.stringify(message) === JSON.stringify(expected[at])) continue
    expect(message).toEqual(expected[at])
    throw new Error(`other keys at ${at}`)
  }
}

/** Once while the cache is made, once from it. */
async function expectAlike(path: string): Promise<CachedRecording> {
  const raw = await openRecording(path)
  const cached = new CachedRecording(raw, { batchRows: 512 })
  const expected = await messagesOf(raw)
  expectSame(await messagesOf(cached), expected)
  expect(cached.segmentsFromCache).toBe(0)
  expectSame(await messagesOf(cached), expected)
  expect(cached.segmentsFromCache).toBe(raw.segments.length)
  return cached
}

describe('a cached recording', () => {
  it('says what the frames say, and makes the same signals', async () => {
    const seeds = fc.integer({ min: 1, max: 1e6 })
    await fc.assert(
      fc.asyncProperty(seeds, async seed => {
        const frames = faultyFrames(seed)
        const path = await record([frames.slice(0, 700), frames.slice(700)], { rotate: { bytes: 150_000 } })
        const cached = await expectAlike(path)
        expect(await witnessed(cached)).toEqual(await witnessed(await openRecording(path)))
      }),
      { numRuns: 3 }
    )
  })

  it('says the same of some markets where frames of the others are left out', async () => {
    const seeds = fc.integer({ min: 1, max: 1e6 })
    await fc.assert(
      fc.asyncProperty(seeds, fc.integer({ min: 0, max: 5 }), fc.boolean(), async (seed, chosen, isCalm) => {
        const frames = faultyFrames(seed, { isCalm })
        const path = await record([frames.slice(0, 700), frames.slice(700)], { rotate: { bytes: 150_000 } })
        const raw = await openRecording(path)
        const tickers = new MarketTable()
        const decoder = new Decoder(tickers)
        for await (const batch of raw.batches()) for (let row = 0; row < batch.length; row++) decoder.decode(batch, row)
        const markets = new Set([tickers.tickers[chosen] ?? ''])
        const expected = await witnessed(raw, { markets })
        const wants = (ticker: string) => markets.has(ticker)
        const options = { wants, batchRows: 16 }
        const [made, kept] = [new CachedRecording(raw, options), new CachedRecording(raw, options)]
        expect(await witnessed(made, { markets })).toEqual(expected)
        expect(await witnessed(kept, { markets })).toEqual(expected)
        expect(made.segmentsFromCache).toBe(0)
        expect(kept.segmentsFromCache).toBe(raw.segments.length)
        expect(kept.leftOut).toBeGreaterThan(0)
        expect(kept.leftOut).toBe(made.leftOut)
      }),
      { numRuns: 8 }
    )
  })

  it('is alike for the sample recording', async () => {
    const batches: Frame[][] = []
    for await (const batch of (await openRecording('recordings/sample')).batches()) batches.push(framesOf(batch))
    const cached = await expectAlike(await record(batches))
    expect(cached.leftOut).toBe(0)
  })

  const captures = existsSync(SHARED) ? readdirSync(SHARED).filter(name => name.endsWith('.jsonl')) : []
  it.skipIf(captures.length === 0)('is alike for what the exchange really sent', async () => {
    const path = join(temporaryFolder(), 'recording')
    const files = captures.map(name => join(SHARED, name))
    await importCaptures(files, path, { clock: systemClock(), version: 'test', filtered: true })
    const cached = await expectAlike(path)
    expect(await witnessed(cached)).toEqual(await witnessed(await openRecording(path)))
  })
})
