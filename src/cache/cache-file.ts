import { Footer } from 'apache-arrow/ipc/metadata/file'
import { RecordBatch } from 'apache-arrow/ipc/metadata/message'
import type { FrameBatch } from '../core/frame.ts'
import { ByteSource } from '../recording/byte-source.ts'
import { takeMessage } from '../recording/message-source.ts'
import { findEnd } from '../recording/segment-end.ts'
import { FOOTER_END_LENGTH, PREFIX_LENGTH, SEGMENT_VERSION } from '../recording/segment-schema.ts'
import { restoreBatch } from './batch-layout.ts'
import { CACHE_FORMAT, CACHE_VERSION, FORMAT_KEY, INDEX_KEY, SEGMENT_KEY, VERSION_KEY } from './cache-schema.ts'
import type { SegmentIndex } from './segment-index.ts'
import { indexFromJson } from './segment-index.ts'

/** Why a cache is of no use: there is none, it is of another segment or another version, or it is damaged. */
export type CacheFault = 'missing' | 'stale' | 'damaged'

/** The cache of a segment, to be read in whatever order. */
export class CacheFile {
  readonly index: SegmentIndex
  readonly #source: ByteSource
  readonly #offsets: readonly number[]

  private constructor(source: ByteSource, index: SegmentIndex, offsets: readonly number[]) {
    this.#source = source
    this.index = index
    this.#offsets = offsets
  }

  /** Of the segment that has this key. */
  static async open(path: string, key: string): Promise<CacheFile | CacheFault> {
    let source: ByteSource
    try {
      source = await ByteSource.open(path)
    } catch (error) {
      return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'missing' : 'damaged'
    }
    let opened: CacheFile | CacheFault = 'damaged'
    try {
      opened = await CacheFile.#read(source, key)
    } finally {
      if (!(opened instanceof CacheFile)) await source.close()
    }
    return opened
  }

  static async #read(source: ByteSource, key: string): Promise<CacheFile | CacheFault> {
    const end = await findEnd(source, SEGMENT_VERSION)
    if (end === undefined) return 'damaged'
    source.moveTo(end.offset + PREFIX_LENGTH)
    const bytes = await source.take(source.remaining - FOOTER_END_LENGTH)
    if (bytes === undefined) return 'damaged'
    const footer = Footer.decode(bytes)
    const { metadata } = footer.schema
    if (metadata.get(FORMAT_KEY) !== CACHE_FORMAT) return 'damaged'
    if (metadata.get(VERSION_KEY) !== String(CACHE_VERSION) || metadata.get(SEGMENT_KEY) !== key) return 'stale'
    const offsets = Array.from(footer.recordBatches(), ({ offset }) => offset)
    return new CacheFile(source, indexFromJson(metadata.get(INDEX_KEY) ?? ''), offsets)
  }

  /** The batch of that number, valid until the next is asked for; undefined where it is not what was written. */
  async batch(number: number): Promise<FrameBatch | undefined> {
    const offset = this.#offsets[number]
    if (offset === undefined) return undefined
    this.#source.moveTo(offset)
    const message = await takeMessage(this.#source)
    if (message === undefined || message === 'end' || !message.isIntact || message.body === undefined) return undefined
    if (!(message.header instanceof RecordBatch)) return undefined
    return restoreBatch(message.header.length, message.header.buffers, message.body, this.index, number)
  }

  async close(): Promise<void> {
    await this.#source.close()
  }
}
