/** What a row of decoded columns holds, in the lower bits of its code. */
export const ROW = {
  /** Its frame is told by its payload alone. */
  payload: 0,
  delta: 1,
  snapshot: 2,
  ticker: 3,
  trade: 4,
  /** A frame that was left out, of which only the time is told. */
  time: 5
} as const

export const ROW_MASK = 7
/** The side is NO, of a delta or of a trade's taker. */
export const IS_NO = 8
export const IS_BLOCK_TRADE = 16
