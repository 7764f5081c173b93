// Whether reading bytes agrees with parsing and checking all, over frames that were tampered with. To be run by hand:
//   node bench/fuzz-decoder.mjs [mutants] [seed]
// Frames: the fixtures, the sample recording, synthetic ones of all eras, and captures beside the project if there are any.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { FrameBatchBuilder } from '../dist/core/frame-batch-builder.js'
import { framesOf } from '../dist/core/frame.js'
import { SeededRandom } from '../dist/exchange/seeded-random.js'
import { SyntheticExchange } from '../dist/exchange/synthetic-exchange.js'
import { wireTime } from '../dist/exchange/wire-time.js'
import { encodeChange, encodeFrame } from '../dist/exchange/wire.js'
import { ByteDecoder } from '../dist/protocol/bytes/byte-decoder.js'
import { MarketTable } from '../dist/protocol/market-table.js'
import { readServerText } from '../dist/protocol/server-text.js'
import { openRecording } from '../dist/recording/recording.js'

const MUTANTS = Number(process.argv[2] ?? 600_000)
const random = new SeededRandom(Number(process.argv[3] ?? 1))
const BATCH = 500

/** Bytes that JSON gives a meaning to, and those that are nearly digits. */
const TELLING = Buffer.from('"\\{}[]:,.-+0123456789eE \n\t\r/;x\0\x1f\x7f\x80\xc3\xe2\xff', 'latin1')
const SNIPPETS = [
  '\\u0041',
  '\\"',
  'null',
  'true',
  '1e3',
  '0.48',
  '-0',
  '00',
  '""',
  '{}',
  '[]',
  '"zzz":1,',
  '"msg":{},',
  '"sid":1,',
  ' ',
  '1234567890123456',
  '9007199254740993',
  '"__proto__":1,',
  '"7":1,',
  '"side":"yes",',
  '2026-02-30T00:00:00Z',
  '24:00:60'
].map(text => Buffer.from(text))

function pick(list) {
  return list[random.integer(0, list.length - 1)]
}

function mutate(frame, others) {
  let bytes = frame
  for (let changes = pick([1, 1, 1, 2, 3]); changes > 0; changes--) bytes = pick(MUTATIONS)(bytes, others)
  return bytes
}

const MUTATIONS = [
  bytes => replaced(bytes, random.integer(0, bytes.length), 0, Buffer.from([pick(TELLING)])),
  bytes => replaced(bytes, random.integer(0, bytes.length), 1, Buffer.from([pick(TELLING)])),
  bytes => replaced(bytes, random.integer(0, bytes.length), 1, Buffer.from([random.integer(0, 255)])),
  bytes => replaced(bytes, random.integer(0, bytes.length), random.integer(1, 8), Buffer.alloc(0)),
  bytes => bytes.subarray(0, random.integer(0, bytes.length)),
  bytes => replaced(bytes, random.integer(0, bytes.length), random.integer(0, 4), pick(SNIPPETS)),
  bytes => {
    const from = random.integer(0, bytes.length)
    return replaced(bytes, random.integer(0, bytes.length), 0, bytes.subarray(from, from + random.integer(1, 30)))
  },
  (bytes, others) => {
    const other = pick(others)
    const at = random.integer(0, bytes.length)
    return Buffer.concat([bytes.subarray(0, at), other.subarray(Math.min(at, other.length))])
  },
  bytes => digitsChanged(bytes),
  bytes => shuffled(bytes),
  bytes => spaced(bytes)
]

function replaced(bytes, at, length, by) {
  return Buffer.concat([bytes.subarray(0, at), by, bytes.subarray(Math.min(bytes.length, at + length))])
}

/** One number for another, which may be as good. */
function digitsChanged(bytes) {
  const changed = Buffer.from(bytes)
  const from = random.integer(0, bytes.length)
  for (let at = from; at < Math.min(bytes.length, from + 40); at++) {
    const isDigit = changed[at] >= 0x30 && changed[at] <= 0x39
    if (isDigit && random.chance(0.5)) changed[at] = 0x30 + random.integer(0, 9)
  }
  return changed
}

