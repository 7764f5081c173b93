import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import type { PracticeExchangeOptions } from '../../src/exchange/practice-exchange.ts'
import { PracticeExchange } from '../../src/exchange/practice-exchange.ts'
import type { RecordingInfo } from '../../src/audit/recording-info.ts'
import { openRecording } from '../../src/recording/recording.ts'
import { framesOf } from '../../src/core/frame.ts'
import { mountSmallDisk, temporaryFolder } from '../temporary.ts'
import { linesOf, runKws, startKws } from './run-kws.ts'

async function practice(options: Partial<PracticeExchangeOptions> = {}): Promise<PracticeExchange> {
  const exchange = await PracticeExchange.start({ clock: systemClock(), markets: 12, rate: 1500, ...options })
  onTestFinished(() => exchange.close())
  return exchange
}

function segmentOf(recording: string): string {
  return join(recording, readdirSync(recording).find(name => name.endsWith('.arrow')) ?? '')
}

describe('the whole round', () => {
  it('demo records, replays and finds equal signals; one changed byte of a delta makes them differ', async () => {
    const recording = join(temporaryFolder(), 'demo')
    const { code, stdout } = await runKws(['demo', '--duration', '2s', '--out', recording, '--json'])
    expect(code).toBe(0)
    const [result] = linesOf<{ frames: number; signals: number; sha256: string; equal: boolean }>(stdout)
    expect(result?.equal).toBe(true)
    expect(result?.frames).toBeGreaterThan(2_000)
    expect(result?.signals).toBeGreaterThan(0)

    const live = readFileSync(join(recording, 'signals.ndjson'), 'utf8')
    const replay = async () => await runKws(['replay', recording, '--scanner', 'movers,opportunities', '--json'])
    expect(result?.sha256).toBe(createHash('sha256').update(live).digest('hex'))
    const replayed = await replay()
    expect(replayed.stdout).toBe(live)
    expect(replayed.stderr).toContain(`sha256 ${result?.sha256}`)

    const segment = segmentOf(recording)
    const bytes = readFileSync(segment)
    const delta = bytes.indexOf('"delta_fp":"')
    bytes[delta + '"delta_fp":"'.length] = '9'.charCodeAt(0)
    writeFileSync(segment, bytes)
    expect((await replay()).stdout).not.toBe(live)
  })

  it('records every frame that the exchange sent, also when it is interrupted, and is followed meanwhile', async () => {
    const exchange = await practice()
    const recording = join(temporaryFolder(), 'r')
    const markets = exchange.tickers().join(',')
    const run = startKws(['record', '--url', exchange.url, '--markets', markets, '--out', recording, '--json'])
    await run.said('recording ')
    const scanning = ['replay', recording, '--scanner', 'movers,opportunities', '--min-change', '0.005', '--json']
    const follower = startKws([...scanning, '--follow'])
    while (exchange.counters.frames < 2_000) await new Promise(resolve => setTimeout(resolve, 20))
    run.child.kill('SIGINT')
    const { code, stdout, stderr } = await run.finished
    expect({ code, stderr: stderr.replaceAll(/^.*(recording ws:|ending in good order).*\n/gm, '') }).toEqual({
      code: 0,
      stderr: ''
    })
    const followed = await follower.finished
    const replayed = await runKws(scanning)
    expect([followed.code, followed.stdout]).toEqual([replayed.code, replayed.stdout])
    expect(linesOf(followed.stdout).length).toBeGreaterThan(0)

    const [info] = linesOf<RecordingInfo>((await runKws(['info', recording, '--json'])).stdout)
    const received = await receivedTexts(recording)
    expect(received).toBe(exchange.counters.frames)
    const summary = linesOf<{ type: string; frames: number }>(stdout).find(({ type }) => type === 'summary')
    expect(info?.frames).toBe(summary?.frames)
    expect(info?.irregularities.gap).toBe(0)
    expect(info?.types).not.toHaveProperty('malformed')
    expect(info?.types).not.toHaveProperty('unknown')
    expect(info?.kinds).toMatchObject({ open: 1, close: 1 })
    expect(info?.channels).toEqual(
      expect.arrayContaining(['ticker', 'trade', 'market_lifecycle_v2', 'orderbook_delta'])
    )
  })

  it('loses nothing that had arrived when the disk is full while it records', async context => {
    const disk = temporaryFolder()
    if (!mountSmallDisk(disk, 16)) return context.skip('a small disk cannot be mounted here')
    const exchange = await practice({ rate: 4_000 })
    const recording = join(disk, 'r')
    const markets = exchange.tickers().join(',')
    const { code, stderr } = await runKws(['record', '--url', exchange.url, '--markets', markets, '--out', recording])
    const [, arrived] = /the disk is full: all (\d+) frames are safe/.exec(stderr) ?? []
    expect({ code, arrived: Number(arrived) }).toEqual({ code: 1, arrived: expect.any(Number) })
    expect(await receivedTexts(recording)).toBe(exchange.counters.frames)
    const [info] = linesOf<RecordingInfo>((await runKws(['info', recording, '--json'])).stdout)
    expect(info).toMatchObject({ frames: Number(arrived), faults: [] })
  })

  it('prints one table with --once', async () => {
    const exchange = await practice()
    const { code, stdout } = await runKws(['scan', '--live', '--once', '--url', exchange.url, '--top', '3'])
    expect(code).toBe(0)
    expect(stdout.split('\n').slice(0, 2).join(' ')).toMatch(/^movers market +bid +ask/)
    expect(stdout).toMatch(/signals {2}\d+, sha256 [0-9a-f]{64}/)
  })

  it('ends well when the reader of a pipe has seen enough', async () => {
    const recording = join(temporaryFolder(), 'demo')
    await runKws(['demo', '--duration', '1s', '--out', recording])
    const run = startKws(['replay', recording, '--scanner', 'opportunities', '--speed', '1x', '--json'])
    await new Promise(seen => run.child.stdout?.once('data', seen))
    run.child.stdout?.destroy()
    expect(await run.finished).toMatchObject({ code: 0, stderr: '' })
  })
})

async function receivedTexts(path: string): Promise<number> {
  let texts = 0
  for await (const batch of (await openRecording(path)).batches()) {
    for (const { kind, direction } of framesOf(batch)) if (kind === 'text' && direction === 'received') texts++
  }
  return texts
}
