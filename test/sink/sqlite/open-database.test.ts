import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import Database from 'libsql'
import { describe, expect, it } from 'vitest'
import { batchOf } from '../../../src/core/frame-batch-builder.ts'
import { KwsError } from '../../../src/core/errors.ts'
import { PriceDatabase } from '../../../src/sink/sqlite/price-database.ts'
import { SCHEMA_VERSION } from '../../../src/sink/sqlite/schema.ts'
import { textFrame, tickerFrame } from '../../frames.ts'
import { temporaryFolder } from '../../temporary.ts'
import { openStream, query, stream } from './stream-run.ts'

const FRAMES = [textFrame(tickerFrame('KXA-1', '0.4800', '0.5000'), 0)]

async function opened(path: string): Promise<string> {
  const database = new PriceDatabase(path)
  await database.close()
  return path
}

/** Changes a database behind the back of kws. */
function tamper(path: string, sql: string): void {
  const database = new Database(resolve(path))
  database.exec(sql)
  database.close()
}

function refusal(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error instanceof KwsError ? `${error.code}: ${error.message}` : error
  }
  return 'nothing was thrown'
}

describe('a database', () => {
  it('is in WAL mode and has the version of its schema', async () => {
    const path = await opened(join(temporaryFolder(), 'new.sqlite'))
    expect(query(path, 'PRAGMA journal_mode')).toEqual([['wal']])
    expect(query(path, 'PRAGMA user_version')).toEqual([[BigInt(SCHEMA_VERSION)]])
  })

  it.each([
    ['a newer', SCHEMA_VERSION + 1],
    ['an older', SCHEMA_VERSION - 1]
  ])('of %s schema is refused and left as it was', async (age, version) => {
    const path = await opened(join(temporaryFolder(), 'other.sqlite'))
    tamper(path, `PRAGMA user_version = ${version}`)
    const before = readFileSync(path)
    expect(refusal(() => new PriceDatabase(path))).toMatch(
      new RegExp(`^storage: .*other.sqlite was written by ${age} kws: its schema is ${version}`)
    )
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  it('of another program is refused and left as it was', () => {
    const path = join(temporaryFolder(), 'mine.sqlite')
    tamper(path, 'CREATE TABLE notes (text)')
    const before = readFileSync(path)
    expect(refusal(() => new PriceDatabase(path))).toMatch(/^storage: .* is a database of another program/)
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  it('that is none is refused and left as it was', () => {
    const path = join(temporaryFolder(), 'notes.txt')
    writeFileSync(path, 'not a database at all\n'.repeat(100))
    const before = readFileSync(path)
    expect(refusal(() => new PriceDatabase(path))).toMatch(/^storage: .*notes.txt is not a SQLite database/)
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  it('cannot be a directory, or lie in one that is not there', () => {
    const folder = temporaryFolder()
    for (const path of [folder, join(folder, 'none', 'prices.sqlite')]) {
      expect(refusal(() => new PriceDatabase(path))).toMatch(/^storage: .* cannot be opened or created/)
    }
  })

  it('that another program has locked is refused when the wait is over', async () => {
    const path = await opened(join(temporaryFolder(), 'prices.sqlite'))
    const other = new Database(resolve(path))
    other.exec('BEGIN IMMEDIATE')
    expect(refusal(() => new PriceDatabase(path, { busyMilliseconds: 20 }))).toMatch(
      /^storage: .* is locked by another program/
    )
    other.exec('ROLLBACK')
    other.close()
    await stream(path, FRAMES)
    expect(query(path, 'SELECT count(*) FROM updates')).toEqual([[1n]])
  })

  it('that another program locks meanwhile loses the batch in hand alone', async () => {
    const path = join(temporaryFolder(), 'prices.sqlite')
    await stream(path, FRAMES)
    const other = new Database(resolve(path))
    const later = [textFrame(tickerFrame('KXA-1', '0.4900', '0.5000'), 5)]
    const { database, take } = openStream(path, { busyMilliseconds: 20 })
    other.exec('BEGIN IMMEDIATE')
    await expect(take(batchOf(later))).rejects.toThrow(/locked by another program/)
    await database.close()
    other.exec('ROLLBACK')
    other.close()
    expect(query(path, 'SELECT bid FROM updates')).toEqual([[4800n]])
  })
})

describe('the obvious queries', () => {
  it.each([
    ['SELECT * FROM latest_view', 'updates_by_market'],
    ["SELECT * FROM latest_view WHERE market_ticker = 'KXA-1'", 'updates_by_market'],
    ["SELECT * FROM latest_view WHERE series_ticker = 'KXA'", 'markets_by_series'],
    ['SELECT * FROM updates WHERE market_id = 1 AND received_at BETWEEN 1 AND 2', 'updates_by_market'],
    ["SELECT * FROM updates_view WHERE market_ticker = 'KXA-1'", 'updates_by_market'],
    ['SELECT * FROM updates WHERE received_at > 1 ORDER BY received_at', 'updates_by_time'],
    ['SELECT * FROM trades WHERE market_id = 1 AND received_at BETWEEN 1 AND 2', 'trades_by_market'],
    ['SELECT * FROM trades WHERE received_at > 1 ORDER BY received_at', 'trades_by_time'],
    ["SELECT * FROM trades WHERE trade_id = 'x'", 'sqlite_autoindex_trades_1'],
    ["SELECT * FROM markets WHERE event_ticker = 'KXA'", 'markets_by_event'],
    ['SELECT * FROM lifecycle WHERE market_id = 1', 'lifecycle_by_market'],
    ["SELECT * FROM lifecycle WHERE event_ticker = 'KXA'", 'lifecycle_by_event'],
    ['SELECT * FROM lifecycle WHERE received_at > 1', 'lifecycle_by_time'],
    ['SELECT * FROM interruptions WHERE received_at > 1', 'interruptions_by_time']
  ])('%s uses %s and scans no table of rows', async (sql, index) => {
    const path = join(temporaryFolder(), 'prices.sqlite')
    await stream(path, FRAMES)
    const plan = query(path, `EXPLAIN QUERY PLAN ${sql}`).map(row => String((row as unknown[]).at(-1)))
    expect(plan.join('\n')).toContain(index)
    expect(plan.filter(step => /^SCAN (u|t|l|updates|trades|lifecycle|interruptions)\b/.test(step))).toEqual([])
  })
})
