import { KwsError, reasonOf } from '../../core/errors.ts'

/** What SQLite said of a database, as an error that says what to do; any other throw is a bug and stays as it is. */
export function storageError(path: string, thrown: unknown): unknown {
  const code = codeOf(thrown)
  if (code === undefined) return thrown
  const [, name = code] = /^SQLITE_([A-Z]+)/.exec(code) ?? []
  const said = SAYINGS[name] ?? `cannot be read or written: ${reasonOf(thrown)}`
  return new KwsError('storage', `${path} ${said}`, { cause: thrown })
}

const SAYINGS: Readonly<Record<string, string>> = {
  BUSY: 'is locked by another program; end that one, and stream again',
  LOCKED: 'is locked by another program; end that one, and stream again',
  READONLY: 'cannot be written: it is read-only; change its permissions or name another file',
  NOTADB: 'is not a SQLite database; name another file',
  CORRUPT: 'is damaged; move it away and stream into a new file',
  FULL: 'cannot be written: the disk is full; make room, and stream again',
  CANTOPEN: 'cannot be opened or created: check its directory and their permissions'
}

/** Of an error of SQLite; undefined for others. A file that cannot be opened comes as a plain error with a number in it. */
function codeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined
  if (thrown.message.startsWith('ConnectionFailed(')) return 'SQLITE_CANTOPEN'
  return 'code' in thrown && typeof thrown.code === 'string' && thrown.code.startsWith('SQLITE_')
    ? thrown.code
    : undefined
}
