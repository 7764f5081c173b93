import { resolve } from 'node:path'
import Database from 'libsql'
import { KwsError } from '../../core/errors.ts'
import { APPLICATION_ID, SCHEMA, SCHEMA_VERSION } from './schema.ts'
import { storageError } from './storage-error.ts'

/** How long another program's lock is waited for. */
const BUSY_MILLISECONDS = 5000
/** 64 MiB, as SQLite counts it in KiB. */
const CACHE = -65_536
/** 40 MB: pages are changed many times before they have to be copied from the log into the database. */
const LOG_PAGES = 10_000

/**
 * Opens a database of kws for writing, in WAL mode, and creates it where there is none. Throws (`storage`) where it
 * cannot be written or is of another program or another schema; then it is as it was before.
 */
export function openDatabase(path: string, busyMilliseconds = BUSY_MILLISECONDS): Database.Database {
  let database: Database.Database | undefined
  try {
    // A path that looks like a URL would be taken for a server.
    database = new Database(resolve(path), { timeout: busyMilliseconds })
    prepare(database, path)
    return database
  } catch (error) {
    database?.close()
    throw storageError(path, error)
  }
}

function prepare(database: Database.Database, path: string): void {
  const isNew = isEmpty(database)
  if (!isNew) checkSchema(database, path)
  const mode = valueOf(database, 'PRAGMA journal_mode = WAL', 'journal_mode')
  if (mode !== 'wal') {
    throw new KwsError('storage', `${path} lies where SQLite can keep no write-ahead log; name a file on a local disk`)
  }
  // A crash of the system may cost the last transactions, but never the database; a killed process costs none.
  database.exec('PRAGMA synchronous = NORMAL')
  database.exec(`PRAGMA cache_size = ${CACHE}`)
  database.exec(`PRAGMA wal_autocheckpoint = ${LOG_PAGES}`)
  // Rows name markets by ids that were just read: to look each up again would slow all down by a tenth.
  database.exec('PRAGMA foreign_keys = OFF')
  // Fails now, and not at the first frame, where nothing can be written.
  database.exec('BEGIN IMMEDIATE')
  if (isEmpty(database)) database.exec(SCHEMA)
  database.exec('COMMIT')
}

function checkSchema(database: Database.Database, path: string): void {
  const version = Number(valueOf(database, 'PRAGMA user_version', 'user_version'))
  if (valueOf(database, 'PRAGMA application_id', 'application_id') !== APPLICATION_ID) {
    throw new KwsError('storage', `${path} is a database of another program; name another file`)
  }
  if (version === SCHEMA_VERSION) return
  const [age, advice] =
    version > SCHEMA_VERSION ? ['a newer', 'update kws, or'] : ['an older', 'move it away and stream again, or']
  throw new KwsError(
    'storage',
    `${path} was written by ${age} kws: its schema is ${version}, this one's is ${SCHEMA_VERSION}; ${advice} name another file`
  )
}

function isEmpty(database: Database.Database): boolean {
  return valueOf(database, 'SELECT count(*) AS tables FROM sqlite_schema', 'tables') === 0
}

function valueOf(database: Database.Database, sql: string, column: string): unknown {
  // `get` adds a field of its own.
  const [row] = database.prepare(sql).all() as Record<string, unknown>[]
  return row?.[column]
}
