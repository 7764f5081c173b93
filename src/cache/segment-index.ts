import type { SequenceEnd } from '../core/decoded-columns.ts'
import { NOTE, NOTHING_TOLD } from '../core/decoded-columns.ts'
import type { FrameBatch } from '../core/frame.ts'

/** What a cache tells of its batches before they are read. */
export interface SegmentIndex {
  /** In the order in which frames speak of them, which is that of their numbers in the columns. */
  readonly tickers: readonly string[]
  readonly batches: readonly BatchSummary[]
  /** Receive times of the rows that tell the time, in their order. */
  readonly times: BigInt64Array
  /** By market, a bit for each batch that speaks of it. */
  readonly occurrences: Uint8Array
  readonly ends: readonly SequenceEnd[]
}

export interface BatchSummary {
  readonly rows: number
  readonly tickersSeen: number
  /** How many of its rows tell the time. */
  readonly times: number
  /** Some of its rows must be seen whatever is chosen. */
  readonly concernsAll: boolean
}

/** Bytes of a market's bits. */
function bitmapLength(batches: number): number {
  return Math.ceil(batches / 8)
}

/** Of each batch, whether it speaks of one of these markets or must be seen anyway. */
export function batchesWith({ batches, occurrences }: SegmentIndex, markets: readonly number[]): boolean[] {
  const length = bitmapLength(batches.length)
  const together = new Uint8Array(length)
  for (const market of markets) {
    for (let at = 0; at < length; at++) {
      together[at] = (together[at] as number) | (occurrences[market * length + at] as number)
    }
  }
  return batches.map((batch, number) => batch.concernsAll || ((together[number >> 3] ?? 0) & (1 << (number & 7))) !== 0)
}

/** Whether a row must be seen by everybody. */
export function concernsAll(notes: number): boolean {
  return (notes & (NOTE.jumps | NOTE.concernsAll)) !== 0
}

/** Looks at the batches as they are made. */
export class IndexBuilder {
  readonly #batches: BatchSummary[] = []
  readonly #times: bigint[] = []
  /** Batches by market. */
  readonly #occurrences: number[][] = []

  add({ length, receivedAt, decoded }: FrameBatch): void {
    if (decoded === undefined) throw new TypeError('a batch that is not decoded has no index')
    const { notes, market, tickersSeen } = decoded
    const before = this.#times.length
    let isForAll = false
    for (let row = 0; row < length; row++) {
      const note = notes[row] as number
      if (concernsAll(note)) isForAll = true
      if ((note & NOTE.tellsTime) !== 0) this.#times.push(receivedAt[row] as bigint)
      this.#noteMarket(market[row] as number)
    }
    const times = this.#times.length - before
    this.#batches.push({ rows: length, tickersSeen, times, concernsAll: isForAll })
  }

  end(tickers: readonly string[], ends: readonly SequenceEnd[]): SegmentIndex {
    const length = bitmapLength(this.#batches.length)
    const occurrences = new Uint8Array(tickers.length * length)
    for (const [market, batches = []] of this.#occurrences.entries()) {
      for (const batch of batches) {
        const at = market * length + (batch >> 3)
        occurrences[at] = (occurrences[at] as number) | (1 << (batch & 7))
      }
    }
    return { tickers, batches: this.#batches, times: BigInt64Array.from(this.#times), occurrences, ends }
  }

  #noteMarket(market: number): void {
    if (market === NOTHING_TOLD) return
    const batches = (this.#occurrences[market] ??= [])
    if (batches.at(-1) !== this.#batches.length) batches.push(this.#batches.length)
  }
}

function base64({ buffer, byteOffset, byteLength }: Uint8Array | BigInt64Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64')
}

/** As JSON, whose lists of numbers are bytes in base64. */
export function indexToJson({ tickers, batches, times, occurrences, ends }: SegmentIndex): string {
  return JSON.stringify({ tickers, batches, times: base64(times), occurrences: base64(occurrences), ends })
}

/** Of what `indexToJson` wrote, which a checksum has shown to be that. */
export function indexFromJson(json: string): SegmentIndex {
  const { tickers, batches, times, occurrences, ends } = JSON.parse(json) as StoredIndex
  const bytes = Uint8Array.from(Buffer.from(times, 'base64'))
  return {
    tickers,
    batches,
    times: new BigInt64Array(bytes.buffer),
    occurrences: Buffer.from(occurrences, 'base64'),
    ends
  }
}

interface StoredIndex extends Omit<SegmentIndex, 'times' | 'occurrences'> {
  readonly times: string
  readonly occurrences: string
}
