import { CompressionType } from 'apache-arrow/fb/compression-type'
import { KwsError } from '../core/errors.ts'
import type { FrameBatch } from '../core/frame.ts'
import type { BatchMessage } from './batch-messages.ts'
import { decodeBatch } from './decode-batch.ts'
import { BodyInflater } from './inflate-body.ts'
import { loadZstd } from './zstd.ts'

/** Makes batches of what is stored of them, compressed or not. */
export class BatchDecoder {
  readonly #file: string
  #inflater: BodyInflater | undefined

  constructor(file: string) {
    this.#file = file
  }

  /** Valid until the next call, and as long as the message is. */
  async decode({ header, body }: BatchMessage): Promise<FrameBatch> {
    const columns = { rows: header.length, nullCount: header.nodes.at(-1)?.nullCount ?? 0 }
    if (header.compression === null) return decodeBatch({ ...columns, regions: header.buffers, body })
    if (header.compression.type !== CompressionType.ZSTD) {
      throw new KwsError('damaged', `${this.#file} is compressed in a way that kws does not know`)
    }
    this.#inflater ??= new BodyInflater(await loadZstd())
    return decodeBatch({ ...columns, ...this.#inflater.inflate(body, header.buffers) })
  }
}
