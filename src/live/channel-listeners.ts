import type { ChannelMessage } from '../protocol/channel-messages.ts'
import type { Channel } from '../protocol/channels.ts'
import { parametersOf, takesMarkets } from './channel-parameters.ts'
import type { WantedChannel } from './wanted.ts'

export interface Listener {
  /** Null for all. */
  readonly markets: ReadonlySet<string> | null
  readonly update: (message: ChannelMessage) => void
}

/** Who listens to a channel, and what is wanted of it because of them. */
export class ChannelListeners implements WantedChannel {
  readonly channel: Channel
  readonly #takesMarkets: boolean
  /** These lists are replaced, never changed: a listener may come or go while a message is handed out. */
  #toAll: readonly Listener[] = []
  readonly #toMarket = new Map<string, readonly Listener[]>()
  /** The keys of `#toMarket`. */
  readonly #markets = new Set<string>()

  constructor(channel: Channel) {
    this.channel = channel
    this.#takesMarkets = takesMarkets(channel)
  }

  get markets(): ReadonlySet<string> | null {
    if (this.#toAll.length > 0) return null
    return this.#takesMarkets || this.#markets.size === 0 ? this.#markets : null
  }

  get params(): WantedChannel['params'] {
    return parametersOf(this.channel, this.markets).params
  }

  add(listener: Listener): void {
    if (listener.markets === null) this.#toAll = [...this.#toAll, listener]
    for (const ticker of listener.markets ?? []) {
      this.#toMarket.set(ticker, [...(this.#toMarket.get(ticker) ?? []), listener])
      this.#markets.add(ticker)
    }
  }

  remove(listener: Listener): void {
    this.#toAll = this.#toAll.filter(one => one !== listener)
    for (const ticker of listener.markets ?? []) {
      const left = (this.#toMarket.get(ticker) ?? []).filter(one => one !== listener)
      if (left.length > 0) this.#toMarket.set(ticker, left)
      else {
        this.#toMarket.delete(ticker)
        this.#markets.delete(ticker)
      }
    }
  }

  /** False where nobody listens. */
  deliver(message: ChannelMessage): boolean {
    const toAll = this.#toAll
    const toMarket = ('marketTicker' in message ? this.#toMarket.get(message.marketTicker) : undefined) ?? NOBODY
    for (const { update } of toAll) update(message)
    for (const { update } of toMarket) update(message)
    return toAll.length + toMarket.length > 0
  }
}

const NOBODY: readonly Listener[] = []
