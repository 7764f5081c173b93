/**
 * What the frames of a batch say, as integers, so that a replay need not read their bytes again. What a row holds, its
 * code tells; the codes are the decoder's (`protocol/columns/row-code.ts`). Columns may be longer than the batch.
 */
export interface DecodedColumns {
  readonly code: Uint8Array
  /** Bits of `NOTE`. */
  readonly notes: Uint8Array
  /** The market's place among the `tickers`; `NOTHING_TOLD` where the row speaks of none. */
  readonly market: Uint32Array
  /** `NOTHING_TOLD` where the frame has none. */
  readonly sid: Uint32Array
  /** `NOTHING_TOLD` where the frame has none. */
  readonly seq: Uint32Array
  readonly price: Uint16Array
  readonly delta: Int32Array
  /** Microseconds as pairs of their lower and their upper half; 0 where the frame does not tell. */
  readonly exchangeTime: Uint32Array
  readonly sentAt: Uint32Array
  /** Row i's further numbers are `numbers[numberOffsets[i] … numberOffsets[i + 1]]`; NaN stands for null. */
  readonly numberOffsets: Int32Array
  readonly numbers: Float64Array
  readonly tickers: readonly string[]
  /** How many of the tickers have been seen by the end of the batch, in the order in which they were seen. */
  readonly tickersSeen: number
  /** True where frames that nobody asked for were left out, so that a `seq` follows what the notes say and not the row before. */
  readonly isThinned: boolean
  /** Where the sequences of what was left out stand after the batch. */
  readonly ends: readonly SequenceEnd[]
}

/** The last `seq` of a `sid` of a connection. */
export interface SequenceEnd {
  readonly connection: number
  readonly sid: number
  readonly last: number
}

export const NOTHING_TOLD = 0xffffffff

/** What is noted of a row when the columns are made, so that others can be left out later. */
export const NOTE = {
  /** Its `seq` is the one after the last of its subscription. */
  follows: 1,
  /** Its `seq` is another: the last one stands first among its numbers. */
  jumps: 2,
  /** It says what time it is to whoever does not see the rows around it. */
  tellsTime: 4,
  /** It may concern every market. */
  concernsAll: 8
} as const

/** The rows from one to before another, without a copy. */
export function sliceColumns(columns: DecodedColumns, from: number, to: number, isLast: boolean): DecodedColumns {
  return {
    ...columns,
    code: columns.code.subarray(from, to),
    notes: columns.notes.subarray(from, to),
    market: columns.market.subarray(from, to),
    sid: columns.sid.subarray(from, to),
    seq: columns.seq.subarray(from, to),
    price: columns.price.subarray(from, to),
    delta: columns.delta.subarray(from, to),
    exchangeTime: columns.exchangeTime.subarray(2 * from, 2 * to),
    sentAt: columns.sentAt.subarray(2 * from, 2 * to),
    numberOffsets: columns.numberOffsets.subarray(from, to + 1),
    ends: isLast ? columns.ends : []
  }
}
