import { open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { KwsError, reasonOf } from '../core/errors.ts'
import { syncDirectory } from './sync-directory.ts'

/** Where the frames came from. */
type Source =
  | { readonly type: 'live'; readonly url: string; readonly environment: string }
  /** `lacks` says in words what the captures did not hold, so that nobody looks for it. */
  | { readonly type: 'import'; readonly files: readonly string[]; readonly lacks: readonly string[] }
  /** `alters` says in words which frames are not as they crossed the wire. */
  | { readonly type: 'merge'; readonly recordings: readonly string[]; readonly alters: readonly string[] }
  /** What the recorder knew is lost. */
  | { readonly type: 'unknown' }

/** What whoever records knows of the session. */
export interface SessionInfo {
  /** Of kws. */
  readonly version: string
  readonly source: Source
  /** The capture was cut down to some markets, so that `seq` may jump. */
  readonly filtered: boolean
  readonly channels: readonly string[]
  /** What was asked for; empty for all markets. */
  readonly markets: readonly string[]
  /** Why frames are not in it that should be, in words. */
  readonly incomplete?: readonly string[]
  /** Whatever was counted, by name; `frames` and `bytes` (of payload) are always among them. */
  readonly counters: Readonly<Record<string, number>>
}

/** Times are RFC 3339 with nine decimals. */
export interface SegmentInfo {
  readonly file: string
  readonly rows: number
  readonly bytes: number
  readonly firstReceivedAt: string
  readonly lastReceivedAt: string
  readonly sealed: boolean
  /** `crc32:` and the CRC-32 of the file; older versions wrote none. */
  readonly digest?: string
}

/** What `session.json` holds. It describes a recording but is not needed to read one: the segments are the truth. */
export interface Manifest extends RecordedSession {
  /** Null while it is recorded, and for ever if the recorder was killed. */
  readonly ended: string | null
  readonly segments: readonly SegmentInfo[]
}

/** What a segment holds of its session. */
export interface RecordedSession extends SessionInfo {
  readonly started: string
}

/** Of frames whose recorder left nothing but them. */
export function unknownSession(version: string): SessionInfo {
  return { version, source: { type: 'unknown' }, filtered: false, channels: [], markets: [], counters: {} }
}

const NAME = 'session.json'
const FORMAT = 'kws-recording'
const FORMAT_VERSION = 1

/** Replaces the manifest at once: a reader, and with `sync` also a loss of power, finds the old one or the new one. */
export async function writeManifest(
  directory: string,
  manifest: Manifest,
  { sync = false }: { readonly sync?: boolean } = {}
): Promise<void> {
  const file = join(directory, NAME)
  const temporary = `${file}.new`
  const document = { format: FORMAT, formatVersion: FORMAT_VERSION, ...manifest }
  await rm(temporary, { force: true })
  const handle = await open(temporary, 'wx')
  try {
    await handle.writeFile(`${JSON.stringify(document, null, 2)}\n`)
    if (sync) await handle.datasync()
  } finally {
    await handle.close()
  }
  await rename(temporary, file)
  if (sync) await syncDirectory(directory)
}

/** Undefined where there is none. */
export async function readManifest(directory: string): Promise<Manifest | undefined> {
  const file = join(directory, NAME)
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new KwsError('storage', `${file} cannot be read: ${reasonOf(error)}`, { cause: error })
  })
  if (text === undefined) return undefined
  try {
    return toManifest(JSON.parse(text))
  } catch (error) {
    const advice = 'kws repair makes a new one; without it the recording can be read, too'
    throw new KwsError('damaged', `${file} is damaged: ${reasonOf(error)}; ${advice}`, { cause: error })
  }
}

/** What a segment holds of its session, which is all but what was counted; undefined where it is not readable. */
export function parseSession(json: string): RecordedSession | undefined {
  try {
    return toSession(record(JSON.parse(json), 'it'))
  } catch {
    return undefined
  }
}

/** What `parseSession` reads. */
export function sessionToJson(session: SessionInfo, started: string): string {
  const { version, source, filtered, channels, markets, incomplete } = session
  return JSON.stringify({ version, started, source, filtered, channels, markets, incomplete })
}

function toManifest(json: unknown): Manifest {
  const fields = record(json, 'it')
  if (fields['format'] !== FORMAT) throw new TypeError(`format is not "${FORMAT}"`)
  if (number(fields['formatVersion'], 'formatVersion') > FORMAT_VERSION) throw new TypeError('a newer kws wrote it')
  return {
    ...toSession(fields),
    ended: fields['ended'] === null ? null : string(fields['ended'], 'ended'),
    segments: list(fields['segments'], 'segments').map(segment => toSegment(record(segment, 'a segment'))),
    counters: Object.fromEntries(
      Object.entries(record(fields['counters'], 'counters')).map(([name, count]) => [name, number(count, name)])
    )
  }
}

function toSession(fields: Record<string, unknown>): RecordedSession {
  return {
    version: string(fields['version'], 'version'),
    started: string(fields['started'], 'started'),
    source: toSource(record(fields['source'], 'source')),
    filtered: boolean(fields['filtered'], 'filtered'),
    channels: list(fields['channels'], 'channels').map(channel => string(channel, 'a channel')),
    markets: list(fields['markets'], 'markets').map(market => string(market, 'a market')),
    ...(fields['incomplete'] === undefined
      ? {}
      : { incomplete: list(fields['incomplete'], 'incomplete').map(reason => string(reason, 'a reason')) }),
    counters: {}
  }
}

function toSource(fields: Record<string, unknown>): Source {
  if (fields['type'] === 'live') {
    return {
      type: 'live',
      url: string(fields['url'], 'url'),
      environment: string(fields['environment'], 'environment')
    }
  }
  if (fields['type'] === 'unknown') return { type: 'unknown' }
  if (fields['type'] === 'merge') {
    return {
      type: 'merge',
      recordings: list(fields['recordings'], 'recordings').map(recording => string(recording, 'a recording')),
      alters: list(fields['alters'], 'alters').map(words => string(words, 'what it alters'))
    }
  }
  if (fields['type'] !== 'import') throw new TypeError('the type of source is none that is known')
  return {
    type: 'import',
    files: list(fields['files'], 'files').map(file => string(file, 'a file')),
    lacks: list(fields['lacks'], 'lacks').map(lack => string(lack, 'a lack'))
  }
}

function toSegment(fields: Record<string, unknown>): SegmentInfo {
  return {
    file: string(fields['file'], 'file'),
    rows: number(fields['rows'], 'rows'),
    bytes: number(fields['bytes'], 'bytes'),
    firstReceivedAt: string(fields['firstReceivedAt'], 'firstReceivedAt'),
    lastReceivedAt: string(fields['lastReceivedAt'], 'lastReceivedAt'),
    sealed: boolean(fields['sealed'], 'sealed'),
    ...(fields['digest'] === undefined ? {} : { digest: string(fields['digest'], 'digest') })
  }
}

function record(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError(`${name} is no object`)
  return { ...value }
}

function list(value: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError(`${name} is no list`)
  return value
}

function string(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new TypeError(`${name} is no text`)
  return value
}

function number(value: unknown, name: string): number {
  if (typeof value !== 'number') throw new TypeError(`${name} is no number`)
  return value
}

function boolean(value: unknown, name: string): boolean {
  if (typeof value !== 'boolean') throw new TypeError(`${name} is neither true nor false`)
  return value
}
