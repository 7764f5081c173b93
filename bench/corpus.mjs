// What the benches run on: frames of the synthetic exchange, as a recording and as the JSON lines that others would keep.
// Time is invented too, so that the same parameters make the same bytes.
import { existsSync } from 'node:fs'
import { mkdir, open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { FrameBatchBuilder } from '../dist/core/frame-batch-builder.js'
import { SyntheticExchange } from '../dist/exchange/synthetic-exchange.js'
import { encodeChange, encodeFrame } from '../dist/exchange/wire.js'
import { wireTime } from '../dist/exchange/wire-time.js'
import { RecordingWriter } from '../dist/recording/recording-writer.js'
import { DeribitCache } from './deribit-feed.mjs'

const START = 1_795_521_600_000_000_000n
const FRAMES_PER_SECOND = 2000
const APART = BigInt(1e9 / FRAMES_PER_SECOND)
const LATENCY = 1_500_000n
const ROUND_LENGTH = 1_000_000
const BATCH_ROWS = 4096

/** As the exchange numbers them: one `sid` a channel; tickers carry no `seq`. */
const SIDS = {
  orderbook_snapshot: 1,
  orderbook_delta: 1,
  ticker: 2,
  trade: 3,
  market_lifecycle_v2: 4,
  event_lifecycle: 4
}

/**
 * Makes the corpus in a folder, or finds what is there: `recording`, and, if asked for, `lines`, and as `deribit` the
 * same for tardis-dev.
 */
export async function corpus(folder, { markets, frames, seed = 1, lines = false, deribit = false }) {
  const path = join(folder, `${markets}-markets-${frames}-frames-${seed}`)
  const made = { markets, frames, recording: join(path, 'recording') }
  if (lines) made.lines = join(path, 'frames.jsonl')
  if (deribit) made.deribit = { cache: join(path, 'deribit'), ...minutesOf(frames) }
  await mkdir(path, { recursive: true })
  const outputs = []
  if (!existsSync(made.recording)) outputs.push(await recordingOutput(path, made.recording))
  if (lines && !existsSync(made.lines)) outputs.push(await linesOutput(made.lines))
  if (deribit && !existsSync(made.deribit.cache)) outputs.push(new DeribitCache(made.deribit.cache))
  if (outputs.length === 0) return made
  for (const batch of batches({ markets, frames, seed })) for (const output of outputs) await output.accept(batch)
  for (const output of outputs) await output.close()
  return made
}

/** The whole minutes that the frames are in. */
function minutesOf(frames) {
  const minutes = Math.ceil(frames / FRAMES_PER_SECOND / 60 + 1e-3)
  const at = minute => new Date(Number(START / 1_000_000n) + minute * 60_000).toISOString()
  return { from: at(0), to: at(minutes) }
}

/** Batches of `{ change, time, text }`. First come the books and quotes of all markets, as after a subscription. */
function* batches({ markets, frames, seed = 1 }) {
  const exchange = new SyntheticExchange({ seed, markets, roundLength: ROUND_LENGTH })
  const opening = exchange.tickers().flatMap(ticker => {
    const market = exchange.find(ticker)
    return market.status === 'active' ? [market.book(), market.quote()] : []
  })
  const seqs = {}
  let batch = []
  for (let made = 0, pending = opening; made < frames; pending = exchange.advance()) {
    for (const change of pending.flatMap(change => withBook(change, exchange))) {
      if (made === frames) break
      const now = wireTime(START + BigInt(made) * APART)
      batch.push({ change, time: START + BigInt(made) * APART + LATENCY, text: frameOf(change, now, seqs) })
      made++
      if (batch.length < BATCH_ROWS) continue
      yield batch
      batch = []
    }
  }
  if (batch.length > 0) yield batch
}

/** Who hears of a new market subscribes to its book. */
function withBook(change, exchange) {
  return change.eventType === 'created' ? [change, exchange.find(change.market.ticker).book()] : [change]
}

function frameOf(change, now, seqs) {
  const sid = SIDS[change.type]
  const seq = change.type === 'ticker' ? undefined : (seqs[sid] = (seqs[sid] ?? 0) + 1)
  const context = { now, changesPerSecond: FRAMES_PER_SECOND, useYesPrice: false, era: 'current' }
  return encodeFrame(change.type, now, { sid, seq }, encodeChange(change, context))
}

async function recordingOutput(folder, path) {
  const temporary = join(folder, 'recording.new')
  const writer = await RecordingWriter.create(temporary, { clock: inventedClock(), session: SESSION })
  const builder = new FrameBatchBuilder()
  return {
    async accept(batch) {
      builder.clear()
      for (const { time, text } of batch) {
        builder.append(time, time - START, 0, 'text', 'received', Buffer.from(text, 'latin1'))
      }
      await writer.accept(builder.batch())
    },
    async close() {
      await writer.close()
      await rename(temporary, path)
    }
  }
}

async function linesOutput(path) {
  const file = await open(`${path}.new`, 'w')
  return {
    async accept(batch) {
      await file.write(batch.map(({ time, text }) => `${JSON.stringify({ t: String(time), raw: text })}\n`).join(''))
    },
    async close() {
      await file.close()
      await rename(`${path}.new`, path)
    }
  }
}

const SESSION = {
  version: 'bench',
  source: { type: 'live', url: 'ws://127.0.0.1', environment: 'practice' },
  filtered: false,
  channels: ['orderbook_delta', 'ticker', 'trade', 'market_lifecycle_v2'],
  markets: [],
  counters: {}
}

/** Every look at it is a millisecond later. */
function inventedClock() {
  let now = START
  return { wall: () => START, monotonic: () => (now += 1_000_000n), sleep: () => Promise.resolve() }
}
