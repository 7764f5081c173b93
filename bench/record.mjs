// What recording costs: frames that come as fast as they are taken are stored by this recorder, plain and compressed,
// and by the one that people write, in turns. Each recorder is a process of its own, and so is the sender. Then the
// same at a steady rate, to see how long the event loop is held.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, rmSync, statSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openRecording } from '../dist/recording/recording.js'
import { platformZstd } from '../dist/recording/zstd.js'
import { recordSynthetic } from './synthetic-recording.mjs'

const FRAMES = 300_000
const REPEATS = 4
const ROUNDS = 5
const STEADY_PER_SECOND = 20_000
const STEADY_FRAMES = 60_000
const WAYS = ['jsonl', 'none', 'zstd']
const RATIO_WANTED = { none: 2.5, zstd: 2 }
const BYTES_WANTED = 45
const DELAY_WANTED = 10
const CPU_WANTED = platformZstd() === undefined ? 2.2 : 1.6

/** Runs the comparison and prints it; false where one of its figures is not good enough or a frame was lost. */
export async function benchRecord({ json = false } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'kws-bench-'))
  try {
    await recordSynthetic(join(folder, 'all'), FRAMES)
    await recordSynthetic(join(folder, 'few'), STEADY_FRAMES)
    const [all, few] = [await startSender(join(folder, 'all'), REPEATS), await startSender(join(folder, 'few'), 1)]
    few.process.send({ perSecond: STEADY_PER_SECOND })
    const rounds = { jsonl: [], none: [], zstd: [] }
    for (let round = 0; round <= ROUNDS; round++) {
      for (const way of WAYS) {
        const saturated = await measure(way, all, join(folder, way))
        const steady = await measure(way, few, join(folder, way))
        // The first round is for the file system's caches.
        if (round > 0) rounds[way].push({ ...saturated, delay: steady.delay })
      }
    }
    all.process.kill()
    few.process.kill()
    return report(rounds, json)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function startSender(path, repeats) {
  const process = fork(new URL('frame-sender.mjs', import.meta.url), [path, String(repeats)], { serialization: 'json' })
  const [{ port, frames }] = await once(process, 'message')
  return { process, port, frames }
}

async function measure(way, { port, frames: expected }, path) {
  const recorder = fork(new URL('frame-recorder.mjs', import.meta.url), { serialization: 'json' })
  recorder.send({ way, port, path, expected })
  const [{ frames, seconds, cpuSeconds, delay }] = await once(recorder, 'message')
  await once(recorder, 'exit')
  const stored = way === 'jsonl' ? frames : await countStored(path)
  if (frames !== expected || stored < expected) throw new Error(`${way}: ${stored} frames were stored of ${expected}`)
  const bytes = way === 'jsonl' ? statSync(path).size : segmentBytes(path)
  rmSync(path, { recursive: true })
  return { perSecond: frames / seconds, cpu: (cpuSeconds / frames) * 1e9, bytes: bytes / frames, delay }
}

async function countStored(path) {
  let frames = 0
  for await (const batch of (await openRecording(path)).batches()) frames += batch.length
  return frames
}

function segmentBytes(path) {
  const sizes = readdirSync(path).map(name => (name.endsWith('.arrow') ? statSync(join(path, name)).size : 0))
  return sizes.reduce((sum, size) => sum + size, 0)
}

function report(rounds, json) {
  const results = WAYS.map(way => {
    const of = figure => median(rounds[way].map(round => round[figure]))
    return { way, perSecond: of('perSecond'), cpu: of('cpu'), bytes: of('bytes'), delay: of('delay') }
  })
  const [jsonl, plain, compressed] = results
  const ratios = { none: plain.perSecond / jsonl.perSecond, zstd: compressed.perSecond / jsonl.perSecond }
  const cpuRatio = compressed.cpu / plain.cpu
  const isGood =
    ratios.none >= RATIO_WANTED.none &&
    ratios.zstd >= RATIO_WANTED.zstd &&
    cpuRatio <= CPU_WANTED &&
    compressed.bytes <= BYTES_WANTED &&
    Math.max(plain.delay, compressed.delay) <= DELAY_WANTED
  if (json) {
    process.stdout.write(`${JSON.stringify({ type: 'bench', bench: 'record', results, ratios, cpuRatio, isGood })}\n`)
    return isGood
  }
  const zstd = platformZstd() === undefined ? 'WebAssembly' : 'of the platform'
  process.stdout.write(
    [
      `${(FRAMES * REPEATS).toLocaleString('en-US')} frames from a socket on loopback as fast as they are taken, medians of ${ROUNDS} rounds in turns`,
      `(delay: p99.9 of the event loop at ${STEADY_PER_SECOND.toLocaleString('en-US')} frames/s; zstd ${zstd}, level 1)`,
      '',
      'recorder                   frames/s   ratio     CPU/frame   bytes/frame     delay',
      line('ws + JSON.stringify', jsonl, 1),
      line('kws record', plain, ratios.none),
      line('kws record, zstd', compressed, ratios.zstd),
      '',
      `wanted: ratios of ${RATIO_WANTED.none} and ${RATIO_WANTED.zstd}, no frame lost, delays up to ${DELAY_WANTED} ms; compressed: up to ${BYTES_WANTED} bytes`,
      `and ${CPU_WANTED} times the CPU of uncompressed (is ${cpuRatio.toFixed(2)})`,
      ''
    ].join('\n')
  )
  return isGood
}

function line(name, { perSecond, cpu, bytes, delay }, ratio) {
  return [
    name.padEnd(22),
    Math.round(perSecond).toLocaleString('en-US').padStart(13),
    ratio.toFixed(2).padStart(8),
    `${Math.round(cpu).toLocaleString('en-US')} ns`.padStart(14),
    bytes.toFixed(1).padStart(14),
    `${delay.toFixed(1)} ms`.padStart(10)
  ].join('')
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
}
