/**
 * What a column's values are, and with it how each format stores them:
 * `time` nanoseconds since the Unix epoch, a bigint; `price` 1e-4 dollar and `count` 1e-2 contract, integers that every
 * format writes as exact decimals; `whole` a whole number of 64 bits.
 */
export type ColumnType = 'time' | 'price' | 'count' | 'whole' | 'text' | 'boolean'

/** A value as its column's type says. */
export type Cell = string | number | bigint | boolean | null

export interface Column {
  readonly name: string
  readonly type: ColumnType
  readonly nullable: boolean
}

/** Digits of a decimal behind the point. */
export const DECIMALS = { price: 4, count: 2 } as const

/**
 * Digits of every decimal. As many as 64 bits hold, though a price needs five: Polars gives a sum the precision of its
 * column, and fails where the sum has more digits.
 */
export const DECIMAL_PRECISION = 18
