import { readdir, stat } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import { KwsError } from '../core/errors.ts'
import type { Column } from '../export/column.ts'
import type { FormatName } from '../export/formats.ts'
import { FORMAT_NAMES, FORMATS } from '../export/formats.ts'
import { byDateAndSeries, oneFile } from '../export/layout.ts'
import { TableFiles } from '../export/table-files.ts'
import type { TableOutput } from '../export/table-output.ts'
import { TableStream } from '../export/table-stream.ts'

export interface OutputFlags {
  readonly out: string
  readonly format?: FormatName
  readonly partition?: true
  readonly json?: true
}

export const STANDARD_OUTPUT = '-'

/** What was asked for, else what the ending of the path says. */
export function formatOf({ format, out, partition }: OutputFlags): FormatName {
  if (format !== undefined) return format
  if (partition === true) return 'parquet'
  const named = FORMAT_NAMES.find(name => FORMATS[name].extension === extname(out).slice(1))
  if (named !== undefined) return named
  throw new KwsError('usage', `the ending of ${out} names no format; give --format ${FORMAT_NAMES.join('|')}`)
}

/** Throws where something would be overwritten, or the flags do not go together. */
export async function openOutput(
  flags: OutputFlags,
  formatName: FormatName,
  columns: readonly Column[]
): Promise<TableOutput> {
  const { out } = flags
  const format = FORMATS[formatName]
  if (out === STANDARD_OUTPUT) {
    checkStandardOutput(flags, formatName)
    return new TableStream(process.stdout, format.encoder(columns))
  }
  if (flags.partition === true) {
    await checkDirectory(out)
    return new TableFiles(byDateAndSeries(out, format.extension), format, columns)
  }
  await checkFile(out, formatName)
  return new TableFiles(oneFile(out), format, columns)
}

function checkStandardOutput({ partition, json }: OutputFlags, format: FormatName): void {
  if (partition === true) throw new KwsError('usage', '--partition needs a directory; give one as --out')
  if (!FORMATS[format].isText) {
    throw new KwsError(
      'usage',
      `${format} does not go to standard output; give a file as --out, or --format csv|ndjson`
    )
  }
  if (json === true) {
    throw new KwsError(
      'usage',
      'the summary of --json would stand in the table; give a file as --out, or leave --json out'
    )
  }
}

async function checkDirectory(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) return
  if (!found.isDirectory()) throw new KwsError('storage', `${path} is a file; give a directory that is new or empty`)
  if ((await readdir(path)).length > 0) {
    throw new KwsError('storage', `${path} is not empty; give a directory that is new or empty`)
  }
}

async function checkFile(path: string, format: FormatName): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory() === true || path.endsWith('/')) {
    throw new KwsError('storage', `${path} is a directory; give a file, or --partition for a directory of files`)
  }
  if (found !== undefined && found.size > 0) {
    throw new KwsError('storage', `${path} is not empty; remove it, or give another file`)
  }
  const manifest = await stat(join(dirname(path), 'session.json')).catch(() => undefined)
  if (format === 'arrow' && manifest !== undefined) {
    throw new KwsError('usage', `${path} lies in a recording and would be taken for a part of it; give another place`)
  }
}
