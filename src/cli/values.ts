import { InvalidArgumentError } from 'commander'
import type { Microseconds } from '../core/time.ts'
import { microseconds } from '../core/time.ts'

/** Sizes, durations, speeds and lists as people write them. Each parser is a commander argument parser. */

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/
const SECONDS_PER: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 }

/** `90s`, `10m`, `2h` in seconds. */
export function parseSeconds(text: string): number {
  const match = DURATION.exec(text)
  const seconds = Number(match?.[1]) * (SECONDS_PER[match?.[2] ?? ''] ?? Number.NaN)
  if (!(seconds > 0)) throw new InvalidArgumentError('write a duration such as 90s, 10m or 2h.')
  return seconds
}

export function parseMicroseconds(text: string): Microseconds {
  return microseconds(Math.round(parseSeconds(text) * 1e6))
}

/** A duration, or `0` for none. */
export function parseWindow(text: string): Microseconds {
  return /^0(ms|s|m|h|d)?$/.test(text) ? microseconds(0) : parseMicroseconds(text)
}

const SIZE = /^(\d+(?:\.\d+)?)(B|kB|KB|MB|GB)$/
const BYTES_PER: Readonly<Record<string, number>> = { B: 1, kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9 }

/** `256MB` in bytes. */
export function parseBytes(text: string): number {
  const match = SIZE.exec(text)
  const bytes = Math.round(Number(match?.[1]) * (BYTES_PER[match?.[2] ?? ''] ?? Number.NaN))
  if (!(bytes > 0)) throw new InvalidArgumentError('write a size such as 256MB.')
  return bytes
}

/** When a segment is full: a size or an age. */
export function parseRotation(text: string): { readonly bytes: number } | { readonly seconds: number } {
  if (SIZE.test(text)) return { bytes: parseBytes(text) }
  if (DURATION.test(text)) return { seconds: parseSeconds(text) }
  throw new InvalidArgumentError('write a size such as 256MB or a duration such as 1h.')
}

/** `1x`, `10x`, `0.5x` or `max`. */
export function parseSpeed(text: string): number | 'max' {
  if (text === 'max') return 'max'
  const speed = Number(/^(\d+(?:\.\d+)?)x$/.exec(text)?.[1])
  if (!(speed > 0)) throw new InvalidArgumentError('write a speed such as 1x, 10x or max.')
  return speed
}

/** `A,B,C`; may be given several times. */
export function parseList(text: string, previous: readonly string[] = []): string[] {
  const items = text.split(',').map(item => item.trim())
  if (items.includes('')) throw new InvalidArgumentError('write names separated by commas, without an empty one.')
  return [...previous, ...items]
}

export function parsePositive(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value === 0) {
    throw new InvalidArgumentError('write a whole number above 0.')
  }
  return value
}

export function parseWhole(text: string): number {
  return text === '0' ? 0 : parsePositive(text)
}
