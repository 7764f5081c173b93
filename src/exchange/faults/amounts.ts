/** Durations and sizes as people write them, and back. */

const DURATION = /^(\d+)(ms|s|m|h)$/
const MILLISECONDS_PER = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 }

/** `200ms`, `5s`, `2m` in milliseconds; undefined for anything else and for nothing. */
export function parseDuration(text: string): number | undefined {
  return parseAmount(text, DURATION, MILLISECONDS_PER)
}

export function formatDuration(milliseconds: number): string {
  return formatAmount(milliseconds, MILLISECONDS_PER)
}

const SIZE = /^(\d+)(B|kB|MB)$/
const BYTES_PER = { MB: 1_000_000, kB: 1_000, B: 1 }

/** `5MB` in bytes; undefined for anything else and for nothing. */
export function parseSize(text: string): number | undefined {
  return parseAmount(text, SIZE, BYTES_PER)
}

export function formatSize(bytes: number): string {
  return formatAmount(bytes, BYTES_PER)
}

/** Whole numbers above 0 only. */
export function parseWhole(text: string): number | undefined {
  const value = Number(text)
  return /^\d+$/.test(text) && Number.isSafeInteger(value) && value > 0 ? value : undefined
}

function parseAmount(text: string, form: RegExp, units: Readonly<Record<string, number>>): number | undefined {
  const [, digits = '', unit = ''] = form.exec(text) ?? []
  const amount = Number(digits) * (units[unit] ?? 0)
  return Number.isSafeInteger(amount) && amount > 0 ? amount : undefined
}

/** In the largest unit of which it is a whole number; the units descend to 1. */
function formatAmount(amount: number, units: Readonly<Record<string, number>>): string {
  const [unit = '', size = 1] = Object.entries(units).find(([, size]) => amount % size === 0) ?? []
  return `${amount / size}${unit}`
}
