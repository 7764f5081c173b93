import type { Microseconds } from '../core/time.ts'
import type { EventFeeUpdate, EventLifecycle, MarketLifecycle } from '../protocol/messages/lifecycle.ts'
import type { MarketIndex } from './market-index.ts'
import type { MarketState } from './market-state.ts'

/** What a message does not speak of is null and stays as it was (protocol reference, section 11.7). */
export function applyLifecycle(
  message: MarketLifecycle | EventLifecycle | EventFeeUpdate,
  markets: MarketIndex,
  now: Microseconds
): void {
  switch (message.type) {
    case 'market_lifecycle_v2':
    case 'multivariate_market_lifecycle':
      applyToMarket(message, markets.of(message, now), markets, now)
      break
    case 'event_lifecycle':
      markets.events.applyEvent(message)
      break
    case 'event_fee_update':
      markets.events.applyFee(message)
      break
  }
}

function applyToMarket(message: MarketLifecycle, market: MarketState, markets: MarketIndex, now: Microseconds): void {
  const { metadata } = message
  if (metadata !== null && metadata.eventTicker !== null) markets.move(market, metadata.eventTicker)
  market.title = metadata?.title ?? metadata?.name ?? market.title
  market.openTime = message.openTime ?? market.openTime
  market.closeTime = message.closeTime ?? market.closeTime
  market.result = message.result ?? market.result
  market.settlementValue = message.settlementValue ?? market.settlementValue
  market.priceLevelStructure = message.priceLevelStructure ?? market.priceLevelStructure
  // The types of events are an open set: these are the ones that move a market on.
  if (message.eventType === 'activated') market.isPaused = false
  if (message.eventType === 'deactivated') market.isPaused = true
  if (message.eventType === 'determined') market.determinedAt = message.determinationTime ?? now
  if (message.eventType === 'settled') {
    market.settledAt = message.settledTime ?? now
    market.evict()
  }
}
