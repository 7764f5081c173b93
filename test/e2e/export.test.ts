import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RecordingInfo } from '../../src/audit/recording-info.ts'
import { TABLES } from '../../src/export/tables.ts'
import { duckdbSource, queryDuckdb, readWithPolars } from '../export/readers.ts'
import { mountSmallDisk, temporaryFolder } from '../temporary.ts'
import { linesOf, runKws, startKws } from './run-kws.ts'

const SAMPLE = resolve('recordings/sample')

interface Summary {
  readonly rows: number
  readonly frames: number
  readonly files: number
  readonly bytes: number
}

async function exportTable(...args: readonly string[]): Promise<Summary> {
  const { code, stdout, stderr } = await runKws(['export', SAMPLE, ...args, '--json'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const lines = linesOf<Summary>(stdout)
  expect(lines).toHaveLength(1)
  return lines[0] ?? { rows: 0, frames: 0, files: 0, bytes: 0 }
}

async function contractsIn(format: 'parquet' | 'csv' | 'ndjson', path: string): Promise<unknown[]> {
  const source = duckdbSource(format, path, TABLES.trades.columns)
  const [row = []] = await queryDuckdb(`select count(*)::int, sum(count)::varchar from ${source}`)
  return row
}

describe('kws export', () => {
  it('writes the same trades in every format, as many as kws info counts', async () => {
    const folder = temporaryFolder()
    const [info] = linesOf<RecordingInfo>((await runKws(['info', SAMPLE, '--json'])).stdout)
    const path = (format: string) => join(folder, 'new', `trades.${format}`)
    const formats = ['parquet', 'csv', 'ndjson', 'arrow']
    const summaries = await Promise.all(formats.map(format => exportTable('--table', 'trades', '--out', path(format))))
    for (const [at, format] of formats.entries()) {
      const { frames } = info ?? {}
      const bytes = statSync(path(format)).size
      expect(summaries[at]).toMatchObject({
        table: 'trades',
        format,
        frames,
        files: 1,
        bytes,
        rows: info?.types['trade']
      })
    }
    const [count, contracts] = await contractsIn('parquet', path('parquet'))
    expect(count).toBe(info?.types['trade'])
    expect(Number(contracts)).toBeGreaterThan(0)
    for (const format of ['csv', 'ndjson'] as const) {
      expect(await contractsIn(format, path(format))).toEqual([count, contracts])
    }
    const { columns } = TABLES.trades
    expect(readWithPolars('arrow', path('arrow'), columns)).toEqual(readWithPolars('parquet', path('parquet'), columns))
  })

  it('writes files by day and series that are one table together', async () => {
    const folder = temporaryFolder()
    const [parts, whole] = await Promise.all([
      exportTable('--table', 'book', '--out', join(folder, 'book'), '--partition'),
      exportTable('--table', 'book', '--out', join(folder, 'book.parquet'))
    ])
    expect(parts.rows).toBe(whole.rows)
    expect(readdirSync(join(folder, 'book', 'date=2026-11-24')).sort()).toContain('series=KXPRACHIGHNY')
    const order = 'order by frame, side, price, count'
    const columns = TABLES.book.columns.map(({ name }) => name).join(', ')
    const together = `read_parquet('${folder}/book/**/*.parquet', hive_partitioning = true)`
    expect(await queryDuckdb(`select ${columns} from ${together} ${order}`)).toEqual(
      await queryDuckdb(`select ${columns} from '${folder}/book.parquet' ${order}`)
    )
    expect(await queryDuckdb(`select count(*)::int from ${together} where series <> series_ticker`)).toEqual([[0]])
  })

  it('writes to standard output what lies between two times, of the markets asked for', async () => {
    const args = ['--table', 'bbo', '--format', 'ndjson', '--out', '-', '--markets', 'KXPRACHIGHNY-26NOV24-T0']
    const { code, stdout, stderr } = await runKws(['export', SAMPLE, ...args, '--from', '+5s', '--to', '+7s'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const rows = linesOf<{ received_at: string; market_ticker: string; bid: string }>(stdout)
    expect(rows.length).toBeGreaterThan(3)
    expect(new Set(rows.map(({ market_ticker }) => market_ticker))).toEqual(new Set(['KXPRACHIGHNY-26NOV24-T0']))
    for (const { received_at, bid } of rows) {
      expect(received_at >= '2026-11-24T08:40:55.648' && received_at <= '2026-11-24T08:40:57.649').toBe(true)
      expect(bid).toMatch(/^0\.\d{4}$/)
    }
  })

  it('takes a reader that has seen enough for no error', () => {
    const kws = `'${process.execPath}' '${resolve('bin/kws')}' export '${SAMPLE}' --table frames --format csv --out -`
    const { status, stdout, stderr } = spawnSync('bash', ['-c', `set -o pipefail; ${kws} | head -n 1`], {
      encoding: 'utf8'
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toBe(`${TABLES.frames.columns.map(({ name }) => name).join(',')}\r\n`)
  })

  it('ends in order when it is interrupted, and says that the table is not whole', async () => {
    const run = startKws(['export', SAMPLE, '--table', 'frames', '--format', 'ndjson', '--out', '-'])
    const { stdout } = run.child
    // More than a pipe takes: the export waits for its reader.
    await new Promise(resolve => stdout?.once('data', resolve))
    stdout?.pause()
    run.child.kill('SIGINT')
    stdout?.resume()
    const outcome = await run.finished
    expect(outcome).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/stopped: the table holds what had been read/)
    })
    const rows = linesOf<{ frame: number }>(outcome.stdout)
    expect(rows.map(({ frame }) => frame)).toEqual(rows.map((_, at) => at + 1))
  })

  it('says what is wrong when the disk is full', async ({ skip }) => {
    const folder = temporaryFolder()
    if (!mountSmallDisk(folder, 1)) skip('mounting a small disk is not allowed here')
    const { code, stderr } = await runKws([
      'export',
      SAMPLE,
      '--table',
      'frames',
      '--out',
      join(folder, 'frames.ndjson')
    ])
    expect(code).toBe(1)
    expect(stderr).toMatch(/^kws: .*frames\.ndjson cannot be written: ENOSPC.*remove it and export again\n$/)
  })
})

describe('kws export, called wrongly,', () => {
  it.each([
    [['--out', 'x.parquet'], 2, /--table <name>' not specified/],
    [['--table', 'quotes', '--out', 'x.csv'], 2, /Allowed choices are frames, trades, tickers, book, bbo/],
    [['--table', 'bbo', '--out', 'bbo.xlsx'], 2, /the ending of bbo.xlsx names no format; give --format parquet\|csv/],
    [['--table', 'bbo', '--out', 'x.csv', '--from', '+9s', '--to', '+1s'], 2, /--from lies after --to/],
    [['--table', 'bbo', '--out', 'notes.csv'], 1, /notes.csv is not empty; remove it/]
  ])('with %j ends with %i and leaves everything as it was', async (args, code, message) => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, 'notes.csv'), 'mine\n')
    const outcome = await runKws(['export', SAMPLE, ...args], { cwd })
    expect(outcome).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) })
    expect(outcome.stderr).not.toMatch(/ {4}at /)
    expect(readFileSync(join(cwd, 'notes.csv'), 'utf8')).toBe('mine\n')
    expect(readdirSync(cwd)).toEqual(['notes.csv'])
  })
})
