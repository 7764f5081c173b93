import { eventOf, seriesOf } from '../market/market-state.ts'
import type { Message } from '../protocol/messages.ts'

export interface UniverseOptions {
  readonly series?: readonly string[]
  readonly events?: readonly string[]
  /** Markets that belong to it whatever their series and event. */
  readonly markets?: readonly string[]
}

export interface UniverseChange {
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

/** Statuses of REST in which a market trades or is going to (protocol reference, section 14). */
const LIVING: ReadonlySet<string> = new Set(['initialized', 'inactive', 'active'])

const GONE_MAX = 10_000

/**
 * The markets of some series and events, as the messages tell of their coming and going. Those named by ticker stay in
 * it until they are settled as well.
 */
export class Universe {
  readonly series: ReadonlySet<string>
  readonly events: ReadonlySet<string>
  readonly #markets: Set<string>
  /** A list of REST may be older than the message that a market was settled, but not by many others. In their order. */
  readonly #gone = new Set<string>()

  constructor({ series = [], events = [], markets = [] }: UniverseOptions) {
    this.series = new Set(series)
    this.events = new Set(events)
    this.#markets = new Set(markets)
  }

  /** The same set always: it changes as markets come and go. */
  get markets(): ReadonlySet<string> {
    return this.#markets
  }

  /** What a message has changed; undefined for nothing. */
  observe(message: Message): UniverseChange | undefined {
    if (message.type === 'market_lifecycle_v2' || message.type === 'multivariate_market_lifecycle') {
      const { marketTicker, eventType, metadata } = message
      if (eventType === 'settled') return changeOf([], this.#remove(marketTicker))
      // Markets of fifteen minutes are created hours ahead and open without a further event (section 17).
      if (eventType === 'created' || eventType === 'activated') {
        return changeOf(this.#add(marketTicker, metadata?.eventTicker ?? null), [])
      }
    } else if (message.type === 'rest' && message.page !== null) {
      const added: string[] = []
      const removed: string[] = []
      for (const { marketTicker, eventTicker, status } of message.page.markets) {
        if (status !== null && LIVING.has(status)) added.push(...this.#add(marketTicker, eventTicker))
        else if (status === 'finalized') removed.push(...this.#remove(marketTicker))
      }
      return changeOf(added, removed)
    }
    return undefined
  }

  #add(ticker: string, eventTicker: string | null): readonly string[] {
    if (this.#markets.has(ticker) || this.#gone.has(ticker)) return []
    const isWanted = this.series.has(seriesOf(ticker)) || this.events.has(eventTicker ?? eventOf(ticker))
    if (!isWanted) return []
    this.#markets.add(ticker)
    return [ticker]
  }

  #remove(ticker: string): readonly string[] {
    if (!this.#markets.delete(ticker)) return []
    this.#gone.add(ticker)
    const [oldest] = this.#gone
    if (oldest !== undefined && this.#gone.size > GONE_MAX) this.#gone.delete(oldest)
    return [ticker]
  }
}

function changeOf(added: readonly string[], removed: readonly string[]): UniverseChange | undefined {
  return added.length === 0 && removed.length === 0 ? undefined : { added, removed }
}
