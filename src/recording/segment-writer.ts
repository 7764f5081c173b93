import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { FileBlock } from 'apache-arrow/ipc/metadata/file'
import type { Schema } from 'apache-arrow/schema'
import type { FrameBatch } from '../core/frame.ts'
import type { Nanoseconds } from '../core/time.ts'
import { formatTime } from '../core/time.ts'
import type { Body } from './encode-body.ts'
import { encodeBatch, encodeDictionaries, encodeEnd, encodeSchema } from './encode-message.ts'
import type { EncodedMessage } from './encode-message.ts'
import type { SegmentInfo } from './manifest.ts'
import { RunningChecksum } from './running-checksum.ts'
import { SEGMENT_START, segmentSchema } from './segment-schema.ts'
import { syncDirectory } from './sync-directory.ts'

/** A batch that is to be written. */
interface Staged {
  readonly message: EncodedMessage
  readonly rows: number
  readonly firstReceivedAt: Nanoseconds
  readonly lastReceivedAt: Nanoseconds
}

/**
 * Appends batches to a new segment. A write that fails leaves the writer as it was before: `rollBack` cuts off what
 * reached the file of it, and it can be tried again.
 */
export class SegmentWriter {
  readonly file: string
  readonly #handle: FileHandle
  readonly #schema: Schema
  readonly #checksum = new RunningChecksum()
  readonly #batches: FileBlock[] = []
  readonly #dictionaries: FileBlock[] = []
  #staged: Staged[] = []
  #bytes = 0
  #rows = 0
  #firstReceivedAt: Nanoseconds = 0n
  #lastReceivedAt: Nanoseconds = 0n
  #isSealed = false
  #isNamed = false
  #syncedBytes = 0
  #syncedRows = 0

  private constructor(file: string, handle: FileHandle, schema: Schema) {
    this.file = file
    this.#handle = handle
    this.#schema = schema
  }

  /** The file must not exist. The session is JSON, stored in the segment so that `session.json` can be rebuilt. */
  static async create(file: string, session: string): Promise<SegmentWriter> {
    return new SegmentWriter(file, await open(file, 'wx'), segmentSchema(session))
  }

  /** Of the file. */
  get bytes(): number {
    return this.#bytes
  }

  /** Of the file when what is staged has been written. */
  get bytesStaged(): number {
    return this.#staged.reduce((sum, { message }) => sum + lengthOf(message), this.#bytes)
  }

  get rows(): number {
    return this.#rows
  }

  /** Rows that a loss of power leaves. */
  get syncedRows(): number {
    return this.#syncedRows
  }

  get isSynced(): boolean {
    return this.#syncedBytes === this.#bytes
  }

  get info(): SegmentInfo {
    return {
      file: basename(this.file),
      rows: this.#rows,
      bytes: this.#bytes,
      firstReceivedAt: formatTime(this.#firstReceivedAt),
      lastReceivedAt: formatTime(this.#lastReceivedAt),
      sealed: this.#isSealed,
      digest: this.#checksum.digest
    }
  }

  /** Resolves when the file has the batch. */
  async append(batch: FrameBatch, body: Body): Promise<void> {
    this.stage(batch, body)
    await this.flush()
  }

  /** Has a batch, which must not be empty, written by the next `flush`. Its body is given as it is to be stored. */
  stage({ length, receivedAt }: FrameBatch, body: Body): void {
    const rows = this.#staged.reduce((sum, { rows }) => sum + rows, this.#rows)
    this.#staged.push({
      message: encodeBatch(body, rows),
      rows: length,
      firstReceivedAt: receivedAt[0] ?? 0n,
      lastReceivedAt: receivedAt[length - 1] ?? 0n
    })
  }

  /** Resolves when the file has all that is staged: in one write, since each takes a turn of the event loop. */
  async flush(): Promise<void> {
    if (this.#staged.length === 0) return
    if (this.#bytes === 0) await this.#writeOpening()
    await this.#write(this.#staged.flatMap(({ message }) => chunksOf(message)))
    let end = this.#bytes - this.#staged.reduce((sum, { message }) => sum + lengthOf(message), 0)
    for (const { message, rows, firstReceivedAt, lastReceivedAt } of this.#staged) {
      end += lengthOf(message)
      this.#addToChecksum(message)
      this.#batches.push(blockEndingAt(end, message))
      if (this.#rows === 0) this.#firstReceivedAt = firstReceivedAt
      this.#rows += rows
      this.#lastReceivedAt = lastReceivedAt
    }
    this.#staged = []
  }

  async rollBack(): Promise<void> {
    this.#staged = []
    await this.#handle.truncate(this.#bytes)
  }

  /** Makes the segment a file of its own. */
  async seal(): Promise<void> {
    if (this.#bytes === 0) await this.#writeOpening()
    const end = encodeEnd(this.#schema, this.#batches, this.#dictionaries, this.#rows)
    await this.#write([end])
    this.#checksum.append(end)
    this.#isSealed = true
  }

  /** Resolves when a loss of power leaves all that had been appended before. Appending can go on meanwhile. */
  async sync(): Promise<void> {
    const [bytes, rows] = [this.#bytes, this.#rows]
    await this.#handle.datasync()
    if (!this.#isNamed) await syncDirectory(dirname(this.file))
    this.#isNamed = true
    this.#syncedBytes = bytes
    this.#syncedRows = rows
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }

  async #writeOpening(): Promise<void> {
    const dictionaries = encodeDictionaries()
    const messages = [encodeSchema(this.#schema), ...dictionaries]
    await this.#write([SEGMENT_START, ...messages.flatMap(chunksOf)])
    this.#checksum.append(SEGMENT_START)
    messages.forEach(message => this.#addToChecksum(message))
    let end = this.#bytes
    for (const message of dictionaries.toReversed()) {
      this.#dictionaries.unshift(blockEndingAt(end, message))
      end -= lengthOf(message)
    }
  }

  #addToChecksum({ head, body }: EncodedMessage): void {
    this.#checksum.append(head)
    this.#checksum.appendKnown(body.checksum, body.length)
  }

  async #write(chunks: readonly Uint8Array[]): Promise<void> {
    let at = this.#bytes
    let rest = chunks
    while (rest.length > 0) {
      const { bytesWritten } = await this.#handle.writev(rest, at)
      at += bytesWritten
      rest = skip(rest, bytesWritten)
    }
    this.#bytes = at
  }
}

function chunksOf({ head, body }: EncodedMessage): readonly Uint8Array[] {
  return [head, ...body.chunks]
}

function lengthOf({ head, body }: EncodedMessage): number {
  return head.length + body.length
}

/** Where a message stands that ends at an offset, for the footer. */
function blockEndingAt(end: number, { head, body }: EncodedMessage): FileBlock {
  return new FileBlock(head.length, body.length, end - head.length - body.length)
}

/** What is left of the chunks after so many bytes: the system may take less than it is given. */
function skip(chunks: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let left = bytes
  for (const [index, chunk] of chunks.entries()) {
    if (left < chunk.length) return [chunk.subarray(left), ...chunks.slice(index + 1)]
    left -= chunk.length
  }
  return []
}
