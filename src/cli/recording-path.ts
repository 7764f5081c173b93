import { join } from 'node:path'
import type { Clock } from '../core/clock.ts'
import { formatTime } from '../core/time.ts'
import type { FollowOptions } from '../recording/follow.ts'
import { followRecording } from '../recording/follow.ts'
import type { SessionInfo } from '../recording/manifest.ts'
import type { Recording } from '../recording/recording.ts'
import { newestRecording, openRecording } from '../recording/recording.ts'
import type { Connection } from './connection.ts'
import { VERSION } from './version.ts'

export const RECORDINGS = 'recordings'

/** Where a new recording goes: where it was told to, else `recordings/20261124T081500.123Z`. */
export function recordingPath(out: string | undefined, clock: Clock): string {
  if (out !== undefined) return out
  const time = formatTime(clock.wall()).replaceAll(/[-:]/g, '')
  return join(RECORDINGS, `${time.slice(0, 'YYYYMMDDTHHMMSS.mmm'.length)}Z`)
}

export function sessionOf(
  connection: Pick<Connection, 'url' | 'environment'>,
  channels: readonly string[],
  markets: readonly string[]
): SessionInfo {
  const { url, environment } = connection
  const source = { type: 'live', url, environment } as const
  return { version: VERSION, source, filtered: false, channels, markets, counters: {} }
}

/** The named recordings, or the newest one under `directory`; to be followed as they grow, if told so. */
export async function openRecordings(
  paths: readonly string[],
  directory: string,
  following?: FollowOptions
): Promise<Recording[]> {
  const named = paths.length === 0 ? [await newestRecording(directory)] : paths
  const open = async (path: string) =>
    await (following === undefined ? openRecording(path) : followRecording(path, following))
  return await Promise.all(named.map(open))
}
