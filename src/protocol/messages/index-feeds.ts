import type { Microseconds } from '../../core/time.ts'
import type { Envelope } from './envelope.ts'

/**
 * Prices of underlyings (section 11.11). They are the vendors' values, not money of the exchange, and stay the decimal
 * text that was sent.
 */

/** An average that the exchange settles by, over `windowSize` values. */
export interface IndexAverage {
  readonly value: string
  readonly windowSize: number
  readonly windowStart: Microseconds
  /** Exclusive. */
  readonly windowEnd: Microseconds
}

/** About once a second. */
export interface CfbenchmarksValue extends Envelope {
  readonly type: 'cfbenchmarks_value'
  readonly indexId: string
  /** The vendor's own JSON. */
  readonly data: string | null
  readonly average60s: IndexAverage | null
  /** Only in the last minute of a quarter of an hour. */
  readonly lastMinuteAverage: IndexAverage | null
  /** When the exchange had it from the vendor. */
  readonly receivedTime: Microseconds | null
}

/** Up to five times a second. */
export interface Cfbenchmarks5hzValue extends Envelope {
  readonly type: 'cfbenchmarks_value_5hz'
  readonly indexId: string
  readonly value: string
  /** The vendor's own JSON. */
  readonly data: string | null
  readonly sourceTime: Microseconds | null
  readonly receivedTime: Microseconds | null
}

export interface PythValue extends Envelope {
  readonly type: 'pyth_value'
  readonly underlyingTicker: string
  readonly value: string
  readonly sourceTime: Microseconds | null
  readonly receivedTime: Microseconds | null
}

/** Reply to `indexlist`. */
export interface IndexList extends Envelope {
  readonly type: 'cfbenchmarks_value_indexlist' | 'cfbenchmarks_value_5hz_indexlist'
  readonly indexIds: readonly string[]
}

/** Reply to `underlying_list`. */
export interface UnderlyingList extends Envelope {
  readonly type: 'pyth_value_underlying_list'
  readonly underlyingTickers: readonly string[]
}
