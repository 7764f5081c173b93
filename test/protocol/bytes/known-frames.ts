import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { framesOf } from '../../../src/core/frame.ts'
import type { Era } from '../../../src/exchange/era.ts'
import { SeededRandom } from '../../../src/exchange/seeded-random.ts'
import { SyntheticExchange } from '../../../src/exchange/synthetic-exchange.ts'
import { wireTime } from '../../../src/exchange/wire-time.ts'
import { encodeChange, encodeFrame } from '../../../src/exchange/wire.ts'
import { openRecording } from '../../../src/recording/recording.ts'
import { FIXTURES, SHARED } from '../decode.ts'

const ERAS: readonly Era[] = ['legacy', 'dual', 'current']
const CAPTURES = `${SHARED}/real/`

/** The fixtures, the sample recording, synthetic frames of all eras, and the captures beside the project if there are any. */
export async function knownFrames(syntheticOfEach: number): Promise<Buffer[]> {
  const frames: Buffer[] = FIXTURES.map(text => Buffer.from(text))
  const sample = await openRecording('recordings/sample')
  for await (const batch of sample.batches()) {
    for (const { payload } of framesOf(batch)) frames.push(Buffer.from(payload))
  }
  for (const era of ERAS) {
    for (const useYesPrice of [false, true]) frames.push(...synthetic(era, useYesPrice, syntheticOfEach))
  }
  return [...frames, ...captured()]
}

function synthetic(era: Era, useYesPrice: boolean, count: number): Buffer[] {
  const random = new SeededRandom(5)
  const exchange = new SyntheticExchange({ seed: 5, markets: 60, roundLength: 3000, era })
  const frames: Buffer[] = []
  let time = 1_795_000_000_000_000_000n
  while (frames.length < count) {
    time += BigInt(random.integer(1, 5e8)) * 1000n
    const now = wireTime(time)
    for (const change of exchange.advance()) {
      const msg = encodeChange(change, { now, changesPerSecond: 100, useYesPrice, era })
      const envelope = { sid: random.integer(1, 12), seq: frames.length + 1 }
      frames.push(Buffer.from(encodeFrame(change.type, now, envelope, msg, era)))
    }
  }
  return frames
}

function captured(): Buffer[] {
  if (!existsSync(CAPTURES)) return []
  const files = readdirSync(CAPTURES).filter(name => name.includes('.jsonl'))
  return files.flatMap(name => {
    const bytes = readFileSync(CAPTURES + name)
    const lines = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().trimEnd().split('\n')
    return lines.flatMap(line => {
      const { raw } = JSON.parse(line) as { raw?: string }
      return raw === undefined ? [] : [Buffer.from(raw)]
    })
  })
}
