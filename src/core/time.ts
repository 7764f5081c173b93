/**
 * Two integers of time. `Nanoseconds` is exact and a bigint: it is what a recording holds and what a signal carries.
 * `Microseconds` is a safe integer until the year 2255: it is what the code below the feed computes with.
 */

declare const unit: unique symbol

/** Nanoseconds since the Unix epoch (or of a monotonic clock, where said so). */
export type Nanoseconds = bigint
/** Microseconds since the Unix epoch, or a distance in them. */
export type Microseconds = number & { readonly [unit]: 'microseconds' }

export const SECOND = 1_000_000 as Microseconds

export function microseconds(count: number): Microseconds {
  return Math.trunc(count) as Microseconds
}

export function toMicroseconds(time: Nanoseconds): Microseconds {
  return Number(time / 1000n) as Microseconds
}

/** A column of nanoseconds as pairs of its lower and its upper half, which cost no bigint to read. */
export function halvesOf(column: BigInt64Array): Uint32Array {
  return new Uint32Array(column.buffer, column.byteOffset, column.length * 2)
}

/** `toMicroseconds` of a row of such a column. */
export function microsecondsIn(halves: Uint32Array, row: number): Microseconds {
  const low = halves[2 * row] as number
  const high = halves[2 * row + 1] as number
  if (high >= NEGATIVE) return toMicroseconds(nanosecondsOf(high, low))
  // 2^32 is 1000 times one number plus the other: all are integers well below 2^53.
  return (high * 4_294_967 + Math.floor((high * 296 + low) / 1000)) as Microseconds
}

const NEGATIVE = 2 ** 31

/** The time that has these halves. */
export function nanosecondsOf(high: number, low: number): Nanoseconds {
  return (BigInt(high | 0) << 32n) | BigInt(low >>> 0)
}

/** `2026-10-12T19:30:01.535397001Z`, always with nine decimals. */
export function formatTime(time: Nanoseconds): string {
  const milliseconds = time / 1_000_000n
  const rest = time % 1_000_000n
  const below = rest < 0n ? rest + 1_000_000n : rest
  const whole = rest < 0n ? milliseconds - 1n : milliseconds
  return `${new Date(Number(whole)).toISOString().slice(0, -1)}${String(below).padStart(6, '0')}Z`
}

const RFC3339 = /^(\d{4}-\d\d-\d\d)[Tt ]((?:[01]\d|2[0-3]):\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)$/

/** RFC 3339 with up to nine decimals, exactly; undefined for anything else. */
export function parseTime(text: string): Nanoseconds | undefined {
  const match = RFC3339.exec(text)
  const seconds = wholeSeconds(match)
  return seconds === undefined ? undefined : BigInt(seconds) * 1_000_000_000n + BigInt(fractionOf(match, 9))
}

/** RFC 3339 as `parseTime` takes it, cut off to microseconds, without a bigint on the way. */
export function parseMicroseconds(text: string): Microseconds | undefined {
  const match = RFC3339.exec(text)
  const seconds = wholeSeconds(match)
  return seconds === undefined ? undefined : microseconds(seconds * 1_000_000 + fractionOf(match, 6))
}

function wholeSeconds(match: RegExpExecArray | null): number | undefined {
  if (match === null) return undefined
  const [, date = '', clock = '', , zone = ''] = match
  const milliseconds = Date.parse(`${date}T${clock}${zone.toUpperCase()}`)
  return Number.isNaN(milliseconds) || !isDay(date) ? undefined : milliseconds / 1000
}

function fractionOf(match: RegExpExecArray | null, decimals: number): number {
  return Number((match?.[3] ?? '').slice(0, decimals).padEnd(decimals, '0'))
}

/** `Date.parse` takes the 30th of February for the 2nd of March. */
function isDay(date: string): boolean {
  return Number(date.slice(8)) <= 28 || new Date(date).toISOString().startsWith(date)
}
