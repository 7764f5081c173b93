import type { SequenceEnd } from '../core/decoded-columns.ts'
import { NOTE, NOTHING_TOLD } from '../core/decoded-columns.ts'
import { FrameBatchBuilder } from '../core/frame-batch-builder.ts'
import type { FrameBatch } from '../core/frame.ts'
import { ColumnWriter } from '../protocol/columns/column-writer.ts'
import type { BatchSummary, SegmentIndex } from './segment-index.ts'
import { concernsAll } from './segment-index.ts'

const ROWS_MAX = 4096
const NOTHING = new Uint8Array()

/**
 * Leaves out the frames of a segment that speak of other markets than those that are wanted and do nothing but follow
 * in their sequence. Of some of them the time is kept, so that time goes on as it does with all: at the first frame of
 * each second, at the last of all, and before a clock was set back.
 */
export class Thinner {
  readonly #wants: (ticker: string) => boolean
  /** By the market's place among the tickers. */
  readonly #wanted: boolean[] = []
  readonly #frames = new FrameBatchBuilder()
  readonly #columns = new ColumnWriter(ROWS_MAX)
  #tickers: readonly string[] = []
  #tickersSeen = 0
  #leftOut = 0

  constructor(wants: (ticker: string) => boolean) {
    this.#wants = wants
  }

  /** Frames so far. */
  get leftOut(): number {
    return this.#leftOut
  }

  isWanted(tickers: readonly string[], market: number): boolean {
    if (tickers !== this.#tickers) {
      this.#tickers = tickers
      this.#wanted.length = 0
    }
    return (this.#wanted[market] ??= this.#wants(tickers[market] as string))
  }

  /** Gives what is kept in batches, each valid until the next; the rest remains for the next call. */
  *add(batch: FrameBatch): Generator<FrameBatch, void, undefined> {
    const { decoded, length } = batch
    if (decoded === undefined) throw new TypeError('a batch that is not decoded cannot be thinned')
    this.#tickersSeen = decoded.tickersSeen
    for (let row = 0; row < length; row++) {
      const notes = decoded.notes[row] as number
      const market = decoded.market[row] as number
      const isKept = concernsAll(notes) || (market !== NOTHING_TOLD && this.isWanted(decoded.tickers, market))
      if (!isKept) this.#leftOut++
      if (!isKept && (notes & NOTE.tellsTime) === 0) continue
      if (this.#columns.length === ROWS_MAX) yield* this.#take(decoded.tickers)
      if (isKept) this.#columns.appendRow(decoded, row)
      else this.#columns.appendTime()
      this.#frames.appendRow(batch, row, batch.connection[row] ?? 0, isKept ? undefined : NOTHING)
    }
  }

  /** The same for a batch of which nothing is wanted, by the times that it tells. */
  *addTimes(
    { rows, tickersSeen }: BatchSummary,
    times: BigInt64Array,
    tickers: readonly string[]
  ): Generator<FrameBatch, void, undefined> {
    this.#tickersSeen = tickersSeen
    this.#leftOut += rows
    for (const time of times) {
      if (this.#columns.length === ROWS_MAX) yield* this.#take(tickers)
      this.#columns.appendTime()
      this.#frames.append(time, 0n, 0, 'text', 'received', NOTHING)
    }
  }

  /** What remains at the end of a segment, which is its last row at least, and where its sequences end. */
  *end({ tickers, ends }: Pick<SegmentIndex, 'tickers' | 'ends'>): Generator<FrameBatch, void, undefined> {
    yield* this.#take(tickers, ends)
  }

  *#take(tickers: readonly string[], ends: readonly SequenceEnd[] = []): Generator<FrameBatch, void, undefined> {
    if (this.#columns.length === 0) return
    yield { ...this.#frames.batch(), decoded: this.#columns.columns(tickers, this.#tickersSeen, ends, true) }
    this.#frames.clear()
    this.#columns.clear()
  }
}
