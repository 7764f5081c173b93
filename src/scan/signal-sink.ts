import type { Signal } from './signal.ts'

/** Where signals go. `accept` must not wait; `flush` is awaited once per batch of frames, so that output cannot pile up. */
export interface SignalSink {
  accept(signal: Signal): void
  flush(): void | Promise<void>
}
