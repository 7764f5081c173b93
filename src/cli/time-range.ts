import { KwsError } from '../core/errors.ts'
import type { Nanoseconds } from '../core/time.ts'
import type { Recording } from '../recording/recording.ts'
import { firstReceivedAt } from '../recording/recording.ts'
import { resolveTime } from '../replay/time-range.ts'

interface RangeFlags {
  readonly from?: string
  readonly to?: string
}

interface Range {
  readonly from?: Nanoseconds
  readonly to?: Nanoseconds
}

/** `--from` and `--to` as times; an offset counts from the earliest frame. */
export async function rangeOf(recordings: readonly Recording[], { from, to }: RangeFlags): Promise<Range> {
  if (from === undefined && to === undefined) return {}
  const starts = await Promise.all(recordings.map(firstReceivedAt))
  const start = starts.filter(time => time !== undefined).reduce((a, b) => (a < b ? a : b), starts[0] ?? 0n)
  const range = {
    ...(from === undefined ? {} : { from: resolveTime(from, start) }),
    ...(to === undefined ? {} : { to: resolveTime(to, start) })
  }
  if (range.from !== undefined && range.to !== undefined && range.from > range.to) {
    throw new KwsError('usage', '--from lies after --to')
  }
  return range
}
