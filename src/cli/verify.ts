import { once } from 'node:events'
import { Command } from 'commander'
import type { Logger } from 'pino'
import type { Finding } from '../audit/finding.ts'
import { isFault } from '../audit/finding.ts'
import type { Span } from '../audit/spans.ts'
import type { VerifyReport } from '../audit/verify-recording.ts'
import { verifyRecording } from '../audit/verify-recording.ts'
import { systemClock } from '../core/clock.ts'
import { newestRecording } from '../recording/recording.ts'
import type { CommonFlags } from './common.ts'
import { addCommonOptions, print } from './common.ts'
import { createLog } from './log.ts'
import { RECORDINGS } from './recording-path.ts'
import { watch } from './status-line.ts'
import { parseList } from './values.ts'
import { fieldsJson, findingJson, spanJson, summaryJson } from './verify-json.ts'
import { findingLine, reportLines, spanLine } from './verify-text.ts'

interface Flags extends CommonFlags {
  readonly dir: string
  readonly markets?: readonly string[]
}

const EXIT_DAMAGED = 3
/** Of a type of finding so many lines are printed; with `--json` or `--markets` there is no limit. */
const FAULT_LINES_MAX = 10
const INFORMATION_LINES_MAX = 3

export function command(): Command {
  const command = new Command('verify')
    .description(
      'Proves recordings: checksums, sequence, time order, every book against its later snapshots, undecodable frames, silences and changes of fields.'
    )
    .argument('[recordings...]', 'directories or segments (default: the newest recording)')
    .option('--markets <tickers>', 'the details of these markets: all findings, and what is verified when', parseList)
    .option('--dir <directory>', 'where recordings are', RECORDINGS)
    .addHelpText('after', '\nExits with 3 if there are faults.\n\nExample:\n  kws verify recordings/sample\n')
    .action(verify)
  return addCommonOptions(command)
}

async function verify(paths: readonly string[], flags: Flags): Promise<void> {
  const log = createLog(flags.logLevel, flags.logJson === true)
  const named = paths.length === 0 ? [await newestRecording(flags.dir)] : paths
  for (const [index, path] of named.entries()) {
    if (index > 0) print(flags, '')
    const { faults } = await verifyOne(path, flags, log)
    if (faults > 0) process.exitCode = EXIT_DAMAGED
  }
}

async function verifyOne(path: string, flags: Flags, log: Logger): Promise<VerifyReport> {
  const lines: string[] = []
  const output = flags.json === true ? jsonOutput(lines, path) : textOutput(lines, flags.markets !== undefined)
  const chosen = flags.markets === undefined ? undefined : new Set(flags.markets)
  const isWanted = (market: string | null) => chosen === undefined || market === null || chosen.has(market)
  const unheard = new Set(chosen)
  let frames = 0
  const stopWatching = watch(systemClock(), () => `${path}  ${frames} frames`)
  try {
    const report = await verifyRecording(path, {
      onFinding: finding => isWanted(finding.market) && output.onFinding(finding),
      onSpan(span) {
        unheard.delete(span.market)
        if (isWanted(span.market)) output.onSpan(span)
      },
      async onBatch(framesSoFar) {
        frames = framesSoFar
        await flush(lines)
      }
    })
    output.finish(report)
    if (unheard.size > 0) log.warn(`${path} has no order book of ${[...unheard].join(', ')}`)
    return report
  } finally {
    stopWatching()
    await flush(lines)
  }
}

/** A slow reader slows the reading down, so that lines do not gather. */
async function flush(lines: string[]): Promise<void> {
  if (lines.length === 0) return
  const text = `${lines.splice(0).join('\n')}\n`
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
}

/** What becomes of a verification, in lines. */
interface Output {
  onFinding(finding: Finding): void
  onSpan(span: Span): void
  finish(report: VerifyReport): void
}

function jsonOutput(lines: string[], recording: string): Output {
  return {
    onFinding: finding => lines.push(findingJson(recording, finding)),
    onSpan: span => lines.push(spanJson(recording, span)),
    finish(report) {
      for (const line of fieldsJson(recording, report.survey)) lines.push(line)
      lines.push(summaryJson(report))
    }
  }
}

function textOutput(lines: string[], isDetailed: boolean): Output {
  const told = new Map<Finding['type'], number>()
  return {
    onFinding(finding) {
      const { type } = finding
      const count = (told.get(type) ?? 0) + 1
      told.set(type, count)
      const most = isFault(finding) ? FAULT_LINES_MAX : INFORMATION_LINES_MAX
      if (isDetailed || count <= most) lines.push(findingLine(finding))
      else if (count === most + 1) lines.push(`…      ${type}: further ones are only counted; --json tells all`)
    },
    onSpan(span) {
      if (isDetailed) lines.push(spanLine(span))
    },
    finish(report) {
      if (told.size > 0 || isDetailed) lines.push('')
      lines.push(...reportLines(report))
    }
  }
}
