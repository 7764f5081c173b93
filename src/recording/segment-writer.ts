import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { FileBlock } from 'apache-arrow/ipc/metadata/file'
import type { FrameBatch } from '../core/frame.ts'
import type { Nanoseconds } from '../core/time.ts'
import { encodeBatch, encodeDictionaries, encodeEnd, encodeSchema } from './encode-message.ts'
import type { EncodedMessage } from './encode-message.ts'
import { SEGMENT_START } from './segment-schema.ts'

/**
 * Appends batches to a new segment. A write that fails leaves the writer as it was before: `rollBack` cuts off what
 * reached the file of it, and it can be tried again.
 */
export class SegmentWriter {
  readonly file: string
  readonly #handle: FileHandle
  readonly #batches: FileBlock[] = []
  readonly #dictionaries: FileBlock[] = []
  #bytes = 0
  #rows = 0
  #firstReceivedAt: Nanoseconds | undefined
  #lastReceivedAt: Nanoseconds | undefined

  private constructor(file: string, handle: FileHandle) {
    this.file = file
    this.#handle = handle
  }

  /** The file must not exist. */
  static async create(file: string): Promise<SegmentWriter> {
    return new SegmentWriter(file, await open(file, 'wx'))
  }

  get bytes(): number {
    return this.#bytes
  }

  get rows(): number {
    return this.#rows
  }

  get firstReceivedAt(): Nanoseconds | undefined {
    return this.#firstReceivedAt
  }

  get lastReceivedAt(): Nanoseconds | undefined {
    return this.#lastReceivedAt
  }

  /** Resolves when the file has the batch, which must not be empty; only then may the batch's memory change. */
  async append(batch: FrameBatch): Promise<void> {
    if (this.#bytes === 0) await this.#writeOpening()
    const message = encodeBatch(batch)
    await this.#write(message.chunks)
    this.#batches.push(blockEndingAt(this.#bytes, message))
    this.#rows += batch.length
    this.#firstReceivedAt ??= batch.receivedAt[0]
    this.#lastReceivedAt = batch.receivedAt[batch.length - 1]
  }

  async rollBack(): Promise<void> {
    await this.#handle.truncate(this.#bytes)
  }

  /** Closes the segment as it is. */
  async abandon(): Promise<void> {
    await this.#handle.close()
  }

  /** Makes the segment a file and closes it. */
  async seal(): Promise<void> {
    if (this.#bytes === 0) await this.#writeOpening()
    await this.#write(encodeEnd(this.#batches, this.#dictionaries))
    await this.#handle.close()
  }

  async #writeOpening(): Promise<void> {
    const dictionaries = encodeDictionaries()
    const messages = [encodeSchema(), ...dictionaries]
    await this.#write([SEGMENT_START, ...messages.flatMap(message => message.chunks)])
    let end = this.#bytes
    for (const message of dictionaries.toReversed()) {
      this.#dictionaries.unshift(blockEndingAt(end, message))
      end -= message.metadataLength + message.bodyLength
    }
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

/** Where a message stands that ends at an offset, for the footer. */
function blockEndingAt(end: number, { metadataLength, bodyLength }: EncodedMessage): FileBlock {
  return new FileBlock(metadataLength, bodyLength, end - metadataLength - bodyLength)
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
