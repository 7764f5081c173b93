import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { KwsError, reasonOf } from '../core/errors.ts'
import type { Cell } from './column.ts'
import type { TableEncoder } from './format.ts'

/** A file that grows block by block. It is open only while it is written to, so that there may be any number of them. */
export class TableFile {
  readonly path: string
  readonly #encoder: TableEncoder
  #blocks = 0
  #bytes = 0

  constructor(path: string, encoder: TableEncoder) {
    this.path = path
    this.#encoder = encoder
  }

  get blocks(): number {
    return this.#blocks
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Makes the file, and the folders above it; an empty file may be there. */
  async begin(): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true }).catch((error: unknown) => this.#fail(error))
    await this.#write(this.#encoder.begin(), 'w')
  }

  async append(rows: readonly (readonly Cell[])[]): Promise<void> {
    this.#blocks++
    await this.#write(this.#encoder.encode(rows), 'a')
  }

  async finish(): Promise<void> {
    await this.#write(this.#encoder.end(), 'a')
  }

  async #write(chunks: readonly Uint8Array[], flag: 'w' | 'a'): Promise<void> {
    if (chunks.length === 0 && flag === 'a') return
    await writeFile(this.path, chunks, { flag }).catch((error: unknown) => this.#fail(error))
    for (const { length } of chunks) this.#bytes += length
  }

  #fail(error: unknown): never {
    const advice = 'what is there of it is not whole: remove it and export again'
    throw new KwsError('storage', `${this.path} cannot be written: ${reasonOf(error)}; ${advice}`, { cause: error })
  }
}
