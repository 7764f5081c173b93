import type { Cell } from '../column.ts'

/** The buffers of Arrow's columns. Where a cell is null they hold zeros, or nothing. */

/** One bit a cell, the first in the lowest place. */
export function encodeBits(cells: readonly Cell[], isSet: (cell: Cell) => boolean): Uint8Array {
  const bits = new Uint8Array(Math.ceil(cells.length / 8))
  for (const [row, cell] of cells.entries()) {
    if (isSet(cell)) bits[row >> 3] = (bits[row >> 3] ?? 0) | (1 << (row & 7))
  }
  return bits
}

export function encodeWholes(cells: readonly Cell[]): BigInt64Array<ArrayBuffer> {
  return BigInt64Array.from(cells, cell => BigInt(cell ?? 0))
}

/** 128 bits each, the lowest first; the upper half repeats the sign. */
export function encodeDecimals(cells: readonly Cell[]): Uint32Array<ArrayBuffer> {
  const halves = new BigInt64Array(cells.length * 2)
  for (const [row, cell] of cells.entries()) {
    const value = BigInt(cell ?? 0)
    halves[row * 2] = value
    halves[row * 2 + 1] = value < 0n ? -1n : 0n
  }
  return new Uint32Array(halves.buffer)
}

export function encodeTexts(cells: readonly Cell[]): {
  readonly valueOffsets: Int32Array<ArrayBuffer>
  readonly data: Uint8Array<ArrayBuffer>
} {
  const texts = cells.map(cell => (cell === null ? '' : String(cell)))
  const valueOffsets = new Int32Array(texts.length + 1)
  let end = 0
  for (const [row, text] of texts.entries()) valueOffsets[row + 1] = end += Buffer.byteLength(text)
  const data = Buffer.alloc(end)
  for (const [row, text] of texts.entries()) data.write(text, valueOffsets[row] ?? 0)
  return { valueOffsets, data }
}
