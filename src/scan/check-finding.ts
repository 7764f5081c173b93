import { textOf } from '../core/errors.ts'
import type { Finding } from './scanner.ts'
import type { SignalValue } from './signal.ts'

/**
 * A finding as it was given, copied, or a `TypeError` that says what is wrong with it. A user's scanner may be JavaScript,
 * where no type has been checked, and JSON would hide what is wrong.
 */
export function checkFinding(finding: unknown): Finding {
  if (!isObject(finding)) throw new TypeError('emit takes an object with market, kind and values')
  const { market, kind, values } = finding
  if (typeof market !== 'string' || market === '') throw new TypeError('a signal needs a market')
  if (typeof kind !== 'string' || kind === '') throw new TypeError('a signal needs a kind')
  if (values === undefined || values === null)
    throw new TypeError('a signal needs values: give {} where there are none')
  if (!isPlain(values)) throw new TypeError("the signal's values must be a plain object")
  const checked = Object.entries(values).map(([name, value]) => [name, checkValue(name, value)] as const)
  return { market, kind, values: Object.fromEntries(checked) }
}

function checkValue(name: string, value: unknown): SignalValue {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw new TypeError(`the signal's ${name} is ${textOf(value)}: give text, a finite number, true, false or null`)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

/** Whether JSON writes the object's own entries and nothing else. */
function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (!isObject(value) || typeof value['toJSON'] === 'function') return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
