import { basename } from 'node:path'
import type { Logger } from 'pino'
import { KwsError } from '../core/errors.ts'
import type { Nanoseconds } from '../core/time.ts'
import { formatTime, parseTime } from '../core/time.ts'
import type { Recording } from '../recording/recording.ts'
import { firstReceivedAt } from '../recording/recording.ts'
import { resolveTime } from '../replay/time-range.ts'

export interface RangeFlags {
  readonly from?: string
  readonly to?: string
}

export interface Range {
  readonly from?: Nanoseconds
  readonly to?: Nanoseconds
}

/** The times of `--from` and `--to`. A time outside of the recordings is most likely a slip, and is warned of. */
export async function rangeOf(recordings: readonly Recording[], { from, to }: RangeFlags, log: Logger): Promise<Range> {
  if (from === undefined && to === undefined) return {}
  const starts = await Promise.all(recordings.map(firstReceivedAt))
  const start = earliest(starts)
  const range = {
    ...(from === undefined ? {} : { from: resolveTime(from, start ?? 0n) }),
    ...(to === undefined ? {} : { to: resolveTime(to, start ?? 0n) })
  }
  if (range.from !== undefined && range.to !== undefined && range.from > range.to) {
    throw new KwsError('usage', '--from lies after --to')
  }
  if (start !== undefined) warnOfOutside(range, start, latestTold(recordings), log)
  return range
}

function warnOfOutside({ from, to }: Range, start: Nanoseconds, end: Nanoseconds | undefined, log: Logger): void {
  for (const [flag, time] of [['--from', from] as const, ['--to', to] as const]) {
    if (time === undefined) continue
    if (time < start) log.warn(`${flag} lies before the first frame, which was received at ${formatTime(start)}`)
    if (end !== undefined && time > end) {
      log.warn(`${flag} lies after the last frame, which was received at ${formatTime(end)}`)
    }
  }
}

function earliest(times: readonly (Nanoseconds | undefined)[]): Nanoseconds | undefined {
  return times
    .filter(time => time !== undefined)
    .reduce<Nanoseconds | undefined>((least, time) => (least === undefined || time < least ? time : least), undefined)
}

/** When the last frame was received, where every recording's manifest tells: nothing is read to the end for it. */
function latestTold(recordings: readonly Recording[]): Nanoseconds | undefined {
  let latest: Nanoseconds | undefined
  for (const { manifest, segments } of recordings) {
    const last = basename(segments.at(-1) ?? '')
    const told = manifest?.segments.find(({ file, sealed }) => file === last && sealed)
    const time = told && parseTime(told.lastReceivedAt)
    if (time === undefined) return undefined
    if (latest === undefined || time > latest) latest = time
  }
  return latest
}
