import { crc32 } from 'node:zlib'
import type { FrameBatch } from '../core/frame.ts'
import type { Column } from './encode-columns.ts'
import { encodeColumns } from './encode-columns.ts'

/** The columns of a message, laid out as they are stored. Plain data, which can go from one thread to another. */
export interface Body {
  readonly rows: number
  /** Of each column: its length and how many of its values are null. */
  readonly nodes: readonly (readonly [length: number, nullCount: number])[]
  /** Of each buffer of each column. */
  readonly regions: readonly (readonly [offset: number, length: number])[]
  /** One behind the other they are the body. */
  readonly chunks: readonly Uint8Array[]
  readonly length: number
  /** CRC-32 of it all. */
  readonly checksum: number
  readonly isCompressed: boolean
}

/** How a buffer is stored: as it is, or compressed. */
export type StoreBuffer = (buffer: Uint8Array) => readonly Uint8Array[]

/** Views on the batch wherever possible. */
export function encodeBody(batch: FrameBatch): Body {
  return layOut(encodeColumns(batch))
}

const ALIGNMENT = 8
const ZEROS = new Uint8Array(ALIGNMENT)

/** Puts the buffers of the columns one behind the other, each at a multiple of 8 bytes. */
export function layOut(columns: readonly Column[], compress?: StoreBuffer): Body {
  const nodes = columns.map(({ length, nullCount }) => [length, nullCount] as const)
  const regions: (readonly [number, number])[] = []
  const chunks: Uint8Array[] = []
  let offset = 0
  let checksum = 0
  const append = (chunk: Uint8Array) => {
    if (chunk.length === 0) return
    chunks.push(chunk)
    checksum = crc32(chunk, checksum)
    offset += chunk.length
  }
  for (const buffer of columns.flatMap(column => column.buffers)) {
    const start = offset
    if (compress === undefined) append(buffer)
    else compress(buffer).forEach(append)
    regions.push([start, offset - start])
    if (offset % ALIGNMENT > 0) append(ZEROS.subarray(offset % ALIGNMENT))
  }
  const rows = columns[0]?.length ?? 0
  return { rows, nodes, regions, chunks, length: offset, checksum, isCompressed: compress !== undefined }
}
