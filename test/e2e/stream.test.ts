import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import Database from 'libsql'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { RecordingInfo } from '../../src/audit/recording-info.ts'
import { systemClock } from '../../src/core/clock.ts'
import { PracticeExchange } from '../../src/exchange/practice-exchange.ts'
import { RecordingWriter } from '../../src/recording/recording-writer.ts'
import { batchesOf, textFrame, tickerFrame } from '../frames.ts'
import { everything, query } from '../sink/sqlite/stream-run.ts'
import { mountSmallDisk, temporaryFolder } from '../temporary.ts'
import { linesOf, runKws, startKws } from './run-kws.ts'

const SAMPLE = resolve('recordings/sample')
const clock = systemClock()

interface Summary {
  readonly frames: number
  readonly duplicates: number
  readonly known: number
  readonly rows: Readonly<Record<string, number>>
}

async function streamed(path: string, recording: string, ...more: readonly string[]): Promise<Summary> {
  const { code, stdout, stderr } = await runKws(['stream', '--db', path, '--replay', recording, '--json', ...more])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const [summary, ...rest] = linesOf<Summary>(stdout)
  if (summary === undefined || rest.length > 0) throw new Error(`not one summary: ${stdout}`)
  return summary
}

/** So many tickers of twenty markets, no two alike, half a second apart. */
async function recordTickers(folder: string, count: number): Promise<string> {
  const path = join(folder, 'recording')
  const source = { type: 'live', url: 'ws://x', environment: 'practice' } as const
  const session = { version: 'test', source, filtered: false, channels: ['ticker'], markets: [], counters: {} }
  const writer = await RecordingWriter.create(path, { clock, session })
  const frames = Array.from({ length: count }, (_, at) =>
    textFrame(tickerFrame(`KXA-${at % 20}`, '0.4800', '0.5000', `${at}.00`), at / 2)
  )
  for (const batch of batchesOf(frames, [1000])) await writer.accept(batch)
  await writer.close()
  return path
}

function rowsIn(path: string): number {
  try {
    return Number((query(path, 'SELECT count(*) FROM updates')[0] as bigint[])[0])
  } catch {
    // It is not there yet, or has no tables yet.
    return 0
  }
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(resolve => setTimeout(resolve, 5))
}

describe('kws stream --replay', () => {
  it('stores the sample, as much as kws info counts, and once', async () => {
    const path = join(temporaryFolder(), 'prices.sqlite')
    const [info] = linesOf<RecordingInfo>((await runKws(['info', SAMPLE, '--json'])).stdout)
    const first = await streamed(path, SAMPLE)
    expect(first.frames).toBe(info?.frames)
    expect(first.rows).toMatchObject({ trades: info?.types['trade'], markets: 6 })
    const { ticker = 0, orderbook_delta = 0, orderbook_snapshot = 0 } = info?.types ?? {}
    expect((first.rows['updates'] ?? 0) + first.duplicates).toBe(ticker + orderbook_delta + orderbook_snapshot)
    expect(first.duplicates).toBeGreaterThan(0)
    expect(existsSync(`${path}-wal`)).toBe(false)
    const before = everything(path)
    const second = await streamed(path, SAMPLE)
    expect(second.rows).toEqual({ markets: 0, updates: 0, trades: 0, lifecycle: 0, interruptions: 0 })
    expect(second.duplicates).toBe(first.duplicates)
    expect(everything(path)).toEqual(before)
  })

  it('tells people what it has written', async () => {
    const path = join(temporaryFolder(), 'prices.sqlite')
    const { code, stdout } = await runKws(['stream', '--db', path, '--replay', SAMPLE, '--dedupe', '0'])
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^streamed 2030 frames in [\d.]+ s \([\d,]+ frames\/s\) into .*prices.sqlite\nupdates {2}1891 written, 0 duplicates dropped\nrows {5}markets 6, trades 127, lifecycle 0, interruptions 1\ndata/
    )
  })

  it('loses at most the open batch when it is killed, and goes on where it was', async () => {
    const folder = temporaryFolder()
    const recording = await recordTickers(folder, 60_000)
    const [whole, killed] = [join(folder, 'whole.sqlite'), join(folder, 'killed.sqlite')]
    expect((await streamed(whole, recording)).rows['updates']).toBe(60_000)

    const run = startKws(['stream', '--db', killed, '--replay', recording])
    await until(() => rowsIn(killed) > 0)
    // Holds it up between two transactions, so that it cannot have ended.
    const other = new Database(killed, { timeout: 10_000 })
    other.exec('BEGIN IMMEDIATE')
    run.child.kill('SIGKILL')
    expect(await run.finished).toMatchObject({ signal: 'SIGKILL' })
    other.exec('ROLLBACK')
    other.close()

    const left = everything(killed)
    const stored = left['updates']?.length ?? 0
    const all = everything(whole)
    expect(stored).toBeGreaterThan(0)
    expect(stored).toBeLessThan(60_000)
    expect(left['updates']).toEqual(all['updates']?.slice(0, stored))
    expect(query(killed, 'PRAGMA integrity_check')).toEqual([['ok']])

    const { known, rows } = await streamed(killed, recording)
    expect({ known, updates: rows['updates'] }).toEqual({ known: stored, updates: 60_000 - stored })
    expect(everything(killed)).toEqual(all)
  })

  it('says that a read-only database is one', async ({ skip }) => {
    const folder = join(temporaryFolder(), 'disk')
    mkdirSync(folder)
    if (!mountSmallDisk(folder, 4)) skip('mounting a small disk is not allowed here')
    const path = join(folder, 'prices.sqlite')
    await streamed(path, SAMPLE)
    execFileSync('mount', ['-o', 'remount,ro', folder])
    onTestFinished(() => void execFileSync('mount', ['-o', 'remount,rw', folder]))
    const { code, stderr } = await runKws(['stream', '--db', path, '--replay', SAMPLE])
    expect(code).toBe(1)
    expect(stderr).toMatch(/^kws: .*prices\.sqlite cannot be (written: it is read-only|opened or created)[^\n]*\n$/)
  })

  it('keeps what it had stored when the disk is full', async ({ skip }) => {
    const folder = temporaryFolder()
    const disk = join(folder, 'disk')
    mkdirSync(disk)
    if (!mountSmallDisk(disk, 1)) skip('mounting a small disk is not allowed here')
    const path = join(disk, 'prices.sqlite')
    const recording = await recordTickers(folder, 20_000)
    const { code, stderr } = await runKws(['stream', '--db', path, '--replay', recording])
    expect(code).toBe(1)
    expect(stderr).toMatch(/^kws: .*prices\.sqlite cannot be written: the disk is full; make room[^\n]*\n$/)
    const copy = join(folder, 'copy.sqlite')
    for (const end of ['', '-wal']) if (existsSync(path + end)) copyFileSync(path + end, copy + end)
    expect(query(copy, 'PRAGMA integrity_check')).toEqual([['ok']])
    expect(rowsIn(copy)).toBeGreaterThan(0)
  })
})

