import type { Message } from '../protocol/messages.ts'
import type { Rest } from '../protocol/messages/control.ts'
import type { MarketsPage } from '../protocol/messages/rest.ts'

export interface MarketChoiceOptions {
  /** These markets only. Read once per market, so that it must not change. */
  readonly markets?: ReadonlySet<string>
  /** Combinations of markets (`KXMVE…`) too, where `markets` does not say which. Default: true. */
  readonly multivariate?: boolean
}

/** Which markets are seen. A market is decided on once, by its number, so that no ticker is looked at per frame. */
export class MarketChoice {
  readonly #markets: ReadonlySet<string> | undefined
  readonly #multivariate: boolean
  /** By market number. */
  readonly #decided: (boolean | undefined)[] = []

  /** Undefined where all are. */
  static of({ markets, multivariate = true }: MarketChoiceOptions): MarketChoice | undefined {
    return markets === undefined && multivariate ? undefined : new MarketChoice(markets, multivariate)
  }

  private constructor(markets: ReadonlySet<string> | undefined, multivariate: boolean) {
    this.#markets = markets
    this.#multivariate = multivariate
  }

  /** What is to be seen of a message: all of it, a list of markets without the others, or null for nothing. */
  shown(message: Message): Message | null {
    if ('market' in message) return this.wants(message.market, message.marketTicker) ? message : null
    if (message.type === 'rest') return message.page === null ? message : this.#trim(message, message.page)
    if (message.type === 'event_lifecycle' || message.type === 'event_fee_update') {
      return this.#markets !== undefined || this.#decide(message.eventTicker) ? message : null
    }
    if (!('marketTicker' in message) || message.marketTicker === null) return message
    return this.#decide(message.marketTicker) ? message : null
  }

  #trim(message: Rest, page: MarketsPage): Rest {
    const markets = page.markets.filter(({ market, marketTicker }) => this.wants(market, marketTicker))
    return { ...message, page: { ...page, markets } }
  }

  /** Whether a market is seen. */
  wants(number: number, ticker: string): boolean {
    return (this.#decided[number] ??= this.#decide(ticker))
  }

  #decide(ticker: string): boolean {
    return this.#markets === undefined ? this.#multivariate || !isMultivariate(ticker) : this.#markets.has(ticker)
  }
}

/** Of markets and of their events and series (protocol reference, section 11.8). */
export function isMultivariate(ticker: string): boolean {
  return ticker.startsWith('KXMVE')
}
