import type { Nanoseconds } from '../core/time.ts'
import { formatTime } from '../core/time.ts'

/** Prices and counts are written by `formatPrice` and `formatCount`; a number here is a plain number. */
export type SignalValue = string | number | boolean | null

/** One timestamped finding of a scanner. */
export interface Signal {
  /** Receive time of the frame at which it was found. */
  readonly time: Nanoseconds
  readonly scanner: string
  /** A market ticker, or an event ticker where the finding is about a whole event. */
  readonly market: string
  readonly kind: string
  readonly values: Readonly<Record<string, SignalValue>>
}

/**
 * The signal as one line of JSON, without the newline. Keys come in a fixed order, so that equal signals are equal
 * bytes: live and replayed streams are compared like this.
 */
export function signalToJson(signal: Signal): string {
  return JSON.stringify({
    time: formatTime(signal.time),
    scanner: signal.scanner,
    market: signal.market,
    kind: signal.kind,
    values: signal.values
  })
}
