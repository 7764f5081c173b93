import type { Microseconds } from '../core/time.ts'
import type { ListedMarket } from '../protocol/messages/rest.ts'
import type { MarketIndex } from './market-index.ts'
import { setTicker } from './price-changes.ts'
import type { Subscription } from './subscriptions.ts'

/** Statuses in which a market has prices that mean something (protocol reference, section 14). */
const TRADING: ReadonlySet<string> = new Set(['active', 'inactive'])

/**
 * What REST lists fills in what the socket has not told: its answers may be 15 seconds old (protocol reference, section
 * 14), so whatever the socket has told stays.
 */
export function applyListing(
  listed: readonly ListedMarket[],
  subscription: Subscription,
  markets: MarketIndex,
  now: Microseconds
): void {
  for (const one of listed) {
    const market = markets.of(one, now)
    if (one.eventTicker !== null) markets.move(market, one.eventTicker)
    market.title ??= one.title
    market.openTime ??= one.openTime
    market.closeTime ??= one.closeTime
    market.result ??= one.result
    market.priceLevelStructure ??= one.priceLevelStructure
    if (one.status === null || !TRADING.has(one.status)) continue
    market.isPaused ??= one.status === 'inactive'
    if (market.settledAt !== null || market.tickerState === 'fresh') continue
    const { lastPrice: price, yesBid, yesAsk, yesBidSize, yesAskSize, volume, openInterest } = one
    setTicker(market, { price, yesBid, yesAsk, yesBidSize, yesAskSize, volume, openInterest }, subscription)
  }
}
