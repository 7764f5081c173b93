// Whether the time per frame and the memory stay what they are as there are more markets and more frames.
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rm } from 'node:fs/promises'
import { corpus } from './corpus.mjs'
import { race } from './race.mjs'

const FOLDER = join(tmpdir(), 'kws-bench')
const BY_MARKETS = [1, 100, 3000, 10_000].map(markets => ({ markets, frames: 500_000 }))
const BY_FRAMES = [1_000_000, 10_000_000].map(frames => ({ markets: 300, frames }))
const LARGE = { markets: 300, frames: 50_000_000 }
/** The recording of so many frames is not kept. */
const KEPT_MAX = 1_000_000
const MEGABYTES_WANTED = 300
const GROWTH_WANTED = 1.2

/** Measures and prints; false where memory or the time per frame grows with the number of frames. */
export async function benchGrowth({ json = false, large = false } = {}) {
  const sizes = [...BY_MARKETS, ...BY_FRAMES, ...(large ? [LARGE] : [])]
  const results = []
  for (const size of sizes) {
    process.stderr.write(`${size.markets} markets, ${size.frames} frames …\n`)
    results.push({ ...size, ...(await measure(size)) })
  }
  const [first, ...longer] = results.slice(BY_MARKETS.length)
  const isGood = longer.every(({ cpu, peakBytes }) => {
    return cpu <= first.cpu * GROWTH_WANTED && peakBytes <= MEGABYTES_WANTED * 1e6
  })
  if (json) {
    for (const result of results)
      process.stdout.write(`${JSON.stringify({ type: 'bench', bench: 'growth', ...result })}\n`)
    return isGood
  }
  process.stdout.write(
    [
      'raw replay into books, a process each, its start and all; medians of 3 (of 1 from 10 million frames on)',
      '',
      '  markets        frames   CPU/frame   peak memory',
      ...results.map(lineOf),
      '',
      `wanted: at most ${GROWTH_WANTED} times the CPU per frame and ${MEGABYTES_WANTED} MB from ${BY_FRAMES[0].frames.toLocaleString('en-US')} frames on: ${isGood ? 'yes' : 'NO'}`,
      ''
    ].join('\n')
  )
  return isGood
}

async function measure({ markets, frames }) {
  const input = await corpus(FOLDER, { markets, frames })
  const rounds = frames > KEPT_MAX ? 1 : 3
  const figures = await race([{ name: 'kws', file: 'raw-replay', input }], { rounds, isWhole: true })
  if (frames > KEPT_MAX) await rm(input.recording, { recursive: true })
  return figures.get('kws')
}

function lineOf({ markets, frames, cpu, peakBytes }) {
  const [m, f] = [markets, frames].map(count => count.toLocaleString('en-US'))
  return `${m.padStart(9)}${f.padStart(14)}${`${cpu.toFixed(0)} ns`.padStart(12)}${`${(peakBytes / 1e6).toFixed(0)} MB`.padStart(14)}`
}
