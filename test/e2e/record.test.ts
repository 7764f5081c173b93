import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { RecordingInfo } from '../../src/audit/recording-info.ts'
import { systemClock } from '../../src/core/clock.ts'
import type { PracticeExchangeOptions } from '../../src/exchange/practice-exchange.ts'
import { PracticeExchange } from '../../src/exchange/practice-exchange.ts'
import { parseFault } from '../../src/exchange/faults/fault-language.ts'
import { temporaryFolder } from '../temporary.ts'
import type { Run } from './run-kws.ts'
import { linesOf, runKws, startKws } from './run-kws.ts'

const clock = systemClock()

async function practice(options: Partial<PracticeExchangeOptions> = {}): Promise<PracticeExchange> {
  const exchange = await PracticeExchange.start({ clock, markets: 12, rate: 1000, ...options })
  onTestFinished(() => exchange.close())
  return exchange
}

/** Waits until a fact is so. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(resolve => setTimeout(resolve, 20))
}

function segmentsIn(recording: string): string[] {
  return existsSync(recording) ? readdirSync(recording).filter(name => name.endsWith('.arrow')) : []
}

function bytesIn(recording: string): number {
  return segmentsIn(recording).reduce((sum, name) => sum + statSync(join(recording, name)).size, 0)
}

function record(exchange: PracticeExchange, recording: string, ...more: readonly string[]): Run {
  return startKws(['record', '--url', exchange.url, '--out', recording, '--json', ...more])
}

interface Line {
  readonly type: string
  readonly [key: string]: unknown
}

describe('kws record', () => {
  it('unsubscribes, closes with 1000 and ends within two seconds of SIGTERM; SIGHUP begins a new segment', async () => {
    const exchange = await practice()
    const recording = join(temporaryFolder(), 'r')
    const run = record(exchange, recording, '--markets', exchange.tickers().join(','))
    await run.said('recording ')
    await until(() => segmentsIn(recording).length === 1)
    run.child.kill('SIGHUP')
    await until(() => segmentsIn(recording).length === 2)
    const asked = clock.monotonic()
    run.child.kill('SIGTERM')
    const { code } = await run.finished
    expect(code).toBe(0)
    expect(Number(clock.monotonic() - asked) / 1e9).toBeLessThan(2)

    const session = JSON.parse(readFileSync(join(recording, 'session.json'), 'utf8')) as {
      segments: { sealed: boolean }[]
      counters: Record<string, number>
    }
    expect(session.segments.map(({ sealed }) => sealed)).toEqual([true, true])
    expect(session.counters).toMatchObject({ reconnects: 0, gaps: 0, pauses: 0, gap: 0 })
    const [info] = linesOf<RecordingInfo>((await runKws(['info', recording, '--json'])).stdout)
    expect(info?.types).toMatchObject({ unsubscribed: 4, connection_closed: 1 })
    const bytes = readdirSync(recording).map(name => readFileSync(join(recording, name), 'latin1'))
    expect(bytes.join('')).toContain('{"code":1000,')
  })

  it('leaves a readable recording when a second signal ends it at once', async () => {
    // A silent exchange does not answer the close, so that the orderly end takes its time.
    const faults = [parseFault('silent@start+2500ms')]
    let isSilent = false
    const exchange = await practice({ faults: { faults, seed: 1, log: () => (isSilent = true) } })
    const recording = join(temporaryFolder(), 'r')
    const run = record(exchange, recording, '--markets', exchange.tickers().join(','))
    await run.said('recording ')
    await until(() => isSilent && bytesIn(recording) > 10_000)
    run.child.kill('SIGINT')
    await run.said('ending in good order')
    run.child.kill('SIGINT')
    expect(await run.finished).toMatchObject({ signal: 'SIGINT' })
    const info = await runKws(['info', recording, '--json'])
    expect(info.code).toBe(0)
    expect(linesOf<RecordingInfo>(info.stdout)[0]?.frames).toBeGreaterThan(0)
  })

  it('ends in order when the recording has its size', async () => {
    const exchange = await practice({ rate: 4000 })
    const recording = join(temporaryFolder(), 'r')
    const run = record(exchange, recording, '--markets', exchange.tickers().join(','), '--max-size', '500kB')
    const { code, stdout } = await run.finished
    expect(code).toBe(0)
    const summary = linesOf<Line>(stdout).find(({ type }) => type === 'summary')
    expect(summary?.['bytes']).toBeGreaterThan(300_000)
    expect(summary?.['bytes']).toBeLessThan(20_000_000)
  })

  it('tells of gaps, repairs and reconnections as they happen, on one line each', async () => {
    const faults = [parseFault('skip-seq@start+1500ms'), parseFault('drop@start+2500ms')]
    const exchange = await practice({ faults: { faults, seed: 1, log: () => undefined } })
    const recording = join(temporaryFolder(), 'r')
    const run = record(exchange, recording, '--markets', exchange.tickers().join(','))
    await run.said('connected again')
    run.child.kill('SIGINT')
    const { code, stdout } = await run.finished
    expect(code).toBe(0)
    const lines = linesOf<Line>(stdout)
    expect(lines.find(({ type }) => type === 'gap')).toMatchObject({ lost: 1, connection: 0, time: expect.any(String) })
    const reconnect = lines.find(({ type }) => type === 'reconnect')
    expect(reconnect).toMatchObject({ connection: 1, reason: 'closed with code 1006' })
    expect(Number(reconnect?.['down'])).toBeLessThan(5)
    expect(lines.at(-1)).toMatchObject({ type: 'summary', connection: { reconnects: 1, gaps: 1, framesLost: 1 } })
  })

  it('follows the markets of a series: those that REST lists, and those that are created later', async () => {
    const exchange = await practice({ markets: 20, rate: 2000, roundLength: 2000 })
    const recording = join(temporaryFolder(), 'r')
    const run = record(exchange, recording, '--series', 'KXPRACBTC15M')
    await run.said('are settled')
    let lines = 0
    run.child.stdout?.on('data', (data: Buffer) => (lines += data.toString().split('"universe"').length - 1))
    await until(() => lines >= 3)
    run.child.kill('SIGINT')
    const { code, stdout } = await run.finished
    expect(code).toBe(0)
    const changes = linesOf<Line & { added: string[]; removed: string[] }>(stdout).filter(
      ({ type }) => type === 'universe'
    )
    const added = changes.flatMap(change => change.added)
    expect(added.every(ticker => ticker.startsWith('KXPRACBTC15M-'))).toBe(true)
    expect(added.length).toBeGreaterThan(1)
    const [info] = linesOf<RecordingInfo>((await runKws(['info', recording, '--json'])).stdout)
    expect(info?.kinds.rest).toBeGreaterThan(0)
    expect(info?.types).toHaveProperty('orderbook_snapshot')
  })
})
