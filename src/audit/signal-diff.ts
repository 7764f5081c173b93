import type { LineReader } from './line-reader.ts'

/** Where two streams of signals part. */
export interface SignalDifference {
  /** Counted from 1; the lines before it are equal. */
  readonly line: number
  /** Null where the stream has ended. */
  readonly a: string | null
  readonly b: string | null
  /** The first key whose values differ, such as `values.to`; null where there is no such key. */
  readonly key: string | null
}

export interface SignalComparison {
  /** Lines that were compared and are equal. */
  readonly equalLines: number
  readonly difference: SignalDifference | null
}

/** Compares line by line, in constant memory, up to the first difference. */
export async function compareSignals(a: LineReader, b: LineReader): Promise<SignalComparison> {
  for (let equalLines = 0; ; equalLines++) {
    const [left, right] = [await a.next(), await b.next()]
    if (left !== right) {
      const difference = { line: equalLines + 1, a: left, b: right, key: keyOfDifference(left, right) }
      return { equalLines, difference }
    }
    if (left === null) return { equalLines, difference: null }
  }
}

function keyOfDifference(a: string | null, b: string | null): string | null {
  return a === null || b === null ? null : differingPath(parse(a), parse(b))
}

/** In the order in which the first has its keys; a key that only the second has comes last. */
function differingPath(a: unknown, b: unknown): string | null {
  if (!isObject(a) || !isObject(b)) return null
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const [left, right] = [a[key], b[key]]
    if (JSON.stringify(left) === JSON.stringify(right)) continue
    const inner = differingPath(left, right)
    return inner === null ? key : `${key}.${inner}`
  }
  return null
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
