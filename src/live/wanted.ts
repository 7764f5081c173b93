import type { SubscribeCommand } from '../protocol/commands.ts'

type Parameters = SubscribeCommand['params']

/** What is to be subscribed on one channel. All but its name may change while the feed runs, if the feed is told. */
export interface WantedChannel {
  readonly channel: string
  /** The other parameters of the subscribe command. */
  readonly params: Readonly<Record<string, unknown>>
  /** Null for a channel that is asked for as a whole; empty for one that is not wanted at present. */
  readonly markets: ReadonlySet<string> | null
}

/** Reads subscribe commands' parameters as what is wanted, channel by channel. */
export function wantedOf(subscriptions: readonly Parameters[]): WantedChannel[] {
  return subscriptions.flatMap(({ channels, market_ticker: ticker, market_tickers: tickers, ...params }) => {
    const named = ticker === undefined ? tickers : [ticker, ...(tickers ?? [])]
    return channels.map(channel => ({ channel, params, markets: named === undefined ? null : new Set(named) }))
  })
}

/** Which of several connections carries a market: always the same one, whatever other markets there are. */
export function slotOf(ticker: string, slots: number): number {
  if (slots === 1) return 0
  let hash = FNV_OFFSET
  for (let index = 0; index < ticker.length; index++) hash = Math.imul(hash ^ ticker.charCodeAt(index), FNV_PRIME)
  return (hash >>> 0) % slots
}

const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193
