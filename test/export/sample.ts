import { join, resolve } from 'node:path'
import { systemClock } from '../../src/core/clock.ts'
import type { FormatName } from '../../src/export/formats.ts'
import { FORMATS } from '../../src/export/formats.ts'
import { oneFile } from '../../src/export/layout.ts'
import { TableExport } from '../../src/export/table-export.ts'
import { TableFiles } from '../../src/export/table-files.ts'
import type { TableName } from '../../src/export/tables.ts'
import { TABLES } from '../../src/export/tables.ts'
import { run } from '../../src/pipeline.ts'
import { openRecording } from '../../src/recording/recording.ts'
import { ReplayFeed } from '../../src/replay/replay-feed.ts'

export const SAMPLE = resolve('recordings/sample')

/** Exports a table of the sample recording to `TABLE.FORMAT` in a folder. */
export async function exportSample(folder: string, table: TableName, format: FormatName): Promise<TableExport> {
  const feed = new ReplayFeed([await openRecording(SAMPLE)], { clock: systemClock() })
  const layout = oneFile(join(folder, `${table}.${FORMATS[format].extension}`))
  const output = new TableFiles(layout, FORMATS[format], TABLES[table].columns)
  const sink = new TableExport(TABLES[table], output, { isFiltered: connection => feed.isFiltered(connection) })
  await run(feed, [sink])
  return sink
}
