import type { Command } from 'commander'
import type { Logger } from 'pino'
import { CachedRecording } from '../cache/cached-recording.ts'
import { SECOND } from '../core/time.ts'
import type { Recording } from '../recording/recording.ts'
import type { Scanner } from '../scan/scanner.ts'
import type { ScanFlags } from './scan-options.ts'
import { countOf } from './text.ts'

export interface CacheFlags {
  /** False with `--no-cache`. */
  readonly cache: boolean
}

export function addCacheOption(command: Command): Command {
  return command.option('--no-cache', 'read the recording itself, and leave no cache of what its frames say')
}

/** The recording as it is replayed; undefined where it must be read as it is: several are merged by their frames. */
export function cachedFor(
  recordings: readonly Recording[],
  scanners: readonly Scanner[],
  { cache, markets, outcomes, follow }: CacheFlags & ScanFlags & { readonly follow?: true },
  log: Logger
): CachedRecording | undefined {
  const [recording] = recordings
  if (!cache || follow === true || recording === undefined || recordings.length > 1) return undefined
  const chosen = new Set(markets)
  // Timers fire at frames, of which only the first of each second are kept; outcomes are measured at all of them.
  const canLeaveOut = outcomes === undefined && scanners.every(({ timerEvery = SECOND }) => timerEvery % SECOND === 0)
  return new CachedRecording(recording, {
    onNote: note => log.debug(note),
    ...(markets !== undefined && canLeaveOut && { wants: ticker => chosen.has(ticker) })
  })
}

/** `, 1200 frames of other markets left out`; empty where none were. */
export function describeLeftOut(cached: CachedRecording | undefined): string {
  const leftOut = cached?.leftOut ?? 0
  return leftOut === 0 ? '' : `, ${countOf(leftOut, 'frame')} of other markets left out`
}
