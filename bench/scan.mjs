// How soon there is a table of what moves on a whole exchange, and how old it is: `kws scan --live --once` as a process,
// from its start to its end, beside a program that polls REST for the list of all markets, in turns. The exchange is a
// process of its own with 5,000 markets and answers 20 REST requests a second.
import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { loadavg } from 'node:os'
import { createHistogram } from 'node:perf_hooks'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { systemClock } from '../dist/core/clock.js'
import { LiveFeed } from '../dist/live/live-feed.js'
import { Pipeline, run } from '../dist/pipeline.js'

const MARKETS = 5_000
const RATE = 1_000
const READS_PER_SECOND = 20
/** What the exchange gives where no limit is asked for (protocol reference, section 14). */
const PAGE = 100
const ROUNDS = 5
const PUSH_SECONDS = 4
const ONCE_SECONDS_MAX = 5
const clock = systemClock()

/** Measures and prints; false where the first table takes too long. */
export async function benchScan({ json = false } = {}) {
  const exchange = fork(new URL('practice-exchange.mjs', import.meta.url))
  try {
    exchange.send({ markets: MARKETS, rate: RATE, restRequestsPerSecond: READS_PER_SECOND })
    const [{ url }] = await once(exchange, 'message')
    const rounds = { scan: [], polling: [], age: [] }
    for (let round = 0; round < ROUNDS; round++) {
      rounds.scan.push(await scanOnce(url))
      rounds.polling.push(await poll(url))
      rounds.age.push(await ageOfPush(url))
    }
    return report(rounds, json)
  } finally {
    exchange.disconnect()
  }
}

/** Seconds of the whole process. */
async function scanOnce(url) {
  const started = clock.monotonic()
  const kws = fileURLToPath(new URL('../bin/kws', import.meta.url))
  const args = [kws, 'scan', 'movers', '--live', '--once', '--url', url, '--log-level', 'warn']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let table = ''
  child.stdout.on('data', data => (table += data))
  const [code] = await once(child, 'close')
  if (code !== 0 || !/^KX/m.test(table)) throw new Error(`kws scan --once gave no table, and code ${code}: ${table}`)
  return secondsSince(started)
}

/** Seconds until the first table, from the start of the process, and between it and the second. */
async function poll(url) {
  const started = clock.monotonic()
  const { host } = new URL(url)
  const script = fileURLToPath(new URL('polling.mjs', import.meta.url))
  const args = [script, `http://${host}/trade-api/v2`, PAGE, READS_PER_SECOND, 2].map(String)
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const tables = []
  for await (const line of createInterface(child.stdout))
    tables.push({ ...JSON.parse(line), at: secondsSince(started) })
  if (tables.length < 2) throw new Error('polling gave no second table')
  return { first: tables[0].at, cycle: tables[1].seconds, markets: tables[1].markets }
}

/** Milliseconds from a change to the scanner, at the 99th percentile. */
async function ageOfPush(url) {
  const ages = createHistogram()
  const feed = await LiveFeed.connect({ url, clock, subscriptions: [{ channels: ['ticker'] }] })
  const stopwatch = {
    name: 'stopwatch',
    channels: ['ticker'],
    onMessage({ type, sentAt }) {
      if (type === 'ticker' && sentAt !== null) ages.record(Math.max(1, Number(clock.wall() / 1000n) - sentAt))
    }
  }
  const running = run(feed, [new Pipeline({ scanners: [stopwatch], sinks: [] })])
  await clock.sleep(PUSH_SECONDS * 1000)
  feed.stop()
  await running
  if (ages.count === 0) throw new Error('no ticker came')
  return ages.percentile(99) / 1000
}

function report({ scan, polling, age }, json) {
  const result = {
    onceSeconds: median(scan),
    pollingSeconds: median(polling.map(({ first }) => first)),
    cycleSeconds: median(polling.map(({ cycle }) => cycle)),
    pushMilliseconds: median(age)
  }
  const { onceSeconds, pollingSeconds, cycleSeconds, pushMilliseconds } = result
  const ratios = { first: pollingSeconds / onceSeconds, age: (cycleSeconds * 1000) / pushMilliseconds }
  const isGood = onceSeconds < ONCE_SECONDS_MAX
  if (json) {
    process.stdout.write(`${JSON.stringify({ type: 'bench', bench: 'scan', ...result, ratios, isGood })}\n`)
    return isGood
  }
  const markets = polling[0].markets.toLocaleString('en-US')
  process.stdout.write(
    [
      `${markets} markets, ${READS_PER_SECOND} REST reads a second, medians of ${ROUNDS} rounds in turns; load ${loadavg()[0].toFixed(1)}`,
      '',
      '                                 first table   a change is seen after',
      `kws scan --live --once        ${seconds(onceSeconds)}   ${`${pushMilliseconds.toFixed(1)} ms`.padStart(22)}   99 of 100 within, pushed`,
      `polling, ${PAGE} markets a page   ${seconds(pollingSeconds)}   ${`${cycleSeconds.toFixed(2)} s`.padStart(22)}   a cycle`,
      `ratio                         ${ratios.first.toFixed(1).padStart(14)}   ${Math.round(ratios.age).toLocaleString('en-US').padStart(22)}`,
      '',
      `wanted: a first table within ${ONCE_SECONDS_MAX} s: ${isGood ? 'yes' : 'NO'}`,
      ''
    ].join('\n')
  )
  return isGood
}

function seconds(value) {
  return `${value.toFixed(2)} s`.padStart(14)
}

function secondsSince(started) {
  return Number(clock.monotonic() - started) / 1e9
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
}
