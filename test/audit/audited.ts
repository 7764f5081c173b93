import type { Finding } from '../../src/audit/finding.ts'
import { isFault } from '../../src/audit/finding.ts'
import { FrameAudit } from '../../src/audit/frame-audit.ts'
import type { Span } from '../../src/audit/spans.ts'
import type { VerifyReport } from '../../src/audit/verify-recording.ts'
import { verifyRecording } from '../../src/audit/verify-recording.ts'
import { batchOf } from '../../src/core/frame-batch-builder.ts'
import type { Frame } from '../../src/core/frame.ts'

export interface Audited {
  readonly audit: FrameAudit
  readonly findings: readonly Finding[]
  readonly faults: readonly Finding[]
  readonly spans: readonly Span[]
}

/** What an audit of frames finds, without a file. */
export function audited(frames: readonly Frame[], isFiltered = false): Audited {
  const findings: Finding[] = []
  const spans: Span[] = []
  const audit = new FrameAudit({
    isFiltered,
    areTimesReal: true,
    onFinding: finding => findings.push(finding),
    onSpan: span => spans.push(span)
  })
  audit.accept(batchOf(frames))
  audit.end()
  return { audit, findings, faults: findings.filter(isFault), spans }
}

export interface Verified {
  readonly report: VerifyReport
  readonly findings: readonly Finding[]
  readonly faults: readonly Finding[]
  readonly spans: readonly Span[]
}

export async function verified(path: string): Promise<Verified> {
  const findings: Finding[] = []
  const spans: Span[] = []
  const report = await verifyRecording(path, {
    onFinding: finding => findings.push(finding),
    onSpan: span => spans.push(span)
  })
  return { report, findings, faults: findings.filter(isFault), spans }
}

export function typesOf(findings: readonly Finding[]): string[] {
  return findings.map(finding => finding.type)
}
