import { textOf } from '../core/errors.ts'
import { CHANNELS, isChannel } from '../protocol/channels.ts'
import type { Scanner } from './scanner.ts'

/** The value, where it is a scanner in every respect; else a `TypeError` that says in which it is not. */
export function checkScanner(value: unknown): Scanner {
  if (typeof value !== 'object' || value === null) {
    throw new TypeError(`${textOf(value)} is no scanner: a scanner is an object with a name and a list of channels`)
  }
  const scanner = value as Readonly<Record<keyof Scanner, unknown>>
  const { name, channels, timerEvery } = scanner
  if (typeof name !== 'string' || name === '') throw new TypeError('a scanner needs a name')
  if (!Array.isArray(channels)) throw new TypeError('a scanner needs a list of channels, which may be empty')
  for (const channel of channels as readonly unknown[]) {
    if (typeof channel === 'string' && isChannel(channel)) continue
    throw new TypeError(`there is no channel ${textOf(channel)}: there are ${CHANNELS.join(', ')}`)
  }
  if (timerEvery !== undefined && !isInterval(timerEvery)) {
    throw new TypeError(`timerEvery is ${textOf(timerEvery)}: give a whole number of microseconds above 0`)
  }
  for (const callback of ['onMessage', 'onTimer', 'onForgotten', 'rank'] as const) {
    const given = scanner[callback]
    if (given !== undefined && typeof given !== 'function') throw new TypeError(`${callback} must be a function`)
  }
  return value as Scanner
}

function isInterval(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0
}
