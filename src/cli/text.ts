import type { LiveCounters } from '../live/live-event.ts'
import type { IrregularityCounts } from '../market/irregularity.ts'
import type { SegmentFault } from '../recording/segment-fault.ts'

/** `2 gaps, 1 duplicate`: what was met, in words; never empty. */
export function describeIrregularities(counts: Readonly<IrregularityCounts>): string {
  const met = Object.entries(counts).filter(([, count]) => count > 0)
  if (met.length === 0) return 'no gaps, nothing irregular'
  return met.map(([type, count]) => `${type.replaceAll('_', ' ')} × ${count}`).join(', ')
}

/** `gaps × 1 (12 frames lost), reconnects × 2`: what the connections went through, in words; never empty. */
export function describeNetwork({ gaps, framesLost, ...others }: LiveCounters): string {
  const met = Object.entries(others).filter(([, count]) => count > 0)
  const parts = met.map(
    ([name, count]) => `${name.replaceAll(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`)} × ${count}`
  )
  if (gaps > 0) parts.unshift(`gaps × ${gaps} (${framesLost} frames lost)`)
  return parts.length === 0 ? 'no interruption' : parts.join(', ')
}

export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}

export function perSecond(count: number, seconds: number): string {
  return seconds > 0 ? Math.round(count / seconds).toLocaleString('en-US') : '-'
}

export function describeFault(fault: SegmentFault): string {
  switch (fault.type) {
    case 'unsealed':
      return `${fault.file} is not sealed: it is being written, or its recorder was killed`
    case 'torn':
      return `${fault.file} is torn: its last ${fault.bytes} bytes are no complete batch`
    case 'corrupt':
      return `${fault.file} is damaged at byte ${fault.offset}: ${fault.rows ?? 'some'} frames are left out`
    case 'missing':
      return `${fault.file} is missing: session.json lists it with ${fault.rows} frames`
    case 'differs':
      return `${fault.file} has changed since it was sealed: it holds ${fault.rows} of ${fault.listed} frames`
    case 'unlisted':
      return `${fault.file} is left out: session.json does not list it, it may be a copy`
  }
}
