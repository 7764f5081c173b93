// How close to its due time a frame is replayed: the synthetic exchange's 2,000 frames a second at 1x and at 10x, into
// tracker and books. A frame that is due while the process waits for a core is late, whoever has the core.
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../dist/core/clock.js'
import { Pipeline, run } from '../dist/pipeline.js'
import { firstReceivedAt, openRecording } from '../dist/recording/recording.js'
import { ReplayFeed } from '../dist/replay/replay-feed.js'
import { corpus } from './corpus.mjs'

const SPEEDS = [1, 10]
const SECONDS = 10n
const LATENESS_WANTED = 2
const BUSY_WANTED = 0.3

/** Measures and prints; false where frames are late though the process is hardly busy. */
export async function benchPacing({ json = false } = {}) {
  const { recording: path } = await corpus(join(tmpdir(), 'kws-bench'), { markets: 300, frames: 220_000 })
  const results = []
  for (const speed of SPEEDS) results.push(await measure(path, speed))
  const isGood = results.every(({ lateness, busy }) => lateness.p99 <= LATENESS_WANTED || busy >= BUSY_WANTED)
  if (json) {
    for (const result of results)
      process.stdout.write(`${JSON.stringify({ type: 'bench', bench: 'pacing', ...result })}\n`)
    return isGood
  }
  process.stdout.write(
    [
      `2,000 frames/s of recorded time, ${SECONDS} s each; load ${loadavg()[0].toFixed(1)}`,
      '',
      'speed  achieved     p50     p99      max   of a core',
      ...results.map(lineOf),
      '',
      `wanted: frames late by ${LATENESS_WANTED} ms at most at p99, as long as less than ${BUSY_WANTED * 100} % of a core is used: ${isGood ? 'yes' : 'NO'}`,
      ''
    ].join('\n')
  )
  return isGood
}

async function measure(path, speed) {
  const recording = await openRecording(path)
  const to = (await firstReceivedAt(recording)) + SECONDS * BigInt(speed) * 1_000_000_000n
  const feed = new ReplayFeed([recording], { clock: systemClock(), speed, to })
  const [before, started] = [process.cpuUsage(), performance.now()]
  await run(feed, [new Pipeline({ scanners: [], sinks: [] })])
  const { user, system } = process.cpuUsage(before)
  const busy = (user + system) / 1000 / (performance.now() - started)
  return { ...feed.pace, busy }
}

function lineOf({ asked, achieved, lateness, busy }) {
  const [p50, p99, max] = [lateness.p50, lateness.p99, lateness.max].map(value => `${value.toFixed(2)} ms`.padStart(8))
  return `${`${asked}x`.padEnd(7)}${`${achieved.toFixed(3)}x`.padStart(8)}${p50}${p99} ${max}${`${(busy * 100).toFixed(1)} %`.padStart(12)}`
}
