import type { Microseconds } from '../core/time.ts'
import { addCounts } from '../core/units.ts'
import type { Count } from '../core/units.ts'
import type { Ticker, TickerV2, Trade } from '../protocol/messages/market-data.ts'
import type { Deviation } from './irregularity.ts'
import type { LatestTicker } from './market.ts'
import type { MarketState } from './market-state.ts'
import type { RecentTrades } from './recent-trades.ts'
import type { Subscription } from './subscriptions.ts'

export function applyTicker(market: MarketState, message: Ticker, subscription: Subscription): void {
  const { price, yesBid, yesAsk, yesBidSize, yesAskSize, volume, openInterest } = message
  setTicker(market, { price, yesBid, yesAsk, yesBidSize, yesAskSize, volume, openInterest }, subscription)
}

/**
 * A partial ticker, on top of what is known and fresh. Its volume is a change, which means nothing until a full ticker
 * has told what it changes.
 */
export function applyTickerV2(market: MarketState, message: TickerV2, subscription: Subscription): void {
  const before = (market.tickerState === 'fresh' ? market.latestTicker : null) ?? NOTHING_TOLD
  const ticker = {
    ...before,
    price: message.price ?? before.price,
    yesBid: message.yesBid ?? before.yesBid,
    yesAsk: message.yesAsk ?? before.yesAsk,
    volume: changed(before.volume, message.volumeDelta),
    openInterest: changed(before.openInterest, message.openInterestDelta)
  }
  setTicker(market, ticker, subscription)
}

export function applyTrade(
  market: MarketState,
  message: Trade,
  recent: RecentTrades,
  now: Microseconds
): Deviation | null {
  const { tradeId, yesPrice, count, takerSide } = message
  if (tradeId !== null && !recent.add(tradeId)) return { type: 'repeated_trade', tradeId }
  market.lastTrade = { price: yesPrice, count, takerSide, time: now }
  market.tradedVolume = addCounts(market.tradedVolume, count)
  market.notePrice(yesPrice)
  return null
}

const NOTHING_TOLD: LatestTicker = {
  price: null,
  yesBid: null,
  yesAsk: null,
  yesBidSize: null,
  yesAskSize: null,
  volume: null,
  openInterest: null
}

/** The prices of a subscription from now on, and fresh. */
export function setTicker(market: MarketState, ticker: LatestTicker, subscription: Subscription): void {
  market.latestTicker = ticker
  market.tickerOrigin.renew(subscription)
  if (market.firstTwiceMid === null) market.noteTwiceMid(market.quote?.twiceMid ?? null)
  if (ticker.price !== null) market.notePrice(ticker.price)
}

function changed(count: Count | null, change: Count | null): Count | null {
  return count === null || change === null ? count : addCounts(count, change)
}
