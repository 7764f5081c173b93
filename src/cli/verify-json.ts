import type { Field, FieldSurvey } from '../audit/field-survey.ts'
import type { Finding } from '../audit/finding.ts'
import { isFault } from '../audit/finding.ts'
import type { Span } from '../audit/spans.ts'
import type { VerifyReport } from '../audit/verify-recording.ts'
import type { Nanoseconds } from '../core/time.ts'
import { formatTime } from '../core/time.ts'
import type { Count, Price } from '../core/units.ts'
import { formatCount, formatPrice } from '../core/units.ts'

/** Times are RFC 3339, prices dollars and counts contracts, as decimal text. What a finding does not concern is null. */
export function findingJson(recording: string, { type, time, ...finding }: Finding): string {
  const place = { type: 'finding', recording, finding: type, fault: isFault({ type }), time: time && formatTime(time) }
  return JSON.stringify({ ...place, ...finding }, inDecimals)
}

export function spanJson(recording: string, { market, state, from, to }: Span): string {
  const seconds = Number(to - from) / 1e9
  return JSON.stringify({ type: 'span', recording, market, state, from: formatTime(from), to: formatTime(to), seconds })
}

/** A line for each field of each message type. */
export function* fieldsJson(recording: string, survey: FieldSurvey): Generator<string> {
  for (const [message, root] of survey.messageTypes) {
    for (const field of fieldsOf(root)) {
      const types = Object.fromEntries(Array.from(field.types, ([type, time]) => [type, formatTime(time)]))
      const { path, count, firstSeen, lastSeen, parent } = field
      const times = { firstSeen: formatTime(firstSeen), lastSeen: formatTime(lastSeen) }
      const of = parent?.objects ?? 0
      yield JSON.stringify({ type: 'field', recording, message, field: path, types, ...times, count, of })
    }
  }
}

export function summaryJson(report: VerifyReport): string {
  const { first, last } = report
  // The survey has lines of its own.
  const figures = { ...report, survey: undefined, first: timeOf(first), last: timeOf(last) }
  return JSON.stringify({ type: 'summary', ...figures })
}

function* fieldsOf(holder: Field): Generator<Field> {
  for (const field of holder.children.values()) {
    yield field
    yield* fieldsOf(field)
  }
}

function timeOf(time: Nanoseconds | undefined): string | null {
  return time === undefined ? null : formatTime(time)
}

const PRICES: ReadonlySet<string> = new Set(['price', 'bid', 'ask', 'ticker'])
const COUNTS: ReadonlySet<string> = new Set(['count', 'snapshot'])

/** `book` is a count in a mismatch of the book, and a price in one of a ticker. */
function inDecimals(this: unknown, key: string, value: unknown): unknown {
  if (typeof value !== 'number') return value
  const isOfTicker = (this as Readonly<Record<string, unknown>>)['finding'] === 'ticker_mismatch'
  if (PRICES.has(key) || (key === 'book' && isOfTicker)) return formatPrice(value as Price)
  return COUNTS.has(key) || key === 'book' ? formatCount(value as Count) : value
}
