import { createReadStream } from 'node:fs'
import { KwsError, reasonOf } from '../core/errors.ts'
import type { Nanoseconds } from '../core/time.ts'
import type { IrregularityCounts } from '../market/irregularity.ts'
import { RunningChecksum } from '../recording/running-checksum.ts'
import { readSegment } from '../recording/segment-reader.ts'
import type { SnapshotCounts } from './book-watch.ts'
import type { FieldSurvey } from './field-survey.ts'
import type { FileFinding, Finding } from './finding.ts'
import { isFault } from './finding.ts'
import { FrameAudit } from './frame-audit.ts'
import type { ReadSegment } from './manifest-check.ts'
import { checkManifest } from './manifest-check.ts'
import { findFiles } from './recording-files.ts'
import type { Span, SpanTotals } from './spans.ts'
import type { TickerCounts } from './ticker-watch.ts'

export interface VerifyOptions {
  /** Called for each finding when it is made; those of fields and of `session.json` come last. */
  readonly onFinding: (finding: Finding) => void
  /** Called for each span when it has ended. */
  readonly onSpan?: (span: Span) => void
  /** Called after each batch, with the frames so far. Nothing more is read until it is done. */
  readonly onBatch?: (frames: number) => void | Promise<void>
}

/** What a verification has found, in figures. Times are receive times, undefined where there are no frames. */
export interface VerifyReport {
  readonly recording: string
  readonly segments: number
  /** Segments without a fault of their own. */
  readonly wholeSegments: number
  readonly isFiltered: boolean
  readonly frames: number
  readonly connections: number
  readonly first: Nanoseconds | undefined
  readonly last: Nanoseconds | undefined
  /** Runs of `seq`: one for each `sid` that carries it. */
  readonly sequences: number
  readonly snapshots: Readonly<SnapshotCounts>
  readonly tickers: Readonly<TickerCounts>
  readonly spans: SpanTotals
  readonly irregularities: Readonly<IrregularityCounts>
  readonly survey: FieldSurvey
  readonly faults: number
  readonly information: number
  /** By type, those alone that were met. */
  readonly findings: Readonly<Partial<Record<Finding['type'], number>>>
}

/** Reads a whole recording once and proves it. Memory grows with the markets, not with the frames. */
export async function verifyRecording(path: string, options: VerifyOptions): Promise<VerifyReport> {
  const { onFinding, onSpan = () => {}, onBatch = () => {} } = options
  const files = await findFiles(path)
  const { manifest, manifestFault } = files
  const findings: Partial<Record<Finding['type'], number>> = {}
  const report = (finding: Finding) => {
    findings[finding.type] = (findings[finding.type] ?? 0) + 1
    onFinding(finding)
  }
  const reportFile = (finding: FileFinding) => report({ ...finding, ...NO_FRAME })
  const isFiltered = manifest?.filtered ?? false
  const areTimesReal = (manifest?.counters['untimed'] ?? 0) === 0
  const audit = new FrameAudit({ isFiltered, areTimesReal, onFinding: report, onSpan })
  if (manifestFault !== undefined) {
    reportFile({ type: 'unreadable', file: files.directory, reason: manifestFault.message })
  }
  const segments: ReadSegment[] = []
  for (const segment of files.segments) segments.push(await readThrough(segment, audit, reportFile, onBatch))
  audit.end()
  for (const finding of checkManifest(files, segments)) reportFile(finding)
  return {
    recording: path,
    segments: segments.length,
    wholeSegments: segments.filter(segment => segment.isWhole).length,
    isFiltered,
    ...figuresOf(audit),
    ...countBySeverity(findings),
    findings
  }
}

const NO_FRAME = { frame: null, time: null, connection: null, sid: null, market: null } as const

function figuresOf(audit: FrameAudit) {
  const { frames, connections, first, last, sequences, snapshots, tickers, spans, irregularities, survey } = audit
  return { frames, connections, first, last, sequences, snapshots, tickers, spans, irregularities, survey }
}

function countBySeverity(findings: VerifyReport['findings']): Pick<VerifyReport, 'faults' | 'information'> {
  let faults = 0
  let information = 0
  for (const [type, count] of Object.entries(findings) as [Finding['type'], number][]) {
    if (isFault({ type })) faults += count
    else information += count
  }
  return { faults, information }
}

/** Gives the frames of a segment to the audit, whatever is wrong with the file. */
async function readThrough(
  file: string,
  audit: FrameAudit,
  report: (finding: FileFinding) => void,
  onBatch: (frames: number) => void | Promise<void>
): Promise<ReadSegment> {
  let faults = 0
  let rows = 0
  let first: Nanoseconds | undefined
  let last: Nanoseconds | undefined
  const onFault = (finding: FileFinding) => {
    faults++
    report(finding)
    if (finding.type !== 'unsealed') audit.onMissingFrames()
  }
  try {
    for await (const batch of readSegment(file, onFault)) {
      audit.accept(batch)
      first ??= batch.receivedAt[0]
      last = batch.receivedAt[batch.length - 1] ?? last
      rows += batch.length
      await onBatch(audit.frames)
    }
  } catch (error) {
    if (!isOfFile(error)) throw error
    onFault({ type: 'unreadable', file, reason: reasonOf(error) })
  }
  const stored = await bytesOf(file).catch((error: unknown) => {
    if (!isOfFile(error)) throw error
    return NO_BYTES
  })
  return { file, rows, ...stored, first, last, isWhole: faults === 0 }
}

/** How many there are, and their digest. */
async function bytesOf(file: string): Promise<Pick<ReadSegment, 'bytes' | 'digest'>> {
  const checksum = new RunningChecksum()
  let bytes = 0
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>) {
    checksum.append(chunk)
    bytes += chunk.length
  }
  return { bytes, digest: checksum.digest }
}

const CHUNK_BYTES = 1024 * 1024
const NO_BYTES = { bytes: 0, digest: '' }

/** Broken files and refusals of the system; all else is a bug. */
function isOfFile(error: unknown): boolean {
  return error instanceof KwsError || (error instanceof Error && 'syscall' in error)
}
