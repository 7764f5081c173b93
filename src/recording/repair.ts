import { stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { KwsError } from '../core/errors.ts'
import type { Nanoseconds } from '../core/time.ts'
import { formatTime } from '../core/time.ts'
import { storedBody } from './batch-messages.ts'
import { copyFile } from './copy-file.ts'
import type { Loss } from './losses.ts'
import { describeLoss, Losses } from './losses.ts'
import { claimDirectory } from './make-directory.ts'
import type { Manifest, RecordedSession, SegmentInfo, SessionInfo } from './manifest.ts'
import { readManifest, sessionToJson, unknownSession, writeManifest } from './manifest.ts'
import { sessionIn } from './recording.ts'
import type { SegmentFault } from './segment-fault.ts'
import { listSegments, sealedInfo } from './segment-list.ts'
import { checkSegment, readSegment, readStored } from './segment-reader.ts'
import { SEGMENT_EXTENSION } from './segment-schema.ts'
import { SegmentWriter } from './segment-writer.ts'
import { storageError } from './storage-error.ts'

export interface RepairSummary {
  readonly directory: string
  /** Frames that were recovered. */
  readonly frames: number
  readonly losses: readonly Loss[]
  /** Of segments, which are the same in the repaired recording. */
  readonly intact: number
  /** Of segments, which were written anew out of their complete batches. */
  readonly rewritten: number
}

/**
 * Recovers every complete batch of a recording, or of one of its segments, into a new recording, and rebuilds
 * `session.json`. The input is only read. Segments that are whole are copied byte for byte, so that repairing what was
 * repaired changes nothing.
 */
export async function repairRecording(path: string, directory: string, version: string): Promise<RepairSummary> {
  const input = await look(path)
  try {
    await claimDirectory(directory)
    const repair = new Repair(directory, input, version)
    for (const name of input.names) await repair.add(name)
    return await repair.end()
  } catch (error) {
    throw storageError(directory, error)
  }
}

interface Input {
  readonly folder: string
  /** Segments in their order, the missing ones among them. */
  readonly names: readonly string[]
  readonly missing: ReadonlyMap<string, number>
  readonly manifest: Manifest | undefined
  readonly session: RecordedSession | undefined
}

async function look(path: string): Promise<Input> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) throw new KwsError('not_found', `there is no recording ${path}; check the path`)
  const folder = found.isDirectory() ? path : dirname(path)
  // One that is damaged is rebuilt.
  const manifest = await readManifest(folder).catch(() => undefined)
  const list = found.isDirectory() ? await listSegments(path, manifest) : { files: [path], faults: [] }
  const openings = []
  for (const file of list.files) openings.push(await checkSegment(file))
  const missing = new Map(
    list.faults.flatMap(fault => (fault.type === 'missing' ? [[basename(fault.file), fault.rows] as const] : []))
  )
  const names = [...list.files.map(file => basename(file)), ...missing.keys()].sort()
  if (names.length === 0 && manifest === undefined) {
    throw new KwsError('not_found', `${path} holds no segments; there is nothing to repair`)
  }
  return { folder, names, missing, manifest, session: manifest ?? sessionIn(openings) }
}

class Repair {
  readonly #directory: string
  readonly #input: Input
  readonly #session: SessionInfo
  readonly #losses = new Losses()
  readonly #segments: SegmentInfo[] = []
  #rewritten = 0
  #bytes = 0

  constructor(directory: string, input: Input, version: string) {
    this.#directory = directory
    this.#input = input
    this.#session = input.session ?? unknownSession(version)
  }

  async add(name: string): Promise<void> {
    const missingRows = this.#input.missing.get(name)
    if (missingRows !== undefined) return this.#losses.add(name, missingRows)
    const file = join(this.#input.folder, name)
    const listed = sealedInfo(file, this.#input.manifest)
    const survey = await this.#survey(file)
    if (listed !== undefined)
      this.#losses.settle(name, Math.max(listed.rows - survey.rows - this.#losses.knownRowsOf(name), 0))
    if (survey.rows === 0 && survey.faults.length > 0) return
    const target = join(this.#directory, withExtension(name))
    if (survey.faults.length === 0) {
      const { bytes, digest } = await copyFile(file, target)
      const [firstReceivedAt, lastReceivedAt] = [formatTime(survey.first), formatTime(survey.last)]
      const { rows } = survey
      this.#segments.push({
        file: basename(target),
        rows,
        bytes,
        firstReceivedAt,
        lastReceivedAt,
        sealed: true,
        digest
      })
    } else {
      this.#segments.push(await this.#rewrite(file, target))
      this.#rewritten++
    }
    this.#bytes += survey.bytes
  }

  async end(): Promise<RepairSummary> {
    const { manifest, session } = this.#input
    const frames = this.#segments.reduce((sum, { rows }) => sum + rows, 0)
    const losses = this.#losses.all
    const incomplete = [
      ...(this.#session.incomplete ?? []),
      ...losses.map(loss => `repaired, without ${describeLoss(loss)}`)
    ]
    const { version, source, filtered, channels, markets } = this.#session
    const repaired: Manifest = {
      version,
      source,
      filtered,
      channels,
      markets,
      ...(incomplete.length === 0 ? {} : { incomplete }),
      started: session?.started ?? this.#segments[0]?.firstReceivedAt ?? formatTime(0n),
      ended: manifest?.ended ?? this.#segments.at(-1)?.lastReceivedAt ?? formatTime(0n),
      segments: this.#segments,
      counters: { ...manifest?.counters, frames, bytes: this.#bytes }
    }
    await writeManifest(this.#directory, repaired, { sync: true })
    const intact = this.#segments.length - this.#rewritten
    return { directory: this.#directory, frames, losses, intact, rewritten: this.#rewritten }
  }

  /** What is in a segment; its losses are noted. */
  async #survey(file: string): Promise<Survey> {
    const survey: Survey = { rows: 0, bytes: 0, first: 0n, last: 0n, faults: [] }
    const onFault = (fault: SegmentFault) => {
      survey.faults.push(fault)
      this.#losses.addFault(fault, basename(file))
    }
    for await (const batch of readSegment(file, onFault)) {
      if (survey.rows === 0) survey.first = batch.receivedAt[0] ?? 0n
      survey.last = batch.receivedAt[batch.length - 1] ?? 0n
      survey.rows += batch.length
      survey.bytes += (batch.offsets[batch.length] ?? 0) - (batch.offsets[0] ?? 0)
      this.#losses.passBy(batch)
    }
    return survey
  }

  async #rewrite(file: string, target: string): Promise<SegmentInfo> {
    const { started } = this.#input.session ?? { started: formatTime(0n) }
    const writer = await SegmentWriter.create(target, sessionToJson(this.#session, started))
    try {
      for await (const { batch, message } of readStored(file)) await writer.append(batch, storedBody(message))
      await writer.seal()
      await writer.sync()
    } finally {
      await writer.close()
    }
    return writer.info
  }
}

function withExtension(name: string): string {
  return name.endsWith(SEGMENT_EXTENSION) ? name : `${name}${SEGMENT_EXTENSION}`
}

interface Survey {
  rows: number
  /** Of payload. */
  bytes: number
  first: Nanoseconds
  last: Nanoseconds
  readonly faults: SegmentFault[]
}
