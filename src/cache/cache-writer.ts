import type { FileHandle } from 'node:fs/promises'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { FileBlock } from 'apache-arrow/ipc/metadata/file'
import type { FrameBatch } from '../core/frame.ts'
import type { EncodedMessage } from '../recording/encode-message.ts'
import { encodeBatch, encodeEnd, encodeSchema } from '../recording/encode-message.ts'
import { SEGMENT_START } from '../recording/segment-schema.ts'
import { storeBatch } from './batch-layout.ts'
import { cacheSchema } from './cache-schema.ts'
import type { SegmentIndex } from './segment-index.ts'
import { indexToJson } from './segment-index.ts'

/** Writes the cache of a segment beside where it is to be, and puts it there when it is whole. */
export class CacheWriter {
  readonly #path: string
  readonly #temporary: string
  readonly #handle: FileHandle
  readonly #key: string
  readonly #blocks: FileBlock[] = []
  #bytes = 0
  #rows = 0

  private constructor(path: string, temporary: string, handle: FileHandle, key: string) {
    this.#path = path
    this.#temporary = temporary
    this.#handle = handle
    this.#key = key
  }

  /** Throws where nothing can be written, or this process is writing it already. */
  static async create(path: string, key: string): Promise<CacheWriter> {
    await mkdir(dirname(path), { recursive: true })
    const temporary = `${path}.${process.pid}.new`
    const writer = new CacheWriter(path, temporary, await open(temporary, 'wx'), key)
    await writer.#append(SEGMENT_START)
    await writer.#appendMessage(encodeSchema(cacheSchema(key)))
    return writer
  }

  async append(batch: FrameBatch): Promise<void> {
    const message = encodeBatch(storeBatch(batch), this.#rows)
    const start = this.#bytes
    await this.#appendMessage(message)
    this.#blocks.push(new FileBlock(message.head.length, message.body.length, start))
    this.#rows += batch.length
  }

  async seal(index: SegmentIndex): Promise<void> {
    await this.#append(encodeEnd(cacheSchema(this.#key, indexToJson(index)), this.#blocks, [], this.#rows))
    await this.#handle.close()
    await rename(this.#temporary, this.#path)
  }

  /** Leaves nothing behind. */
  async abandon(): Promise<void> {
    await this.#handle.close().catch(() => {})
    await rm(this.#temporary, { force: true }).catch(() => {})
  }

  async #appendMessage({ head, body }: EncodedMessage): Promise<void> {
    await this.#append(head, ...body.chunks)
  }

  async #append(...chunks: readonly Uint8Array[]): Promise<void> {
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
    const { bytesWritten } = await this.#handle.writev(chunks, this.#bytes)
    // A disk that is full takes less; the next write would say so.
    if (bytesWritten < bytes) throw new Error('the disk took only a part of it')
    this.#bytes += bytes
  }
}
