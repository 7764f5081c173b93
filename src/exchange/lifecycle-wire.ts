import { formatPrice, ONE_DOLLAR, priceOf } from '../core/units.ts'
import type { EventCreated, MarketCreated, MarketDetermined, MarketSettled } from './change.ts'
import type { WireTime } from './wire-time.ts'

type MarketLifecycle = MarketCreated | MarketDetermined | MarketSettled

/** The practice exchange is one shard. */
const EXCHANGE_INDEX = 0
/** Between the close of a market and the result that its metadata promise, in seconds. */
const EXPIRATION_DELAY = 300

export function encodeEventCreated({ eventTicker, seriesTicker, title, subtitle }: EventCreated): string {
  return JSON.stringify({
    event_ticker: eventTicker,
    exchange_index: EXCHANGE_INDEX,
    title,
    subtitle,
    collateral_return_type: '',
    series_ticker: seriesTicker
  })
}

/** How fast the exchange goes is what the closing times of new markets are foretold from. */
export function encodeMarketLifecycle(change: MarketLifecycle, now: WireTime, changesPerSecond: number): string {
  const { market, eventType } = change
  const subject = { market_ticker: market.ticker, event_type: eventType }
  switch (eventType) {
    case 'created':
      return JSON.stringify({ ...subject, ...marketCreated(change, now, changesPerSecond) })
    case 'determined':
      return JSON.stringify({
        ...subject,
        determination_ts: now.seconds,
        result: change.result,
        settlement_value: formatPrice(change.result === 'yes' ? ONE_DOLLAR : priceOf(0))
      })
    case 'settled':
      return JSON.stringify({ ...subject, settled_ts: now.seconds })
  }
}

function marketCreated(change: MarketCreated, now: WireTime, changesPerSecond: number): object {
  const closes = now.seconds + Math.ceil(change.closesAfter / changesPerSecond)
  return {
    exchange_index: EXCHANGE_INDEX,
    open_ts: now.seconds,
    close_ts: closes,
    additional_metadata: {
      name: `${change.title}: ${change.subtitle}`,
      title: change.title,
      yes_sub_title: change.subtitle,
      no_sub_title: change.subtitle,
      rules_primary: 'An invented market for practice: its result is drawn at random from its last fair value.',
      rules_secondary: '',
      can_close_early: true,
      event_ticker: change.eventTicker,
      expected_expiration_ts: closes + EXPIRATION_DELAY
    },
    price_level_structure: change.structure,
    price_ranges: change.ranges.map(({ start, end, step }) => ({
      start: formatPrice(start),
      end: formatPrice(end),
      step: formatPrice(step)
    }))
  }
}
