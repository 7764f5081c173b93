import type { FrameBatch } from '../core/frame.ts'
import type { Body } from './encode-body.ts'
import { layOut } from './encode-body.ts'
import { encodeColumns } from './encode-columns.ts'
import type { Zstd } from './zstd.ts'

/** A batch whose buffers are compressed, each by itself, as the Arrow format has it. */
export function compressBody(batch: FrameBatch, zstd: Zstd, level: number): Body {
  return layOut(encodeColumns(batch), buffer => compressBuffer(buffer, zstd, level))
}

/** The length before compression, then the compressed bytes; −1, then the bytes as they are, where that is less. */
function compressBuffer(buffer: Uint8Array, zstd: Zstd, level: number): readonly Uint8Array[] {
  if (buffer.length === 0) return []
  const compressed = zstd.compress(buffer, level)
  return compressed.length < buffer.length ? [lengthOf(buffer.length), compressed] : [lengthOf(-1), buffer]
}

function lengthOf(length: number): Uint8Array {
  return new Uint8Array(BigInt64Array.of(BigInt(length)).buffer)
}
