import { once } from 'node:events'
import { Command } from 'commander'
import type { Finding } from '../audit/finding.ts'
import type { Span } from '../audit/spans.ts'
import type { VerifyReport } from '../audit/verify-recording.ts'
import { verifyRecording } from '../audit/verify-recording.ts'
import { systemClock } from '../core/clock.ts'
import { newestRecording } from '../recording/recording.ts'
import type { CommonFlags } from './common.ts'
import { addCommonOptions } from './common.ts'
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
const LINES_MAX = 10

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
  const named = paths.length === 0 ? [await newestRecording(flags.dir)] : paths
  for (const [index, path] of named.entries()) {
    const output = flags.json === true ? new JsonOutput(path) : new TextOutput(index > 0)
    const report = await verifyInto(output, path, flags)
    output.finish(report)
    await output.flush()
    if (report.faults > 0) process.exitCode = EXIT_DAMAGED
  }
}

async function verifyInto(output: Output, path: string, { markets }: Flags): Promise<VerifyReport> {
  const chosen = markets === undefined ? undefined : new Set(markets)
  let frames = 0
  const stopWatching = watch(systemClock(), () => `${path}  ${frames} frames`)
  try {
    return await verifyRecording(path, {
      onFinding(finding) {
        if (chosen === undefined || finding.market === null || chosen.has(finding.market)) {
          output.onFinding(finding, chosen !== undefined)
        }
      },
      onSpan(span) {
        if (chosen === undefined || chosen.has(span.market)) output.onSpan(span, chosen !== undefined)
      },
      async onBatch(framesSoFar) {
        frames = framesSoFar
        await output.flush()
      }
    })
  } finally {
    stopWatching()
  }
}

/** Where lines wait until they can be written, so that a slow reader slows the reading down. */
abstract class Output {
  #lines: string[] = []

  abstract onFinding(finding: Finding, isChosen: boolean): void
  abstract onSpan(span: Span, isChosen: boolean): void
  abstract finish(report: VerifyReport): void

  async flush(): Promise<void> {
    if (this.#lines.length === 0) return
    const text = `${this.#lines.join('\n')}\n`
    this.#lines = []
    if (!process.stdout.write(text)) await once(process.stdout, 'drain')
  }

  protected add(...lines: readonly string[]): void {
    this.#lines.push(...lines)
  }
}

class JsonOutput extends Output {
  readonly #recording: string

  constructor(recording: string) {
    super()
    this.#recording = recording
  }

  onFinding(finding: Finding): void {
    this.add(findingJson(this.#recording, finding))
  }

  onSpan(span: Span): void {
    this.add(spanJson(this.#recording, span))
  }

  finish(report: VerifyReport): void {
    this.add(...fieldsJson(this.#recording, report.survey), summaryJson(report))
  }
}

class TextOutput extends Output {
  readonly #told = new Map<Finding['type'], number>()

  /** Another recording was reported before. */
  constructor(isFurther: boolean) {
    super()
    if (isFurther) this.add('')
  }

  onFinding(finding: Finding, isChosen: boolean): void {
    const told = (this.#told.get(finding.type) ?? 0) + 1
    this.#told.set(finding.type, told)
    if (isChosen || told <= LINES_MAX) this.add(findingLine(finding))
    else if (told === LINES_MAX + 1) this.add(`…      ${finding.type}: further ones are only counted; --json tells all`)
  }

  onSpan(span: Span, isChosen: boolean): void {
    if (isChosen) this.add(spanLine(span))
  }

  finish(report: VerifyReport): void {
    if (this.#told.size > 0) this.add('')
    this.add(...reportLines(report))
  }
}
