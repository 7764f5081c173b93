import { reasonOf } from '../core/errors.ts'
import { isMultivariate } from '../market/market-choice.ts'
import { eventOf, seriesOf } from '../market/market-state.ts'
import type { Message } from '../protocol/messages.ts'
import type { ListingScope } from './listing.ts'
import type { RestClient } from './rest-client.ts'

export interface SeriesFeesOptions {
  readonly rest: RestClient
  /** Of whose markets the series are. */
  readonly scope: ListingScope
  readonly signal: AbortSignal
  /** What has been asked for and did not come, and why. */
  readonly onFailure: (series: string, reason: string) => void
}

/** The list of all series is one answer of many megabytes: so many are better asked for one by one. */
const ONE_BY_ONE_MAX = 50
const SECONDS_MAX = 60

/**
 * Asks REST for what the series are charged (protocol reference, section 15), once each. What comes back is recorded by
 * the client, and told by its frames. It must be shown the messages, to hear of series that are new.
 */
export class SeriesFees {
  readonly #options: SeriesFeesOptions
  readonly #wantsEvent: (event: string) => boolean
  readonly #told = new Set<string>()
  readonly #wanted = new Set<string>()
  /** What was asked for in vain; asked for again the next time that all is read. */
  readonly #failed = new Set<string>()
  #wantsList = false
  #isBegun = false
  #isReading = false

  constructor(options: SeriesFeesOptions) {
    this.#options = options
    const { scope } = options
    const events = eventsOf(scope)
    this.#wantsEvent = event => {
      if (scope.type === 'all') return scope.multivariate || !isMultivariate(event)
      return events.has(event) || (scope.type === 'universe' && scope.universe.series.has(seriesOf(event)))
    }
    for (const event of events) this.#wanted.add(seriesOf(event))
    if (scope.type === 'universe') for (const series of scope.universe.series) this.#wanted.add(series)
    if (scope.type === 'all' || this.#wanted.size > ONE_BY_ONE_MAX) {
      this.#wanted.clear()
      this.#wantsList = true
    }
  }

  /** Asks for what is wanted and has not been told. Never throws. */
  async read(): Promise<void> {
    for (const series of this.#failed) this.#wanted.add(series)
    this.#failed.clear()
    if (this.#wantsList) {
      this.#wantsList = false
      this.#wantsList = !(await this.#ask('/series', 'all series'))
    }
    this.#isBegun = true
    await this.#readWanted()
  }

  observe(message: Message): void {
    const { type } = message
    if (type === 'rest') for (const { ticker } of message.series ?? []) this.#told.add(ticker)
    else if (type === 'event_lifecycle') this.#note(message.eventTicker, message.seriesTicker)
    else if (type === 'market_lifecycle_v2' || type === 'multivariate_market_lifecycle') {
      if (message.eventType === 'created')
        this.#note(message.metadata?.eventTicker ?? eventOf(message.marketTicker), null)
    }
  }

  /** A series that nobody tells is that of the ticker. */
  #note(event: string, told: string | null): void {
    const series = told === null || told === '' ? seriesOf(event) : told
    const isKnown = [this.#told, this.#wanted, this.#failed].some(set => set.has(series))
    if (isKnown || !this.#wantsEvent(event)) return
    this.#wanted.add(series)
    if (this.#isBegun) void this.#readWanted()
  }

  async #readWanted(): Promise<void> {
    if (this.#isReading) return
    this.#isReading = true
    // What is added meanwhile comes up too.
    for (const series of this.#wanted) {
      const isThere = this.#told.has(series) || (await this.#ask(`/series/${encodeURIComponent(series)}`, series))
      this.#wanted.delete(series)
      ;(isThere ? this.#told : this.#failed).add(series)
    }
    this.#isReading = false
  }

  async #ask(path: string, series: string): Promise<boolean> {
    const { rest, signal, onFailure } = this.#options
    if (signal.aborted) return false
    try {
      await rest.get(path, signal, SECONDS_MAX)
      return true
    } catch (error) {
      if (!signal.aborted) onFailure(series, reasonOf(error))
      return false
    }
  }
}

function eventsOf(scope: ListingScope): ReadonlySet<string> {
  switch (scope.type) {
    case 'universe':
      return new Set([...scope.universe.events, ...Array.from(scope.universe.markets, eventOf)])
    case 'named':
      return new Set(Array.from(scope.markets, eventOf))
    case 'all':
      return new Set()
  }
}
