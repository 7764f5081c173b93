import { resolve } from 'node:path'
import Database from 'libsql'
import type { Frame } from '../../../src/core/frame.ts'
import type { FrameBatch } from '../../../src/core/frame.ts'
import { Pipeline } from '../../../src/pipeline.ts'
import type { PriceDatabaseOptions } from '../../../src/sink/sqlite/price-database.ts'
import { PriceDatabase } from '../../../src/sink/sqlite/price-database.ts'
import { batchesOf } from '../../frames.ts'

/** Joins a pipeline and a database as `kws stream` does. */
export function openStream(path: string, options: PriceDatabaseOptions = {}) {
  const database = new PriceDatabase(path, options)
  const pipeline: Pipeline = new Pipeline({
    scanners: [],
    sinks: [],
    ...(options.markets === undefined ? {} : { markets: options.markets }),
    onIrregularity: irregularity => database.irregular(irregularity),
    onFrame: (message, isApplied, batch, row) => database.onFrame(message, isApplied, batch, row, pipeline.tracker)
  })
  const take = async (batch: FrameBatch) => {
    await pipeline.accept(batch)
    database.accept()
  }
  return { database, pipeline, take }
}

/** Streams frames, in batches of the given sizes, and closes the database. */
export async function stream(
  path: string,
  frames: readonly Frame[],
  options: PriceDatabaseOptions & { readonly sizes?: readonly number[] } = {}
): Promise<PriceDatabase> {
  const { database, take } = openStream(path, options)
  for (const batch of batchesOf(frames, options.sizes ?? [3, 1, 7])) await take(batch)
  await database.close()
  return database
}

export function query(path: string, sql: string): unknown[] {
  const database = new Database(resolve(path))
  try {
    database.exec('PRAGMA query_only = ON')
    return database.prepare(sql).safeIntegers().raw().all()
  } finally {
    database.close()
  }
}

const TABLES = ['markets', 'updates', 'trades', 'lifecycle', 'interruptions']

/** Every row of every table, in its order. */
export function everything(path: string): Record<string, unknown[]> {
  return Object.fromEntries(TABLES.map(table => [table, query(path, `SELECT * FROM ${table} ORDER BY id`)]))
}
