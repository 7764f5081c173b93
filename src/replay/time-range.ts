import { KwsError } from '../core/errors.ts'
import type { Nanoseconds } from '../core/time.ts'
import { parseTime } from '../core/time.ts'

/** RFC 3339, Unix seconds, or an offset such as `+5m` from the start of a recording, as a time. */
export function resolveTime(text: string, start: Nanoseconds): Nanoseconds {
  const time = parseTime(text) ?? parseUnixSeconds(text) ?? parseOffset(text, start)
  if (time !== undefined) return time
  const forms = '2026-10-12T19:30:00Z, Unix seconds, or an offset into the recording such as +5m'
  throw new KwsError('usage', `"${text}" is not a time; write ${forms}`)
}

const UNIX_SECONDS = /^(\d{1,11})(?:\.(\d{1,9}))?$/
const OFFSET = /^\+(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/

const MILLISECOND = 1_000_000n
const SECOND = 1_000n * MILLISECOND
const MINUTE = 60n * SECOND
const HOUR = 60n * MINUTE

function parseUnixSeconds(text: string): Nanoseconds | undefined {
  const match = UNIX_SECONDS.exec(text)
  if (match === null) return undefined
  const [, seconds = '', fraction = ''] = match
  return BigInt(seconds + fraction.padEnd(9, '0'))
}

/** `+5m`, `+90s`, `+1h30m`, `+250ms`. */
function parseOffset(text: string, start: Nanoseconds): Nanoseconds | undefined {
  const match = OFFSET.exec(text)
  if (match === null || text === '+') return undefined
  const [, hours = 0, minutes = 0, seconds = 0, milliseconds = 0] = match
  return (
    start +
    BigInt(hours) * HOUR +
    BigInt(minutes) * MINUTE +
    BigInt(seconds) * SECOND +
    BigInt(milliseconds) * MILLISECOND
  )
}
