import type { Nanoseconds } from '../core/time.ts'

/**
 * What is known of a market's book over a time: `verified` from a snapshot to a later one that agreed with all that was
 * told in between, `lost` from the last good frame before a gap to the next snapshot, `unverified` otherwise.
 */
export type SpanState = 'verified' | 'unverified' | 'lost'

export interface Span {
  readonly market: string
  readonly state: SpanState
  readonly from: Nanoseconds
  readonly to: Nanoseconds
}

/** Over all markets whose book was recorded. */
export interface SpanTotals {
  readonly markets: number
  /** Markets of which some time was verified and none lost. */
  readonly marketsVerified: number
  /** Markets of which some time was lost. */
  readonly marketsLost: number
  /** Time in each state, of all markets together. */
  readonly seconds: Readonly<Record<SpanState, number>>
}

interface MarketSpans {
  open: Span | null
  readonly met: Record<SpanState, boolean>
}

/** Joins the spans of each market and adds them up. */
export class Spans {
  readonly #onSpan: (span: Span) => void
  readonly #markets = new Map<string, MarketSpans>()
  readonly #time: Record<SpanState, Nanoseconds> = { verified: 0n, unverified: 0n, lost: 0n }

  constructor(onSpan: (span: Span) => void) {
    this.#onSpan = onSpan
  }

  /** Spans of a market must come in the order of time. One without length counts for nothing. */
  add(market: string, state: SpanState, from: Nanoseconds, to: Nanoseconds): void {
    let spans = this.#markets.get(market)
    if (spans === undefined) {
      spans = { open: null, met: { verified: false, unverified: false, lost: false } }
      this.#markets.set(market, spans)
    }
    if (to <= from) return
    this.#time[state] += to - from
    spans.met[state] = true
    const { open } = spans
    const isMore = open !== null && open.state === state && open.to === from
    if (!isMore) this.#tell(open)
    spans.open = { market, state, from: isMore ? open.from : from, to }
  }

  /** Tells what is still open. */
  end(): void {
    for (const spans of this.#markets.values()) {
      this.#tell(spans.open)
      spans.open = null
    }
  }

  get totals(): SpanTotals {
    const markets = [...this.#markets.values()]
    const { verified, unverified, lost } = this.#time
    return {
      markets: markets.length,
      marketsVerified: markets.filter(({ met }) => met.verified && !met.lost).length,
      marketsLost: markets.filter(({ met }) => met.lost).length,
      seconds: { verified: toSeconds(verified), unverified: toSeconds(unverified), lost: toSeconds(lost) }
    }
  }

  #tell(span: Span | null): void {
    if (span !== null) this.#onSpan(span)
  }
}

function toSeconds(time: Nanoseconds): number {
  return Number(time) / 1e9
}
