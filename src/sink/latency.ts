import type { RecordableHistogram } from 'node:perf_hooks'
import { createHistogram } from 'node:perf_hooks'
import type { Clock } from '../core/clock.ts'
import type { FrameBatch, FrameSink } from '../core/frame.ts'
import { DIRECTION, KIND } from '../core/frame.ts'
import type { Microseconds, Nanoseconds } from '../core/time.ts'
import type { Message } from '../protocol/messages.ts'

/** In microseconds, to three digits. */
export interface LatencyFigures {
  readonly count: number
  readonly p50: number
  readonly p99: number
  readonly p999: number
  readonly max: number
}

/**
 * How long frames take. As the last sink it measures, with one reading of the clock a batch, from the receipt of each
 * frame until all sinks before it have taken the batch; as an observer of the pipeline, from the exchange to the receipt.
 */
export class LatencyMeter implements FrameSink {
  readonly #clock: Clock
  readonly #processing = createHistogram()
  readonly #transit = createHistogram()
  #early = 0
  #heardAt: Nanoseconds

  constructor(clock: Clock) {
    this.#clock = clock
    this.#heardAt = clock.monotonic()
  }

  /** From the receipt of a frame to its end in the sinks before; null where no frame has come. */
  get processing(): LatencyFigures | null {
    return figuresOf(this.#processing)
  }

  /** From the exchange to the receipt, with the difference of the two clocks in it; null where no frame has told. */
  get transit(): LatencyFigures | null {
    return figuresOf(this.#transit)
  }

  /** Frames that came before they were sent, by the two clocks. Among the others they count as 1 µs. */
  get early(): number {
    return this.#early
  }

  /** Since the last frame that the exchange sent, pings included, in seconds; since the beginning, where none has come. */
  get silenceSeconds(): number {
    return Number(this.#clock.monotonic() - this.#heardAt) / 1e9
  }

  accept({ length, monotonic, direction, kind }: FrameBatch): void {
    if (length === 0) return
    const now = this.#clock.monotonic()
    for (let row = 0; row < length; row++) {
      // Events of a connection are this side's own.
      if (direction[row] !== DIRECTION.received || (kind[row] ?? 0) > KIND.pong) continue
      const receivedAt = monotonic[row] ?? now
      this.#heardAt = receivedAt
      record(this.#processing, Number(now - receivedAt) / 1000)
    }
  }

  async close(): Promise<void> {}

  /** `now` is the message's receive time. */
  observe(message: Message, _connection: number, now: Microseconds): void {
    const sentAt = message.sentAt ?? eventTimeOf(message)
    if (sentAt === null) return
    if (now < sentAt) this.#early++
    record(this.#transit, now - sentAt)
  }

  irregular(): void {}
}

/** For a summary, in one line. */
export function describeLatency({ processing, transit, early }: LatencyMeter): string {
  if (processing === null) return 'no frame came'
  const { p50, p99, p999 } = processing
  const own = `receipt to signal p50 ${inMilliseconds(p50)}, p99 ${inMilliseconds(p99)}, p99.9 ${inMilliseconds(p999)}`
  if (transit === null) return own
  const clocks = `includes the difference of the clocks${early === 0 ? '' : `: ${early} frames came before they were sent`}`
  return `${own}; exchange to receipt p50 ${inMilliseconds(transit.p50)}, p99 ${inMilliseconds(transit.p99)} (${clocks})`
}

/** When it happened. That of a ticker may be long ago: the first ones of a subscription tell of the last change. */
function eventTimeOf(message: Message): Microseconds | null {
  const isNews = message.type === 'orderbook_delta' || message.type === 'trade' || message.type === 'fill'
  return isNews ? message.exchangeTime : null
}

/** A histogram begins at 1. */
function record(histogram: RecordableHistogram, microseconds: number): void {
  histogram.record(Math.max(1, Math.round(microseconds)))
}

function figuresOf(histogram: RecordableHistogram): LatencyFigures | null {
  const { count, max } = histogram
  if (count === 0) return null
  const [p50, p99, p999] = [50, 99, 99.9].map(percent => histogram.percentile(percent))
  return { count, p50: p50 ?? 0, p99: p99 ?? 0, p999: p999 ?? 0, max }
}

function inMilliseconds(microseconds: number): string {
  const milliseconds = microseconds / 1000
  const decimals = milliseconds >= 10 ? 0 : milliseconds >= 0.1 ? 1 : 3
  return `${milliseconds.toFixed(decimals)} ms`
}
