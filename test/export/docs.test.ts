import { spawnSync } from 'node:child_process'
import { readFileSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Column } from '../../src/export/column.ts'
import { TABLE_NAMES, TABLES } from '../../src/export/tables.ts'
import { temporaryFolder } from '../temporary.ts'
import { queryDuckdb } from './readers.ts'
import { exportSample } from './sample.ts'

const DOCS = readFileSync('docs/export.md', 'utf8')

/** Name and type of each column in the table under a heading. */
function columnsUnder(heading: string): string[] {
  const section = DOCS.split(`\n### ${heading}\n`)[1]?.split('\n#')[0] ?? ''
  return [...section.matchAll(/^\| `(\w+)` \| ([^|]+) \|/gm)].map(match => `${match[1]} ${match[2]}`)
}

const WORDS: Readonly<Record<Column['type'], string>> = {
  time: 'timestamp',
  price: 'decimal(18,4)',
  count: 'decimal(18,2)',
  whole: 'int64',
  text: 'text',
  boolean: 'boolean'
}

function blocksOf(language: string): string[] {
  return [...DOCS.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(match => match[1] ?? '')
}

describe('docs/export.md', () => {
  it.each(TABLE_NAMES)('has the columns of %s, in their order', name => {
    const general = [
      ...columnsUnder('All tables'),
      ...(name === 'frames' ? [] : columnsUnder('All tables about markets'))
    ]
    const inCode = TABLES[name].columns.map(
      ({ name, type, nullable }) => `${name} ${WORDS[type]}${nullable ? ' or null' : ''}`
    )
    expect([...general, ...columnsUnder(name)]).toEqual(inCode)
  })

  it('has queries that DuckDB answers as they stand there', async () => {
    const folder = temporaryFolder()
    for (const name of TABLE_NAMES) await exportSample(folder, name, 'parquet')
    await exportSample(folder, 'trades', 'csv')
    await exportSample(folder, 'trades', 'ndjson')
    const queries = blocksOf('sql')
    expect(queries.length).toBeGreaterThan(5)
    for (const query of queries) {
      const placed = query.replaceAll(/'(\w+\.(?:parquet|csv|ndjson))'/g, `'${folder}/$1'`)
      expect((await queryDuckdb(placed)).length, query).toBeGreaterThan(3)
    }
  })

  it('has programs that run with Polars as they stand there', async () => {
    const folder = temporaryFolder()
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
    await exportSample(folder, 'trades', 'parquet')
    await exportSample(folder, 'trades', 'arrow')
    await exportSample(folder, 'bbo', 'arrow')
    const programs = blocksOf('js')
    expect(programs).toHaveLength(2)
    for (const program of programs) {
      const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
        cwd: folder,
        encoding: 'utf8'
      })
      expect(status, program).toBe(0)
      expect(stdout).toContain('KXPRACHIGHNY-26NOV24-T0')
    }
  })
})
