import { access } from 'node:fs/promises'
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
  const source = { type: 'import', files, lacks: [] } as const
  const session = { version, source, filtered, channels: [], markets: [], counters: {} }
  const capture = new CaptureReader((await firstTimeIn(files)) ?? 0n)
  const writer = await RecordingWriter.create(directory, { clock, session })
  try {
    for (const file of files) {
      for await (const lines of readCapture(file)) await writer.accept(capture.read(lines))
    }
  } finally {
    const { connections, forms, untimed, lacks } = capture
    writer.amend({ source: { ...source, lacks }, counters: { connections, untimed, ...forms } })
    await writer.close()
  }
  const { connections, forms, untimed, lacks } = capture
  return { directory, frames: writer.frames, connections, forms, untimed, lacks }
}

async function requireFile(file: string): Promise<void> {
  await access(file).catch((error: unknown) => {
    throw new KwsError('not_found', `${file} cannot be read; check the path and its permissions`, { cause: error })
  })
}

async function* readCapture(file: string): AsyncGenerator<readonly Buffer[], void, undefined> {
  try {
    yield* readLines(file)
  } catch (error) {
    throw new KwsError('damaged', `${file} cannot be read to its end (${reasonOf(error)}); is the copy whole?`, {
      cause: error
    })
  }
}

/** Frames at the start of a capture may have no time, as the replies to commands have none: they get the first there is. */
async function firstTimeIn(files: readonly string[]): Promise<Nanoseconds | undefined> {
  for (const file of files) {
    for await (const lines of readCapture(file)) {
      for (const line of lines) {
        const { receivedAt, exchangeTime } = parseLine(line)
        if (receivedAt !== undefined || exchangeTime !== undefined) return receivedAt ?? exchangeTime
      }
    }
  }
  return undefined
}
