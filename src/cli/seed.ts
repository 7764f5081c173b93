import type { Logger } from 'pino'
import { reasonOf } from '../core/errors.ts'
import type { ListingScope } from '../live/listing.ts'
import { listMarkets } from '../live/listing.ts'
import type { RestClient } from '../live/rest-client.ts'
import { SeriesFees } from '../live/series-fees.ts'
import type { Message } from '../protocol/messages.ts'

/** What REST tells beside the socket: which markets there are, and what their series are charged. */
export class Seed {
  readonly #rest: RestClient
  readonly #scope: ListingScope
  readonly #log: Logger
  readonly #over = new AbortController()
  readonly #fees: SeriesFees
  #hasBegun = false
  #isListing = false
  #mustListAgain = false

  constructor(rest: RestClient, scope: ListingScope, log: Logger) {
    this.#rest = rest
    this.#scope = scope
    this.#log = log
    const { signal } = this.#over
    const onFailure = (series: string, reason: string) =>
      log.warn(`${reason}; the usual fees are assumed for ${series}`)
    this.#fees = new SeriesFees({ rest, scope, signal, onFailure })
  }

  /** Resolves when all has been asked for. Never throws: what does not come is logged. */
  async begin(): Promise<void> {
    this.#hasBegun = true
    await Promise.all([this.#list(), this.#fees.read()])
  }

  /** Markets may have come and gone without a frame that told. Fees that have not come are asked for again. */
  async again(): Promise<void> {
    if (this.#hasBegun) await this.begin()
  }

  observe(message: Message): void {
    this.#fees.observe(message)
  }

  close(): void {
    this.#over.abort()
  }

  async #list(): Promise<void> {
    this.#mustListAgain = this.#isListing
    if (this.#isListing) return
    this.#isListing = true
    const { signal } = this.#over
    try {
      do {
        this.#mustListAgain = false
        await listMarkets(this.#rest, this.#scope, signal)
      } while (this.#mustListAgain && !signal.aborted)
    } catch (error) {
      if (!signal.aborted) this.#log.warn(`${reasonOf(error)}; ${WITHOUT[this.#scope.type]}`)
    } finally {
      this.#isListing = false
    }
  }
}

/** What is missing where REST does not answer. */
const WITHOUT: Readonly<Record<ListingScope['type'], string>> = {
  universe: 'only markets that are created from now on are followed',
  named: 'the markets are known by what the socket tells alone',
  all: 'the markets are known by what the socket tells alone'
}
