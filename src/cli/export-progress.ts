import type { Clock } from '../core/clock.ts'
import type { Nanoseconds } from '../core/time.ts'
import { parseTime } from '../core/time.ts'
import type { TableExport } from '../export/table-export.ts'
import type { Recording } from '../recording/recording.ts'
import { firstReceivedAt } from '../recording/recording.ts'
import type { ReplayFeed } from '../replay/replay-feed.ts'
import { perSecond } from './text.ts'
import { watch } from './status-line.ts'

const BAR_WIDTH = 24

/** A bar on standard error, if that is a terminal. Returns what takes it away. */
export async function showProgress(
  feed: ReplayFeed,
  sink: TableExport,
  recordings: readonly Recording[],
  to: Nanoseconds | undefined,
  clock: Clock
): Promise<() => void> {
  if (!process.stderr.isTTY) return () => {}
  const starts = (await Promise.all(recordings.map(firstReceivedAt))).filter(time => time !== undefined)
  const start = earliest(starts)
  const end = to ?? latest(recordings.map(endOf))
  const begun = clock.monotonic()
  return watch(clock, () => {
    const seconds = Number(clock.monotonic() - begun) / 1e9
    const counts = `${sink.rows} rows  ${sink.frames} frames (${perSecond(sink.frames, seconds)}/s)`
    const share = shareOf(start, feed.position, end)
    return share === undefined ? counts : `${bar(share)} ${Math.floor(share * 100)} %  ${counts}`
  })
}

/** By the manifest; undefined where it does not tell. */
function endOf({ manifest }: Recording): Nanoseconds | undefined {
  const last = manifest?.segments.at(-1)?.lastReceivedAt
  return last === undefined ? undefined : parseTime(last)
}

function earliest(times: readonly Nanoseconds[]): Nanoseconds | undefined {
  return times.reduce<Nanoseconds | undefined>((a, b) => (a === undefined || b < a ? b : a), undefined)
}

/** Undefined where one of them is. */
function latest(times: readonly (Nanoseconds | undefined)[]): Nanoseconds | undefined {
  if (times.length === 0 || times.includes(undefined)) return undefined
  return times.reduce((a, b) => (a !== undefined && b !== undefined && b > a ? b : a))
}

function shareOf(
  start: Nanoseconds | undefined,
  position: Nanoseconds | undefined,
  end: Nanoseconds | undefined
): number | undefined {
  if (start === undefined || position === undefined || end === undefined || end <= start) return undefined
  return Math.min(1, Math.max(0, Number(position - start) / Number(end - start)))
}

function bar(share: number): string {
  const full = Math.round(share * BAR_WIDTH)
  return `${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)}`
}
