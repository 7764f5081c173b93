import { formatTime } from '../core/time.ts'
import type { Nanoseconds } from '../core/time.ts'
import type { Count, Price } from '../core/units.ts'
import { formatCount, formatPrice } from '../core/units.ts'
import type { Finding } from '../audit/finding.ts'
import { isFault } from '../audit/finding.ts'
import type { Span, SpanTotals } from '../audit/spans.ts'
import type { VerifyReport } from '../audit/verify-recording.ts'
import { countOf, describeFault } from './text.ts'

/** One line: how bad, what, where, and how it should be. */
export function findingLine(finding: Finding): string {
  const words = [isFault(finding) ? 'fault' : 'info ', finding.type.replaceAll('_', ' '), ...placeOf(finding)]
  return `${words.join('  ')}: ${describe(finding)}`
}

export function spanLine({ market, state, from, to }: Span): string {
  const seconds = (Number(to - from) / 1e9).toFixed(3)
  return `span   ${state.padEnd(10)}  ${market}  ${formatTime(from)} to ${formatTime(to)}, ${seconds} s`
}

export function reportLines(report: VerifyReport): string[] {
  const { frames, segments, wholeSegments, connections, first, last, snapshots, tickers } = report
  const { compared, agreed, cleared } = snapshots
  const seconds = first === undefined || last === undefined ? 0 : Number(last - first) / 1e9
  const whole = wholeSegments === segments ? 'all whole' : `${wholeSegments} of them whole`
  return [
    `recording  ${report.recording}${report.isFiltered ? ' (filtered: seq may jump)' : ''}`,
    `time       ${timeOf(first)} to ${timeOf(last)}, ${seconds.toFixed(3)} s`,
    `frames     ${frames} in ${countOf(segments, 'segment')} (${whole}), over ${countOf(connections, 'connection')}`,
    `sequence   ${countOf(report.sequences, 'run')} of seq, ${countOf(report.findings.gap ?? 0, 'gap')}`,
    `snapshots  ${snapshots.snapshots}, ${compared} compared with the book: ${agreed} agreed, ${compared - agreed - cleared} did not, ${cleared} cleared it`,
    `books      ${booksOf(report.spans)}`,
    `tickers    ${tickers.compared} compared with the book: ${tickers.agreed} agreed`,
    `findings   ${findingsOf(report)}`
  ]
}

function placeOf({ frame, time, connection, sid, market }: Finding): string[] {
  const words: string[] = []
  if (frame !== null) words.push(`frame ${frame}`)
  if (time !== null) words.push(formatTime(time))
  if (connection !== null) words.push(`connection ${connection}`)
  if (sid !== null) words.push(`sid ${sid}`)
  if (market !== null) words.push(market)
  return words.length === 0 ? [] : [words.join(' ')]
}

type Descriptions = {
  readonly [Type in Finding['type']]: (finding: Extract<Finding, { readonly type: Type }>) => string
}

const DESCRIPTIONS: Descriptions = {
  unsealed: describeFault,
  torn: describeFault,
  corrupt: describeFault,
  unreadable: ({ reason }) => reason,
  manifest: ({ file, reason }) => `${file}: ${reason}`,
  time_backwards: ({ clock, seconds }) => `the ${clock} time runs back by ${seconds} s`,
  clock_step: ({ seconds }) => `the wall clock was set by ${seconds} s`,
  silence: ({ seconds }) => `nothing was received for ${seconds.toFixed(1)} s, not even a ping`,
  disconnected: ({ code, reason }) => `closed with code ${code ?? '-'} ${reason}`.trimEnd(),
  gap: ({ expected, received }) => `seq ${expected} was expected, ${received} came`,
  duplicate: ({ last, received }) => `seq ${received} came after ${last}`,
  late_start: ({ received }) => `the first seq is ${received}, not 1`,
  book_mismatch: ({ side, price, book, snapshot, levels, since }) =>
    `${side} ${formatPrice(price)}: the book has ${formatCount(book)}, the snapshot ${formatCount(snapshot)}; ` +
    `${countOf(levels, 'level')} wrong, folded since the snapshot in frame ${since}`,
  book_cleared: () => 'the exchange emptied the book',
  delta_without_book: () => 'its book is changed, but no snapshot of it came on this sid',
  foreign_delta: () => 'its book is changed on another sid than the one that told it',
  negative_level: ({ side, price, count }) => `${side} ${formatPrice(price)} would hold ${formatCount(count as Count)}`,
  crossed_book: ({ bid, ask }) => `bid ${formatPrice(bid)}, ask ${formatPrice(ask)}`,
  ticker_mismatch: ({ side, ticker, book }) => `${side} ${priceOf(ticker)}, the book had ${priceOf(book)}`,
  malformed: ({ wireType, reason }) => `${wireType ?? 'the frame'}: ${reason}`,
  unknown_type: ({ wireType, reason }) => `${wireType}: ${reason}`,
  server_error: ({ code, reason }) => `code ${code} ${reason}`,
  repeated_trade: ({ tradeId }) => `trade ${tradeId} was told before`,
  unknown_field: ({ messageType, field }) => `${messageType} ${field} is not in the protocol reference`,
  field_appeared: ({ messageType, field }) => `${messageType} ${field} is in all messages now, and was in none before`,
  field_vanished: ({ messageType, field }) => `${messageType} ${field} was in all messages, and is in none after this`,
  field_type: ({ messageType, field, before, now }) =>
    `${messageType} ${field} is ${now}, and was ${before.join(' or ')} before`,
  too_many_fields: () => 'there are more fields than are watched'
}

function describe(finding: Finding): string {
  const { [finding.type]: text } = DESCRIPTIONS
  return (text as (finding: Finding) => string)(finding)
}

function priceOf(price: Price | null): string {
  return price === null ? 'none' : formatPrice(price)
}

function timeOf(time: Nanoseconds | undefined): string {
  return time === undefined ? '-' : formatTime(time)
}

function booksOf({ markets, marketsVerified, marketsLost, seconds }: SpanTotals): string {
  if (markets === 0) return 'none'
  const { verified, unverified, lost } = seconds
  const all = verified + unverified + lost
  const share = (part: number) => `${(all === 0 ? 0 : (100 * part) / all).toFixed(1)} %`
  return (
    `${countOf(markets, 'market')}: of their time ${share(verified)} verified, ${share(unverified)} unverified, ` +
    `${share(lost)} lost; ${marketsVerified} verified without loss, ${marketsLost} with a loss`
  )
}

function findingsOf({ faults, information, findings }: VerifyReport): string {
  const types = Object.entries(findings).map(([type, count]) => `${type.replaceAll('_', ' ')} × ${count}`)
  if (types.length === 0) return 'no faults'
  const verdict = faults === 0 ? 'no faults' : countOf(faults, 'fault')
  return `${verdict}, ${information} for information: ${types.join(', ')}`
}
