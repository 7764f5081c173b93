import { stat } from 'node:fs/promises'
import type { Clock } from '../core/clock.ts'
import { KwsError, reasonOf } from '../core/errors.ts'
import type { Nanoseconds } from '../core/time.ts'
import { readLines } from './capture-file.ts'
import type { LineForm } from './capture-line.ts'
import { parseLine } from './capture-line.ts'
import { CaptureReader } from './capture-reader.ts'
import { RecordingWriter } from './recording-writer.ts'

export interface ImportOptions {
  readonly clock: Clock
  /** Of kws. */
  readonly version: string
  /** The capture was cut down to some markets, so that `seq` may jump. */
  readonly filtered?: boolean
}

export interface ImportSummary {
  readonly directory: string
  readonly frames: number
  readonly connections: number
  readonly forms: Readonly<Record<LineForm, number>>
  /** Frames without a receive time; they have the exchange's, or that of the frame before. */
  readonly untimed: number
  /** What the captures did not hold, in words. */
  readonly lacks: readonly string[]
  /** Which files could not be read to their end, and why; what came before is in the recording. */
  readonly incomplete: readonly string[]
}

/**
 * Turns captures that others made (NDJSON, perhaps gzipped) into a recording, file after file, a frame for each line
 * that is not empty. Adds no frames and drops none.
 */
export async function importCaptures(
  files: readonly string[],
  directory: string,
  { clock, version, filtered = false }: ImportOptions
): Promise<ImportSummary> {
  for (const file of files) await requireFile(file)
  const firstTime = await lookInto(files)
  const source = { type: 'import', files, lacks: [] } as const
  const session = { version, source, filtered, channels: [], markets: [], counters: {} }
  const capture = new CaptureReader(firstTime ?? 0n)
  const writer = await RecordingWriter.create(directory, { clock, session })
  const incomplete: string[] = []
  try {
    for (const file of files) {
      const onDamage = (reason: string) => incomplete.push(reason)
      for await (const lines of readCapture(file, onDamage)) await writer.accept(capture.read(lines))
    }
  } finally {
    const { connections, forms, untimed, lacks } = capture
    writer.amend({ source: { ...source, lacks }, counters: { connections, untimed, ...forms } })
    if (incomplete.length > 0) writer.amend({ incomplete })
    await writer.close()
  }
  const { connections, forms, untimed, lacks } = capture
  return { directory, frames: writer.frames, connections, forms, untimed, lacks, incomplete }
}

async function requireFile(file: string): Promise<void> {
  const found = await stat(file).catch((error: unknown) => {
    throw new KwsError('not_found', `${file} cannot be read; check the path and its permissions`, { cause: error })
  })
  if (found.isDirectory()) throw new KwsError('not_found', `${file} is a directory; name the captures in it`)
}

/** What can be read of a file, and the reason where that is not all. */
async function* readCapture(
  file: string,
  onDamage: (reason: string) => void
): AsyncGenerator<readonly Buffer[], void, undefined> {
  try {
    yield* readLines(file)
  } catch (error) {
    onDamage(`${file} cannot be read to its end (${reasonOf(error)})`)
  }
}

/**
 * The first time there is: frames at the start of a capture may have none, as the replies to commands. Throws where
 * there are lines but none that is a JSON object, before anything is made of them.
 */
async function lookInto(files: readonly string[]): Promise<Nanoseconds | undefined> {
  let lineCount = 0
  let objectCount = 0
  for (const file of files) {
    for await (const lines of readCapture(file, () => {})) {
      for (const line of lines) {
        if (line.length === 0) continue
        const { form, receivedAt, exchangeTime } = parseLine(line)
        if (receivedAt !== undefined || exchangeTime !== undefined) return receivedAt ?? exchangeTime
        lineCount++
        if (form !== 'not JSON' && line.includes('{')) objectCount++
      }
    }
  }
  if (lineCount === 0 || objectCount > 0) return undefined
  throw new KwsError(
    'damaged',
    `no line of ${files.join(', ')} is a JSON object (of ${lineCount}); give one frame a line`
  )
}
