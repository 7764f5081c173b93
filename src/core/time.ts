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

/** `2026-10-12T19:30:01.535397001Z`, always with nine decimals. */
export function formatTime(time: Nanoseconds): string {
  const milliseconds = time / 1_000_000n
  const rest = time % 1_000_000n
  const below = rest < 0n ? rest + 1_000_000n : rest
  const whole = rest < 0n ? milliseconds - 1n : milliseconds
  return `${new Date(Number(whole)).toISOString().slice(0, -1)}${String(below).padStart(6, '0')}Z`
}

const RFC3339 = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)$/

/** RFC 3339 with up to nine decimals, exactly; undefined for anything else. */
export function parseTime(text: string): Nanoseconds | undefined {
  const match = RFC3339.exec(text)
  if (match === null) return undefined
  const [, date = '', clock = '', fraction = '', zone = ''] = match
  const milliseconds = Date.parse(`${date}T${clock}${zone.toUpperCase()}`)
  if (Number.isNaN(milliseconds)) return undefined
  return BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, '0'))
}
