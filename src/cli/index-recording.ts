import { Command } from 'commander'
import { CachedRecording } from '../cache/cached-recording.ts'
import type { CacheState } from '../cache/cache-state.ts'
import { cacheState } from '../cache/cache-state.ts'
import { KwsError } from '../core/errors.ts'
import type { CommonFlags } from './common.ts'
import { addCommonOptions, print } from './common.ts'
import { warnOf } from './fault-log.ts'
import { createLog } from './log.ts'
import { openRecordings, RECORDINGS } from './recording-path.ts'
import { countOf, megabytes } from './text.ts'

interface Flags extends CommonFlags {
  readonly dir: string
}

export function command(): Command {
  const command = new Command('index')
    .description('Makes the cache from which a recording is replayed, where it is not there yet.')
    .argument('[recording]', 'a directory or one segment (default: the newest recording)')
    .option('--dir <directory>', 'where recordings are', RECORDINGS)
    .addHelpText('after', '\nExample:\n  kws index recordings/tuesday\n')
    .action(index)
  return addCommonOptions(command)
}

async function index(path: string | undefined, flags: Flags): Promise<void> {
  const log = createLog(flags.logLevel, flags.logJson === true)
  const [recording] = await openRecordings(path === undefined ? [] : [path], flags.dir)
  if (recording === undefined) return
  const before = await cacheState(recording)
  let note: string | undefined
  const onNote = (text: string) => {
    log.debug(text)
    note = text
  }
  const cached = new CachedRecording(recording, { onNote })
  const isThere = before.cached === before.cacheable
  if (!isThere) for await (const batch of cached.batches(warnOf(log))) void batch
  const state = isThere ? before : await cacheState(recording)
  if (flags.json === true) process.stdout.write(`${JSON.stringify({ type: 'index', ...state })}\n`)
  print(flags, ...describe(recording.path, state, before))
  // What is damaged has been told, and gets none.
  if (state.cached < state.cacheable && (process.exitCode ?? 0) === 0) {
    throw new KwsError('storage', `not all segments have a cache: ${note ?? 'they have changed while they were read'}`)
  }
}

function describe(path: string, { segments, cacheable, cached, bytes }: CacheState, before: CacheState): string[] {
  const made = cached - before.cached
  return [
    `cache      ${cached} of ${countOf(segments, 'segment')} of ${path}, ${megabytes(bytes)}`,
    `made       ${made} now${before.cached > 0 ? `, ${before.cached} had been there` : ''}`,
    ...(cacheable < segments
      ? [
          `without    ${countOf(segments - cacheable, 'segment')}: not sealed, changed since, or of a kws that gave segments no digest`
        ]
      : [])
  ]
}
