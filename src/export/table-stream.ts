import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { Block } from './block.ts'
import type { TableEncoder } from './format.ts'
import type { TableOutput } from './table-output.ts'
import type { TableRow } from './table.ts'

/** Writes a table to a stream as it comes. */
export class TableStream implements TableOutput {
  readonly files = 0
  readonly #output: Writable
  readonly #encoder: TableEncoder
  readonly #block = new Block()
  #bytes = 0
  #hasBegun = false

  constructor(output: Writable, encoder: TableEncoder) {
    this.#output = output
    this.#encoder = encoder
  }

  get bytes(): number {
    return this.#bytes
  }

  add(row: TableRow): void {
    this.#block.add(row)
  }

  async flush(): Promise<void> {
    if (!this.#hasBegun) await this.#write(this.#encoder.begin())
    this.#hasBegun = true
    if (this.#block.length > 0) await this.#write(this.#encoder.encode(this.#block.take()))
  }

  async close(): Promise<void> {
    await this.flush()
    await this.#write(this.#encoder.end())
  }

  async #write(chunks: readonly Uint8Array[]): Promise<void> {
    for (const chunk of chunks) {
      this.#bytes += chunk.length
      if (!this.#output.write(chunk)) await once(this.#output, 'drain')
    }
  }
}