/** The same fields in another order, with one more or less at times. */
function shuffled(bytes) {
  const frame = parsed(bytes)
  if (frame === undefined) return bytes
  const mixed = object => {
    const entries = Object.entries(object).sort(() => random.fraction() - 0.5)
    if (random.chance(0.2))
      entries.splice(random.integer(0, entries.length), 0, [pick(['extra', '0', 'ts', 'volume']), 1])
    if (random.chance(0.2)) entries.splice(random.integer(0, entries.length), 1)
    if (random.chance(0.2) && entries.length > 0) pick(entries)[1] = pick([null, '', 0, -1, 0.5, 'yes', [], true, 1e20])
    return Object.fromEntries(entries)
  }
  if (typeof frame.msg === 'object' && frame.msg !== null && !Array.isArray(frame.msg)) frame.msg = mixed(frame.msg)
  return Buffer.from(JSON.stringify(mixed(frame)))
}

function spaced(bytes) {
  const frame = parsed(bytes)
  return frame === undefined
    ? bytes
    : Buffer.from(`${JSON.stringify(frame, null, pick([1, '\t']))}${pick(['', '\n', ' \r\n'])}`)
}

function parsed(bytes) {
  try {
    const frame = JSON.parse(bytes.toString())
    return typeof frame === 'object' && frame !== null && !Array.isArray(frame) ? frame : undefined
  } catch {
    return undefined
  }
}

async function sources() {
  const texts = readFileSync(new URL('../fixtures/frames.jsonl', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
  const frames = texts.map(text => Buffer.from(text))
  const sample = await openRecording(new URL('../recordings/sample', import.meta.url).pathname)
  for await (const batch of sample.batches()) frames.push(...framesOf(batch).map(({ payload }) => Buffer.from(payload)))
  frames.push(...synthetic(), ...captures())
  return frames
}

function synthetic() {
  const frames = []
  for (const era of ['legacy', 'dual', 'current']) {
    for (const useYesPrice of [false, true]) {
      const exchange = new SyntheticExchange({ seed: 5, markets: 60, roundLength: 3000, era })
      let time = 1_795_000_000_000_000_000n
      for (let made = 0; made < 4000;) {
        time += BigInt(random.integer(1, 5e8)) * 1000n
        const now = wireTime(time)
        for (const change of exchange.advance()) {
          const msg = encodeChange(change, { now, changesPerSecond: 100, useYesPrice, era })
          frames.push(Buffer.from(encodeFrame(change.type, now, { sid: random.integer(1, 12), seq: ++made }, msg, era)))
        }
      }
    }
  }
  return frames
}

function captures() {
  const folder = new URL('../../shared/real/', import.meta.url)
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter(name => name.includes('.jsonl'))
    .flatMap(name => {
      const bytes = readFileSync(new URL(name, folder))
      const lines = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().trimEnd().split('\n')
      return lines.flatMap(line => JSON.parse(line).raw ?? []).map(text => Buffer.from(text))
    })
}

const counts = { frames: 0, taken: 0 }

/** Both ways number markets as they meet them, so that the numbers must agree too. */
function compare(frames) {
  const builder = new FrameBatchBuilder()
  for (const frame of frames) builder.append(0n, 0n, 0, 'text', 'received', frame)
  const batch = builder.batch()
  const [fastTable, table] = [new MarketTable(), new MarketTable()]
  const decoder = new ByteDecoder(fastTable)
  for (const [row, frame] of frames.entries()) {
    const text = frame.toString()
    const fast = decoder.decode(batch, row)
    const general = readServerText(text, table)
    counts.frames++
    if (fast === null) {
      readServerText(text, fastTable)
      continue
    }
    counts.taken++
    if (isDeepStrictEqual(fast, general) && String(Object.keys(fast)) === String(Object.keys(general))) continue
    throw new Error(
      `${JSON.stringify(text)}\n by bytes:  ${JSON.stringify(fast)}\n in general: ${JSON.stringify(general)}`
    )
  }
}

const frames = await sources()
for (let at = 0; at < frames.length; at += BATCH) compare(frames.slice(at, at + BATCH))
console.log(`${counts.frames} frames as they are: ${counts.taken} read from their bytes, all alike`)
Object.assign(counts, { frames: 0, taken: 0 })
while (counts.frames < MUTANTS) {
  // Those of fewer frames are seen more often, whatever the size of the captures.
  const chosen = Array.from({ length: BATCH }, () => frames[Math.floor(frames.length * random.fraction() ** 2)])
  compare(chosen.map(frame => mutate(frame, chosen)))
}
console.log(`${counts.frames} mutants: ${counts.taken} read from their bytes, all alike`)
