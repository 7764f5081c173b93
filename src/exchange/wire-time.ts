import type { Nanoseconds } from '../core/time.ts'

/** One moment in the forms in which the exchange writes it (protocol reference, section 10.4). */
export interface WireTime {
  readonly seconds: number
  readonly milliseconds: number
  /** RFC 3339 with six decimals. */
  readonly time: string
  /** The same with trailing zeros cut off, and the point too if nothing is left behind it. */
  readonly trimmedTime: string
}

export function wireTime(now: Nanoseconds): WireTime {
  const microseconds = Number(now / 1000n)
  const seconds = Math.floor(microseconds / 1_000_000)
  const decimals = String(microseconds % 1_000_000).padStart(6, '0')
  const second = new Date(seconds * 1000).toISOString().slice(0, 19)
  const time = `${second}.${decimals}Z`
  const trimmed = decimals.replace(/0+$/, '')
  return {
    seconds,
    milliseconds: Math.floor(microseconds / 1000),
    time,
    trimmedTime: trimmed === '' ? `${second}Z` : `${second}.${trimmed}Z`
  }
}
