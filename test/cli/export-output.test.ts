import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { OutputFlags } from '../../src/cli/export-output.ts'
import { formatOf, openOutput } from '../../src/cli/export-output.ts'
import { TABLES } from '../../src/export/tables.ts'
import { temporaryFolder } from '../temporary.ts'

const { columns } = TABLES.trades

describe('the format of an export', () => {
  it.each([
    [{ out: 'a/b.c.parquet' }, 'parquet'],
    [{ out: 'trades.csv' }, 'csv'],
    [{ out: 'trades.ndjson' }, 'ndjson'],
    [{ out: 'trades.arrow' }, 'arrow'],
    [{ out: 'trades.csv', format: 'parquet' }, 'parquet'],
    [{ out: '-', format: 'csv' }, 'csv'],
    [{ out: 'trades', partition: true }, 'parquet'],
    [{ out: 'trades', partition: true, format: 'arrow' }, 'arrow']
  ] as const)('of %j is %s', (flags: OutputFlags, format) => {
    expect(formatOf(flags)).toBe(format)
  })

  it.each(['-', 'trades', 'trades.xlsx', 'parquet'])('must be named where the ending of %s does not', out => {
    expect(() => formatOf({ out })).toThrow(/names no format; give --format parquet\|csv\|ndjson\|arrow/)
  })
})

describe('the output of an export', () => {
  it.each([
    [{ out: '-', format: 'parquet' }, 'usage', /parquet does not go to standard output/],
    [{ out: '-', format: 'csv', json: true }, 'usage', /leave --json out/],
    [{ out: '-', format: 'csv', partition: true }, 'usage', /--partition needs a directory/],
    [{ out: 'recordings/sample/trades.arrow' }, 'usage', /lies in a recording/],
    [{ out: 'recordings', format: 'csv' }, 'storage', /is a directory; give a file, or --partition/],
    [{ out: 'no/such/folder/', format: 'csv' }, 'storage', /is a directory; give a file, or --partition/],
    [{ out: 'recordings', partition: true }, 'storage', /is not empty; give a directory/],
    [{ out: 'package.json', partition: true }, 'storage', /is a file; give a directory/],
    [{ out: 'package.json', format: 'ndjson' }, 'storage', /is not empty; remove it/]
  ] as const)('is refused for %j', async (flags: OutputFlags, code, message) => {
    await expect(openOutput(flags, formatOf(flags), columns)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message)
    })
  })

  it('may be an empty file, an empty directory, or nothing yet', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'empty.csv'), '')
    mkdirSync(join(folder, 'empty'))
    for (const out of ['empty.csv', 'new.csv', 'new/new.csv']) {
      await expect(openOutput({ out: join(folder, out) }, 'csv', columns)).resolves.toMatchObject({ files: 0 })
    }
    for (const out of ['empty', 'other']) {
      const flags = { out: join(folder, out), partition: true } as const
      await expect(openOutput(flags, 'parquet', columns)).resolves.toMatchObject({ files: 0 })
    }
  })
})
