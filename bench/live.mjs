// How soon a scanner sees a change: a practice exchange in a process of its own makes 20,000 frames a second, and a
// scanner behind the live feed and the pipeline notes how long ago each was made. Without recording and with it, in
// turns. Where more programs want to run than there are cores, this measures how long the two wait for one;
// `chrt -r 1 bin/kws bench live` leaves that out.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHistogram } from 'node:perf_hooks'
import { systemClock } from '../dist/core/clock.js'
import { LiveFeed } from '../dist/live/live-feed.js'
import { observers, Pipeline, run } from '../dist/pipeline.js'
import { RecordingWriter } from '../dist/recording/recording-writer.js'
import { movers } from '../dist/scan/movers.js'
import { opportunities } from '../dist/scan/opportunities.js'
import { LatencyMeter } from '../dist/sink/latency.js'

const RATE = 20_000
const MARKETS = 300
const ROUNDS = 3
const WARM_UP_SECONDS = 2
const SECONDS = 6
/** Of the frames that were asked for, so many must have come: a client that falls behind must not look fast. */
const RATE_SHARE_WANTED = 0.95
const MILLISECONDS_WANTED = 50
const CHANNELS = ['orderbook_delta', 'ticker', 'trade', 'market_lifecycle_v2']
const clock = systemClock()

/** Measures and prints; false where a change is seen too late, or frames are missing. */
export async function benchLive({ json = false } = {}) {
  const rounds = { scanning: [], recording: [] }
  for (let round = 0; round < ROUNDS; round++) {
    rounds.scanning.push(await measure({ records: false }))
    rounds.recording.push(await measure({ records: true }))
  }
  return report(rounds, json)
}

async function measure({ records }) {
  const folder = await mkdtemp(join(tmpdir(), 'kws-bench-'))
  const exchange = fork(new URL('practice-exchange.mjs', import.meta.url))
  try {
    exchange.send({ markets: MARKETS, rate: RATE })
    const [{ url, tickers }] = await once(exchange, 'message')
    const subscriptions = CHANNELS.map(channel => ({
      channels: [channel],
      ...(channel === 'orderbook_delta' ? { market_tickers: tickers } : {})
    }))
    const feed = await LiveFeed.connect({ url, clock, subscriptions })
    const writers = records ? [await createWriter(join(folder, 'recording'), url)] : []
    return await scan(feed, writers)
  } finally {
    exchange.disconnect()
    await rm(folder, { recursive: true })
  }
}

async function createWriter(path, url) {
  const source = { type: 'live', url, environment: 'practice' }
  const session = { version: 'bench', source, filtered: false, channels: CHANNELS, markets: [], counters: {} }
  return await RecordingWriter.create(path, { clock, session })
}

async function scan(feed, writers) {
  const seen = createHistogram()
  const stopwatch = {
    name: 'stopwatch',
    channels: CHANNELS,
    onMessage({ sentAt }) {
      if (sentAt !== null) seen.record(Math.max(1, Number(clock.wall() / 1000n) - sentAt))
    }
  }
  let meter = new LatencyMeter(clock)
  const observer = observers(feed, { observe: (...of) => meter.observe(...of), irregular: () => {} })
  const scanners = [movers(), opportunities(), stopwatch]
  const pipeline = new Pipeline({ scanners, sinks: [], observer })
  const last = { accept: batch => meter.accept(batch), close: async () => {} }
  const running = run(feed, [...writers, pipeline, last])
  await clock.sleep(WARM_UP_SECONDS * 1000)
  seen.reset()
  meter = new LatencyMeter(clock)
  const began = clock.monotonic()
  await clock.sleep(SECONDS * 1000)
  const seconds = Number(clock.monotonic() - began) / 1e9
  const result = { ...figuresOf(seen), rate: seen.count / seconds, receiptToSignal: meter.processing }
  feed.stop()
  await running
  return { ...result, gaps: pipeline.tracker.counts.gap, pauses: feed.counters.pauses }
}

function figuresOf(histogram) {
  const [p50, p99, p999] = [50, 99, 99.9].map(percent => histogram.percentile(percent) / 1000)
  return { p50, p99, p999, max: histogram.max / 1000 }
}

function report(rounds, json) {
  const ways = Object.entries(rounds).map(([way, results]) => ({ way, results, isGood: isGood(results) }))
  const good = ways.every(way => way.isGood)
  if (json) {
    process.stdout.write(
      `${JSON.stringify({ type: 'bench', bench: 'live', load: loadavg()[0], ...rounds, isGood: good })}\n`
    )
    return good
  }
  const lines = ways.flatMap(({ way, results }) => [way, ...results.map(lineOf)])
  process.stdout.write(
    [
      `from the change in the exchange's process to the scanner, ${ROUNDS} rounds of ${SECONDS} s in turns, load ${loadavg()[0].toFixed(1)}`,
      '(to the millisecond, since the exchange writes when it sent a frame in milliseconds)',
      '',
      '                 frames/s     p50     p99   p99.9     max   receipt to signal p99.9',
      ...lines,
      '',
      `wanted, by medians: p99.9 within ${MILLISECONDS_WANTED} ms, without a gap, at ${RATE_SHARE_WANTED * 100} % of ${RATE} frames/s or more: ${good ? 'yes' : 'NO'}`,
      ''
    ].join('\n')
  )
  return good
}

/** By medians, since other work may share the machine; but what is missing is missing. */
function isGood(results) {
  const [p999, rate] = ['p999', 'rate'].map(name => median(results.map(result => result[name])))
  const isWhole = results.every(({ gaps, pauses }) => gaps === 0 && pauses === 0)
  return p999 <= MILLISECONDS_WANTED && rate >= RATE * RATE_SHARE_WANTED && isWhole
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
}

function lineOf({ rate, p50, p99, p999, max, gaps, receiptToSignal }) {
  const figures = [p50, p99, p999, max].map(value => `${value.toFixed(1).padStart(8)}`)
  const own = `${(receiptToSignal.p999 / 1000).toFixed(1)} ms`.padStart(12)
  const missing = gaps === 0 ? '' : `  ${gaps} gaps`
  return `${Math.round(rate).toLocaleString('en-US').padStart(25)}${figures.join('')}${own}${missing}`
}
