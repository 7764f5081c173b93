import { KwsError } from '../core/errors.ts'
import type { BodyRegion } from './decode-batch.ts'
import type { Zstd } from './zstd.ts'

const PREFIX_LENGTH = 8
const STORED_AS_IS = -1

export interface InflatedBody {
  readonly regions: readonly BodyRegion[]
  readonly body: Uint8Array
}

/** Undoes `compressBody` into memory that is used over and over. */
export class BodyInflater {
  readonly #zstd: Zstd
  #memory = new Uint8Array(0)

  constructor(zstd: Zstd) {
    this.#zstd = zstd
  }

  /** Valid until the next call. */
  inflate(stored: Uint8Array, storedRegions: readonly BodyRegion[]): InflatedBody {
    const lengths = storedRegions.map(region => inflatedLength(stored, region))
    const size = lengths.reduce((sum, length) => sum + alignedLength(length), 0)
    if (size > this.#memory.length) this.#memory = new Uint8Array(Math.max(size, this.#memory.length * 2))
    const regions: BodyRegion[] = []
    let offset = 0
    for (const [index, region] of storedRegions.entries()) {
      const length = lengths[index] ?? 0
      regions.push({ offset, length })
      if (length > 0) this.#memory.set(this.#bytesOf(stored, region, length), offset)
      offset += alignedLength(length)
    }
    return { regions, body: this.#memory.subarray(0, offset) }
  }

  #bytesOf(stored: Uint8Array, { offset, length }: BodyRegion, inflated: number): Uint8Array {
    const bytes = stored.subarray(offset + PREFIX_LENGTH, offset + length)
    if (prefixOf(stored, offset) === STORED_AS_IS) return bytes
    const result = this.#zstd.decompress(bytes, inflated)
    if (result.length !== inflated) throw new KwsError('damaged', 'a batch was not compressed as its lengths say')
    return result
  }
}

function inflatedLength(stored: Uint8Array, { offset, length }: BodyRegion): number {
  if (length === 0) return 0
  const inflated = prefixOf(stored, offset)
  return inflated === STORED_AS_IS ? length - PREFIX_LENGTH : inflated
}

function prefixOf(stored: Uint8Array, offset: number): number {
  return Number(new DataView(stored.buffer, stored.byteOffset + offset, PREFIX_LENGTH).getBigInt64(0, true))
}

function alignedLength(length: number): number {
  return Math.ceil(length / 8) * 8
}
