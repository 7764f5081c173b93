import type { Nanoseconds } from '../core/time.ts'
import { parseTime } from '../core/time.ts'

/** Under which names captures hold the receive time, the most exact first. */
const TIME_KEYS = 'recv_ns recv_us recv_ms recv_s recv_ts received_at recv ts_ns ts_us ts_ms ts timestamp time'.split(
  ' '
)

/** The receive time that a line holds beside its frame. The line's text is at hand for numbers too large for a double. */
export function receiveTimeOf(line: Readonly<Record<string, unknown>>, text: string): Nanoseconds | undefined {
  for (const key of TIME_KEYS) {
    const time = toNanoseconds(line[key], key, text)
    if (time !== undefined) return time
  }
  return undefined
}

/** When the exchange says it made or sent a frame (protocol reference, sections 4 and 11). */
export function exchangeTimeOf(frame: Readonly<Record<string, unknown>>): Nanoseconds | undefined {
  const body: Readonly<Record<string, unknown>> = isRecord(frame['msg']) ? frame['msg'] : {}
  return (
    toNanoseconds(frame['sending_ts_ms'], 'sending_ts_ms') ??
    toNanoseconds(body['ts_ms'], 'ts_ms') ??
    toNanoseconds(body['ts'], 'ts')
  )
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function toNanoseconds(value: unknown, key: string, line?: string): Nanoseconds | undefined {
  if (typeof value === 'string') return parseTime(value) ?? scale(value, key)
  if (typeof value !== 'number') return undefined
  const exact = Number.isSafeInteger(value) || line === undefined ? undefined : digitsOf(key, line)
  return scale(exact ?? String(value), key)
}

/** A double holds today's nanoseconds to 256 only, so they are read from the text; there, a quoted frame has its quotes escaped. */
function digitsOf(key: string, line: string): string | undefined {
  return new RegExp(`"${key}"\\s*:\\s*(\\d+)\\s*[,}]`).exec(line)?.[1]
}

const DECIMAL = /^(\d+)(?:\.(\d+))?$/

function scale(text: string, key: string): Nanoseconds | undefined {
  const [, whole, fraction = ''] = DECIMAL.exec(text) ?? []
  if (whole === undefined) return undefined
  const decimals = decimalsOf(key, whole.length)
  return BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, '0'))
}

/** Decimals between the unit and the nanosecond. Times of 1973 to 5138 tell their unit by their length. */
function decimalsOf(key: string, digits: number): number {
  if (key.endsWith('_ns')) return 0
  if (key.endsWith('_us')) return 3
  if (key.endsWith('_ms')) return 6
  if (key.endsWith('_s')) return 9
  if (digits <= 11) return 9
  if (digits <= 14) return 6
  return digits <= 17 ? 3 : 0
}
