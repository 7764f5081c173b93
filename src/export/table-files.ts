import { Block } from './block.ts'
import type { Column } from './column.ts'
import type { TableFormat } from './format.ts'
import type { Layout } from './layout.ts'
import { TableFile } from './table-file.ts'
import type { TableOutput } from './table-output.ts'
import type { TableRow } from './table.ts'

export interface TableFilesLimits {
  /** Weight of a block that is full, however few its rows. */
  readonly blockWeight: number
  /** Weight of all rows in memory together. */
  readonly totalWeight: number
  /** Blocks of all files that are not finished, since the end of a file tells where each of its blocks is. */
  readonly openBlocks: number
}

const LIMITS: TableFilesLimits = { blockWeight: 2 ** 24, totalWeight: 2 ** 26, openBlocks: 4096 }

/**
 * Writes a table into files, in bounded memory however many they are: when too many rows are waiting, the largest blocks
 * are written though they are not full; when too many files are unfinished, those that were written to least recently
 * are finished, and a further part takes what still comes for them.
 */
export class TableFiles implements TableOutput {
  readonly #layout: Layout
  readonly #format: TableFormat
  readonly #columns: readonly Column[]
  readonly #limits: TableFilesLimits
  readonly #blocks = new Map<string, Block>()
  #weight = 0
  readonly #full = new Set<string>()
  /** The unfinished files, the one that was written to last at the end. */
  readonly #files = new Map<string, TableFile>()
  readonly #parts = new Map<string, number>()
  #openBlocks = 0
  #count = 0
  #finishedBytes = 0

  constructor(layout: Layout, format: TableFormat, columns: readonly Column[], limits: Partial<TableFilesLimits> = {}) {
    this.#layout = layout
    this.#format = format
    this.#columns = columns
    this.#limits = { ...LIMITS, ...limits }
  }

  get files(): number {
    return this.#count
  }

  get bytes(): number {
    return [...this.#files.values()].reduce((sum, file) => sum + file.bytes, this.#finishedBytes)
  }

  add(row: TableRow): void {
    const key = this.#layout.keyOf(row)
    let block = this.#blocks.get(key)
    if (block === undefined) this.#blocks.set(key, (block = new Block()))
    this.#weight += block.add(row)
    if (block.length >= this.#format.blockRows || block.weight >= this.#limits.blockWeight) this.#full.add(key)
  }

  async flush(): Promise<void> {
    for (const key of this.#full) await this.#writeBlock(key)
    this.#full.clear()
    if (this.#weight <= this.#limits.totalWeight) return
    const largestFirst = [...this.#blocks].sort(([, a], [, b]) => b.weight - a.weight)
    for (const [key] of largestFirst) {
      if (this.#weight <= this.#limits.totalWeight / 2) break
      await this.#writeBlock(key)
    }
  }

  /** Without any rows one file still says what its columns are. */
  async close(): Promise<void> {
    for (const key of this.#blocks.keys()) await this.#writeBlock(key)
    if (!this.#layout.isPartitioned && this.#count === 0) await this.#fileOf('')
    for (const key of this.#files.keys()) await this.#finish(key)
  }

  async #writeBlock(key: string): Promise<void> {
    const block = this.#blocks.get(key)
    if (block === undefined) return
    this.#blocks.delete(key)
    this.#weight -= block.weight
    const file = await this.#fileOf(key)
    await file.append(block.take())
    this.#openBlocks++
    this.#files.delete(key)
    this.#files.set(key, file)
    if (this.#layout.isPartitioned) await this.#finishOldest()
  }

  async #fileOf(key: string): Promise<TableFile> {
    const unfinished = this.#files.get(key)
    if (unfinished !== undefined) return unfinished
    const part = this.#parts.get(key) ?? 0
    this.#parts.set(key, part + 1)
    const file = new TableFile(this.#layout.pathOf(key, part), this.#format.encoder(this.#columns))
    await file.begin()
    this.#count++
    this.#files.set(key, file)
    return file
  }

  async #finishOldest(): Promise<void> {
    for (const key of this.#files.keys()) {
      if (this.#openBlocks <= this.#limits.openBlocks) return
      await this.#finish(key)
    }
  }

  async #finish(key: string): Promise<void> {
    const file = this.#files.get(key)
    if (file === undefined) return
    this.#files.delete(key)
    await file.finish()
    this.#openBlocks -= file.blocks
    this.#finishedBytes += file.bytes
  }
}
