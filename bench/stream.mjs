// What storing costs: a recording of price updates of which no two are alike, at full speed through the pipeline alone
// and through the pipeline into SQLite, in turns. By the time on the clock, and by this process's CPU time, since other
// work may share the machine.
import { mkdtemp, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../dist/core/clock.js'
import { FrameBatchBuilder } from '../dist/core/frame-batch-builder.js'
import { Pipeline, run } from '../dist/pipeline.js'
import { openRecording } from '../dist/recording/recording.js'
import { RecordingWriter } from '../dist/recording/recording-writer.js'
import { ReplayFeed } from '../dist/replay/replay-feed.js'
import { PriceDatabase } from '../dist/sink/sqlite/price-database.js'

const UPDATES = 200_000
const MARKETS = 300
const ROUNDS = 3
const BATCH = 4096
const PER_SECOND_WANTED = 50_000
const START = 1_795_521_600_000_000_000n
const clock = systemClock()

/** Measures and prints; false where too few updates a second of CPU time are stored, or any is missing. */
export async function benchStream({ json = false } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'kws-bench-'))
  try {
    const recording = await record(join(folder, 'recording'))
    const rounds = { plain: [], stored: [], again: [] }
    // The first round warms up.
    for (let round = 0; round <= ROUNDS; round++) {
      const path = join(folder, `${round}.sqlite`)
      const results = {
        plain: await measure(recording),
        stored: await measure(recording, path),
        again: await measure(recording, path)
      }
      await rm(path)
      if (results.stored.rows !== UPDATES || results.again.rows !== 0) throw new Error('updates are missing, or twice')
      if (round > 0) for (const [name, result] of Object.entries(results)) rounds[name].push(result)
    }
    return report(rounds, json)
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function record(path) {
  const source = { type: 'live', url: 'ws://127.0.0.1', environment: 'bench' }
  const session = { version: 'bench', source, filtered: false, channels: ['ticker'], markets: [], counters: {} }
  const writer = await RecordingWriter.create(path, { clock, session })
  const builder = new FrameBatchBuilder()
  for (let at = 0; at < UPDATES; at++) {
    const received = START + BigInt(at) * 20_000n
    builder.append(received, received, 0, 'text', 'received', Buffer.from(JSON.stringify(tickerOf(at))))
    if (builder.length < BATCH && at < UPDATES - 1) continue
    await writer.accept(builder.batch())
    builder.clear()
  }
  await writer.close()
  return await openRecording(path)
}

/** With its keys in the exchange's order. */
function tickerOf(at) {
  const bid = 1000 + ((at * 7) % 8000)
  const milliseconds = Number(START / 1_000_000n) + Math.floor(at / 50)
  return {
    type: 'ticker',
    sid: 1,
    msg: {
      market_id: '11111111-2222-4333-8444-555555555555',
      market_ticker: `KXBENCH-26NOV24-T${at % MARKETS}`,
      price_dollars: dollars(bid),
      yes_bid_dollars: dollars(bid),
      yes_ask_dollars: dollars(bid + 100),
      volume_fp: `${at}.00`,
      open_interest_fp: `${at}.00`,
      dollar_volume: at,
      dollar_open_interest: at,
      yes_bid_size_fp: `${at % 977}.00`,
      yes_ask_size_fp: `${at % 983}.50`,
      last_trade_size_fp: '1.00',
      ts: Math.floor(milliseconds / 1000),
      ts_ms: milliseconds,
      time: new Date(milliseconds).toISOString()
    }
  }
}

function dollars(tenThousandths) {
  return `0.${String(tenThousandths).padStart(4, '0')}`
}

async function measure(recording, path) {
  const database = path === undefined ? undefined : new PriceDatabase(path)
  const pipeline = new Pipeline({
    scanners: [],
    sinks: [],
    ...(database === undefined ? {} : { onFrame: (...frame) => database.onFrame(...frame, pipeline.tracker) })
  })
  const started = clock.monotonic()
  const cpu = process.cpuUsage()
  const sinks = database === undefined ? [pipeline] : [pipeline, database]
  await run(new ReplayFeed([recording], { clock }), sinks)
  const { user, system } = process.cpuUsage(cpu)
  const seconds = Number(clock.monotonic() - started) / 1e9
  return {
    perSecond: UPDATES / seconds,
    perCpuSecond: UPDATES / ((user + system) / 1e6),
    rows: database?.stored.updates ?? 0
  }
}

function report(rounds, json) {
  const medians = Object.fromEntries(
    Object.entries(rounds).map(([name, results]) => [
      name,
      {
        perSecond: median(results.map(({ perSecond }) => perSecond)),
        perCpuSecond: median(results.map(({ perCpuSecond }) => perCpuSecond))
      }
    ])
  )
  const isGood = medians.stored.perCpuSecond >= PER_SECOND_WANTED
  const ratio = medians.stored.perCpuSecond / medians.plain.perCpuSecond
  if (json) {
    process.stdout.write(`${JSON.stringify({ type: 'bench', bench: 'stream', ...medians, ratio, isGood })}\n`)
    return isGood
  }
  process.stdout.write(
    [
      `${UPDATES.toLocaleString('en-US')} updates of ${MARKETS} markets, no two alike, medians of ${ROUNDS} rounds in turns; load ${loadavg()[0].toFixed(1)}`,
      '',
      '                             a second of CPU time   a second of the clock',
      `pipeline alone               ${rates(medians.plain)}`,
      `into a new database          ${rates(medians.stored)}   wanted: ${PER_SECOND_WANTED.toLocaleString('en-US')} of CPU time`,
      `the same again               ${rates(medians.again)}   changes nothing`,
      ''
    ].join('\n')
  )
  return isGood
}

function rates({ perCpuSecond, perSecond }) {
  return [perCpuSecond, perSecond].map(rate => Math.round(rate).toLocaleString('en-US').padStart(20)).join('    ')
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
}
