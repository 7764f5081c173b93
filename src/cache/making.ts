import { reasonOf } from '../core/errors.ts'
import type { DecodedColumns } from '../core/decoded-columns.ts'
import type { FrameBatch } from '../core/frame.ts'
import { cachePath } from './cache-key.ts'
import { CacheWriter } from './cache-writer.ts'
import { IndexBuilder } from './segment-index.ts'

/** The cache of a segment while it is made. Where it cannot be written there is none, and all goes on without. */
export class Making {
  readonly #file: string
  readonly #onNote: (note: string) => void
  readonly #index = new IndexBuilder()
  #writer: CacheWriter | undefined
  #last: DecodedColumns | undefined

  private constructor(file: string, writer: CacheWriter, onNote: (note: string) => void) {
    this.#file = file
    this.#writer = writer
    this.#onNote = onNote
  }

  static async begin(file: string, key: string, onNote: (note: string) => void): Promise<Making | undefined> {
    try {
      return new Making(file, await CacheWriter.create(cachePath(file), key), onNote)
    } catch (error) {
      onNote(`${file} gets no cache: ${reasonOf(error)}`)
      return undefined
    }
  }

  async append(batch: FrameBatch): Promise<void> {
    const { decoded } = batch
    await this.#try(async writer => {
      await writer.append(batch)
      this.#index.add(batch)
      if (decoded !== undefined) this.#last = decoded
    })
  }

  async seal(): Promise<void> {
    const { tickers = [], ends = [] } = this.#last ?? {}
    await this.#try(async writer => {
      await writer.seal(this.#index.end(tickers, ends))
      this.#writer = undefined
    })
  }

  /** Leaves nothing of what is not sealed. */
  async close(): Promise<void> {
    await this.#writer?.abandon()
    this.#writer = undefined
  }

  async #try(write: (writer: CacheWriter) => Promise<void>): Promise<void> {
    if (this.#writer === undefined) return
    try {
      await write(this.#writer)
    } catch (error) {
      this.#onNote(`${this.#file} gets no cache: ${reasonOf(error)}`)
      await this.close()
    }
  }
}
