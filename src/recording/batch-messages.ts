import { RecordBatch } from 'apache-arrow/ipc/metadata/message'
import type { ByteSource } from './byte-source.ts'
import type { Body } from './encode-body.ts'
import type { StreamMessage } from './message-source.ts'
import { findBatch, isBatchAt, takeMessage } from './message-source.ts'
import type { SegmentEnd } from './segment-end.ts'
import { findEnd } from './segment-end.ts'
import type { OnReadFault } from './segment-fault.ts'
import { takeOpening } from './segment-opening.ts'
import { PREFIX_LENGTH } from './segment-schema.ts'

/** A batch as it is stored. */
export interface BatchMessage {
  readonly header: RecordBatch
  /** Valid until the next message is asked for. */
  readonly body: Uint8Array
  readonly bodyChecksum: number
}

/** What `SegmentWriter.append` takes, so that a batch can be stored in another segment as it is in this one. */
export function storedBody({ header, body, bodyChecksum }: BatchMessage): Body {
  return {
    rows: header.length,
    nodes: header.nodes.map(({ length, nullCount }) => [length, nullCount] as const),
    regions: header.buffers.map(({ offset, length }) => [offset, length] as const),
    chunks: [body],
    length: body.length,
    checksum: bodyChecksum,
    isCompressed: header.compression !== null
  }
}

/**
 * The batches of a segment that are what was written, and the faults between them. Where the bytes are no message, it
 * goes on at the next batch whose checksums are right.
 */
export class BatchMessages {
  readonly #source: ByteSource
  readonly #file: string
  readonly #onFault: OnReadFault | undefined
  readonly #hasGrown: (() => Promise<boolean>) | undefined
  #version = 1
  #end: SegmentEnd | undefined
  /** Rows of the segment before the next batch, lost ones among them. */
  #rows = 0
  /** Where bytes were passed over since the last batch, and the rows that are known to be lost there. */
  #hole: { readonly offset: number; rows: number | null } | undefined

  /** Where the file ends and is not sealed, `hasGrown` waits until there is more, and gives whether to look for it. */
  constructor(source: ByteSource, file: string, onFault?: OnReadFault, hasGrown?: () => Promise<boolean>) {
    this.#source = source
    this.#file = file
    this.#onFault = onFault
    this.#hasGrown = hasGrown
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<BatchMessage, void, undefined> {
    if (!(await this.#open())) return
    for (;;) {
      const offset = this.#source.position
      if (offset === this.#end?.offset) return this.#finish(this.#end)
      const message = await takeMessage(this.#source)
      if (message !== undefined && message !== 'end' && message.isIntact && message.body !== undefined) {
        const { header, body, bodyChecksum } = message
        if (header instanceof RecordBatch && this.#isNext(message, header, offset)) yield { header, body, bodyChecksum }
      } else {
        const next = await this.#findNext(offset, message)
        if (next !== undefined) {
          this.#passOver(offset, message)
          this.#source.moveTo(next)
        } else if (await this.#lookAgain()) {
          this.#end = await findEnd(this.#source, this.#version)
          this.#source.moveTo(offset)
        } else {
          return this.#break(offset, message)
        }
      }
    }
  }

  /** False where nothing follows. */
  async #open(): Promise<boolean> {
    let opening = await takeOpening(this.#source, this.#file)
    while (opening.type === 'cut' || opening.type === 'foreign') {
      if (!(await this.#lookAgain())) {
        this.#break(0, undefined)
        return false
      }
      this.#source.moveTo(0)
      opening = await takeOpening(this.#source, this.#file)
    }
    if (opening.type === 'whole') this.#version = opening.version
    else this.#report(0, 0)
    const first = opening.type === 'whole' ? this.#source.position : opening.firstBatch
    this.#end = await findEnd(this.#source, this.#version)
    this.#source.moveTo(first)
    return true
  }

  async #lookAgain(): Promise<boolean> {
    if (this.#hasGrown === undefined || !(await this.#hasGrown())) return false
    await this.#source.refresh()
    return true
  }

  /** Whether a batch is the next, as the rows before it tell, and not a copy of an earlier one. */
  #isNext({ rowsBefore }: StreamMessage, { length }: RecordBatch, offset: number): boolean {
    const hole = this.#hole
    this.#hole = undefined
    if (this.#version === 1) {
      if (hole !== undefined) this.#report(hole.offset, hole.rows)
    } else if (hole !== undefined || rowsBefore !== this.#rows) {
      this.#report(hole?.offset ?? offset, Math.max(rowsBefore - this.#rows, 0))
      if (rowsBefore < this.#rows) return false
      this.#rows = rowsBefore
    }
    this.#rows += length
    return true
  }

  /** Where the next batch stands, or the end; undefined where there is neither. */
  async #findNext(offset: number, message: StreamMessage | 'end' | undefined): Promise<number | undefined> {
    const end = this.#end?.offset ?? this.#source.size
    let from = offset + 1
    if (message !== undefined && message !== 'end') {
      const behind = message.bodyOffset + message.bodyLength
      if (behind === this.#end?.offset || (await isBatchAt(this.#source, behind))) return behind
      from = message.bodyOffset
    }
    return (await findBatch(this.#source, from, end)) ?? this.#end?.offset
  }

  #passOver(offset: number, message: StreamMessage | 'end' | undefined): void {
    this.#hole =
      this.#hole === undefined ? { offset, rows: rowsOf(message) } : { offset: this.#hole.offset, rows: null }
  }

  /** The end of a sealed segment. */
  #finish({ offset, rows }: SegmentEnd): void {
    const lost = rows === undefined ? (this.#hole?.rows ?? null) : rows - this.#rows
    if (this.#hole !== undefined) this.#report(this.#hole.offset, lost)
    else if (rows !== undefined && lost !== 0) this.#report(offset, lost)
  }

  /** The end of one that was not sealed, or has been cut. */
  #break(offset: number, message: StreamMessage | 'end' | undefined): void {
    if (this.#hole !== undefined) this.#report(this.#hole.offset, this.#hole.rows)
    const bytes = this.#source.size - offset
    const file = this.#file
    if (bytes === 0 || (message === 'end' && bytes === PREFIX_LENGTH)) this.#onFault?.({ type: 'unsealed', file })
    else this.#onFault?.({ type: 'torn', file, offset, bytes, rows: message === 'end' ? 0 : rowsOf(message) })
  }

  #report(offset: number, rows: number | null): void {
    this.#onFault?.({ type: 'corrupt', file: this.#file, offset, rows })
  }
}

/** Rows that a damaged message held, where its metadata tell. */
function rowsOf(message: StreamMessage | 'end' | undefined): number | null {
  if (message === undefined || message === 'end') return null
  return message.header instanceof RecordBatch ? message.header.length : 0
}
