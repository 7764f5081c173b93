import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { framesOf } from '../../src/core/frame.ts'
import type { FaultEntry } from '../../src/exchange/faults/fault-entry.ts'
import { parseFault } from '../../src/exchange/faults/fault-language.ts'
import { PracticeExchange } from '../../src/exchange/practice-exchange.ts'
import { openRecording } from '../../src/recording/recording.ts'
import { BUILT_IN_SCANNERS } from '../../src/scan/registry.ts'
import type { Outcome } from './run-kws.ts'
import { linesOf, runKws } from './run-kws.ts'

const SCANNERS = [...Object.keys(BUILT_IN_SCANNERS), 'big-trades']
const FAULTS = [
  'skip-seq:0.002',
  'repeat-seq:0.002',
  'reorder-seq:0.002',
  'drop#0@500ms',
  // After the connection that was dropped came back.
  'silent=200ms#1@400ms'
]
/** So touchy that every scanner has something to say within seconds. */
const TOUCHY = ['--min-change', '0.005', '--min-flow', '10', '--min-pressure', '0.1', '--min-profit', '0.0001']

/** The ways to read the recording, and what they said of it. */
const WAYS = {
  'replay --speed max': ['--speed', 'max'],
  'replay --speed 10x': ['--speed', '10x'],
  'replay --speed 1x': ['--speed', '1x'],
  'scan --replay': null
} as const
const replayed = new Map<string, Outcome>()
const faults: FaultEntry[] = []
let live: Outcome

describe('a scan of an exchange with faults, recorded at the same time', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'kws-test-'))
  const recording = join(cwd, 'r')

  beforeAll(async () => {
    writeFileSync(join(cwd, 'big-trades.ts'), /```ts\n([\s\S]*?)```/.exec(readFileSync('README.md', 'utf8'))?.[1] ?? '')
    const scanners = SCANNERS.map(name => (name === 'big-trades' ? './big-trades.ts' : name))
    const exchange = await PracticeExchange.start({
      clock: systemClock(),
      markets: 24,
      rate: 2_500,
      roundLength: 6_000,
      faults: { faults: FAULTS.map(parseFault), seed: 11, log: entry => void faults.push(entry as FaultEntry) }
    })
    const series = [...new Set(exchange.tickers().map(ticker => ticker.split('-')[0]))].join(',')
    const flags = [...TOUCHY, '--exclusive', series, '--json']
    const source = ['--live', '--url', exchange.url, '--series', series, '--record', recording, '--duration', '2500ms']
    live = await runKws(['scan', ...scanners, ...source, ...flags], { cwd })
    await exchange.close()
    await Promise.all(
      Object.entries(WAYS).map(async ([way, speed]) => {
        const command =
          speed === null
            ? ['scan', ...scanners, '--replay', recording]
            : ['replay', recording, ...speed, '--scanner', scanners.join(',')]
        replayed.set(way, await runKws([...command, ...flags], { cwd }))
      })
    )
  })

  afterAll(() => rmSync(cwd, { recursive: true, force: true }))

  it('went through all of the faults, a reconnection, gaps and their repair', async () => {
    expect(live.code).toBe(0)
    expect(new Set(faults.map(({ fault }) => fault))).toEqual(
      new Set(['skip-seq', 'repeat-seq', 'reorder-seq', 'drop', 'silent'])
    )
    expect(live.stderr).toMatch(/frames are missing, seq \d+/)
    expect(live.stderr).toMatch(/connected again .* as connection 1/)
    const texts: string[] = []
    for await (const batch of (await openRecording(recording)).batches()) {
      for (const { payload } of framesOf(batch)) texts.push(Buffer.from(payload).toString())
    }
    const asked = texts.findIndex(text => text.includes('"get_snapshot"'))
    expect(asked).toBeGreaterThan(0)
    expect(texts.slice(asked).filter(text => text.includes('"orderbook_snapshot"')).length).toBeGreaterThan(10)
  })

  it.each(SCANNERS)('gave signals of %s', scanner => {
    const signals = linesOf<{ readonly scanner: string }>(live.stdout)
    expect(signals.filter(signal => signal.scanner === scanner).length).toBeGreaterThan(0)
  })

  it.each(Object.keys(WAYS))('gives the same bytes and the same hash with %s', way => {
    const { code, stdout, stderr } = replayed.get(way) ?? live
    expect(code).toBe(0)
    expect(stdout).toBe(live.stdout)
    expect(stderr).not.toBe(live.stderr)
    expect(hashIn(stderr)).toBe(hashIn(live.stderr))
  })
})

function hashIn(summary: string): string {
  const [, hash] = /sha256 ([0-9a-f]{64})/.exec(summary) ?? []
  return hash ?? `there is no hash in ${summary}`
}
