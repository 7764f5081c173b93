import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/core/clock.ts'
import { run } from '../../../src/pipeline.ts'
import { openRecording } from '../../../src/recording/recording.ts'
import { ReplayFeed } from '../../../src/replay/replay-feed.ts'
import { ROW_TABLES } from '../../../src/sink/sqlite/schema.ts'
import { temporaryFolder } from '../../temporary.ts'
import { openStream, query } from './stream-run.ts'

const DOCS = readFileSync('docs/stream.md', 'utf8')

async function streamSample(): Promise<string> {
  const path = join(temporaryFolder(), 'prices.sqlite')
  const { database, pipeline } = openStream(path)
  const feed = new ReplayFeed([await openRecording(resolve('recordings/sample'))], { clock: systemClock() })
  await run(feed, [pipeline, database])
  return path
}

/** Name and type of each column in the table under a heading. */
function columnsUnder(heading: string): string[] {
  const section = DOCS.split(`\n### ${heading}\n`)[1]?.split('\n#')[0] ?? ''
  return [...section.matchAll(/^\| `(\w+)` \| ([^|]+) \|/gm)].map(match => `${match[1]} ${match[2]}`)
}

/** The same of the database. */
function columnsOf(path: string, table: string): string[] {
  const rows = query(path, `SELECT name, lower(type), "notnull" OR pk FROM pragma_table_info('${table}')`)
  return (rows as [string, string, bigint][]).map(
    ([name, type, isTold]) => `${name} ${type}${isTold ? '' : ' or null'}`
  )
}

describe('docs/stream.md', () => {
  it('has the columns of every table', async () => {
    const path = await streamSample()
    const general = columnsUnder('All rows')
    expect(columnsUnder('markets')).toEqual(columnsOf(path, 'markets'))
    for (const table of ROW_TABLES) {
      expect([...general, ...columnsUnder(table)].sort()).toEqual(columnsOf(path, table).sort())
    }
  })

  it('has queries that give rows as they stand there', async () => {
    const path = await streamSample()
    const queries = [...DOCS.matchAll(/^```sql\n(.*?)^```/gms)].map(match => match[1] ?? '')
    expect(queries).toHaveLength(4)
    for (const sql of queries) expect(query(path, sql).length, sql).toBeGreaterThan(1)
  })
})