describe('kws stream --live', () => {
  it('stores what the exchange says, ends in order, and goes on the next time', async () => {
    const exchange = await PracticeExchange.start({ clock, markets: 12, rate: 1000 })
    onTestFinished(() => exchange.close())
    const path = join(temporaryFolder(), 'prices.sqlite')
    const args = ['stream', '--db', path, '--url', exchange.url, '--markets', exchange.tickers().join(','), '--json']
    const counts: number[] = []
    for (const _ of [1, 2]) {
      const before = rowsIn(path)
      const run = startKws([...args, '--live'])
      await until(() => rowsIn(path) > before + 50)
      run.child.kill('SIGINT')
      const { code, stdout } = await run.finished
      expect(code).toBe(0)
      const [summary] = linesOf<Summary>(stdout)
      expect(summary).toMatchObject({ type: 'summary', known: 0, connection: { gaps: 0, reconnects: 0 } })
      counts.push(summary?.rows['updates'] ?? 0)
    }
    expect(rowsIn(path)).toBe((counts[0] ?? 0) + (counts[1] ?? 0))
    const sources = query(path, 'SELECT DISTINCT source FROM updates ORDER BY source')
    expect(sources).toEqual([['book'], ['ticker']])
    expect(Number((query(path, 'SELECT count(*) FROM markets WHERE title IS NOT NULL')[0] as bigint[])[0])).toBe(12)
  })
})

describe('kws stream, called wrongly,', () => {
  it.each([
    [['--replay', SAMPLE], 2, /required option '--db <file>' not specified/],
    [['--db', 'x.sqlite', '--live', '--replay', SAMPLE], 2, /either --live or --replay/],
    [['--db', 'x.sqlite', '--replay', SAMPLE, '--dedupe', 'soon'], 2, /write a duration/],
    [['--db', 'x.sqlite', '--replay', 'none'], 1, /there is no recording none/],
    [['--db', 'notes.txt', '--replay', SAMPLE], 1, /notes.txt is not a SQLite database; name another file/],
    [['--db', 'none/x.sqlite', '--replay', SAMPLE], 1, /none\/x.sqlite cannot be opened or created/],
    [['--db', 'x.sqlite', '--live'], 1, /needs credentials/]
  ])('with %j ends with %i and makes nothing', async (args, code, message) => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, 'notes.txt'), 'mine, and no database\n'.repeat(50))
    const outcome = await runKws(['stream', ...args], { cwd })
    expect(outcome).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) })
    expect(outcome.stderr).not.toMatch(/ {4}at /)
    expect(readdirSync(cwd)).toEqual(['notes.txt'])
  })
})
