import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import { batchOf } from '../../../src/core/frame-batch-builder.ts'
import { ByteDecoder } from '../../../src/protocol/bytes/byte-decoder.ts'
import { MarketTable } from '../../../src/protocol/market-table.ts'
import { readServerText } from '../../../src/protocol/server-text.ts'
import { frameOf } from '../decode.ts'
import { knownFrames } from './known-frames.ts'
import { Tamperer } from './tamperer.ts'

/** More by `KWS_MUTANTS=3000000 npm run fuzz`. */
const MUTANTS = Number(process.env['KWS_MUTANTS'] ?? 20_000)
const SEED = Number(process.env['KWS_SEED'] ?? 1)
const BATCH = 500

const frames = await knownFrames(MUTANTS > 100_000 ? 4000 : 400)

/** How many were read from their bytes. Both ways number markets as they meet them, so the numbers must agree too. */
function readAlike(frames: readonly Buffer[]): number {
  const batch = batchOf(frames.map(frame => frameOf(frame)))
  const [fastTable, table] = [new MarketTable(), new MarketTable()]
  const decoder = new ByteDecoder(fastTable)
  let taken = 0
  for (const [row, frame] of frames.entries()) {
    const text = frame.toString()
    const fast = decoder.decode(batch, row)
    const general = readServerText(text, table)
    if (fast === null) {
      readServerText(text, fastTable)
      continue
    }
    taken++
    if (isDeepStrictEqual(fast, general) && String(Object.keys(fast)) === String(Object.keys(general))) continue
    expect({ text, read: fast }).toEqual({ text, read: general })
    throw new Error(`other keys for ${text}`)
  }
  return taken
}

test('known frames of all eras read from their bytes as they are in general', () => {
  let taken = 0
  for (let at = 0; at < frames.length; at += BATCH) taken += readAlike(frames.slice(at, at + BATCH))
  expect(taken).toBeGreaterThan(frames.length * 0.9)
})

test('frames that were tampered with are read as in general or not at all', { timeout: 3_600_000 }, () => {
  const tamperer = new Tamperer(SEED)
  let taken = 0
  for (let made = 0; made < MUTANTS; made += BATCH) {
    const chosen = Array.from({ length: BATCH }, () => tamperer.pick(frames))
    taken += readAlike(chosen.map(frame => tamperer.tamper(frame, chosen)))
  }
  expect(taken).toBeGreaterThan(MUTANTS / 20)
})
