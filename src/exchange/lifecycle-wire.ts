import { formatPrice } from '../core/units.ts'
import type { PriceRange } from '../protocol/messages/lifecycle.ts'
import type { EventCreated, MarketCreated, MarketDetermined, MarketLifecycleChange, Strike } from './change.ts'
import type { Era } from './era.ts'
import type { WireTime } from './wire-time.ts'

/** The practice exchange is one shard. */
const EXCHANGE_INDEX = 0
/** Between the close of a market and the result that its metadata promise, in seconds. */
export const EXPIRATION_DELAY = 300
/** Nothing is foretold further ahead, lest an exchange that hardly moves names times that no calendar has. */
const FORETOLD_SECONDS_MAX = 10 * 365 * 24 * 60 * 60

export const RULES = 'An invented market for practice: its result is drawn at random from its last fair value.'

export interface LifecycleContext {
  readonly now: WireTime
  /** How fast the exchange goes, from which times to come are foretold. */
  readonly changesPerSecond: number
  readonly era: Era
}

export function encodeEventCreated(change: EventCreated, era: Era): string {
  return JSON.stringify({
    event_ticker: change.eventTicker,
    ...(era === 'current' && { exchange_index: EXCHANGE_INDEX }),
    title: change.title,
    subtitle: change.subtitle,
    collateral_return_type: change.collateralReturnType,
    series_ticker: change.seriesTicker
  })
}

/** Real frames name the event type behind what it brings, most of them at the very end. */
export function encodeMarketLifecycle(change: MarketLifecycleChange, context: LifecycleContext): string {
  const { market, eventType } = change
  const { now, era } = context
  const subject = { market_ticker: market.ticker }
  switch (eventType) {
    case 'created':
      return JSON.stringify({ ...subject, ...created(change, context) })
    case 'deactivated':
    case 'activated':
      return JSON.stringify({ ...subject, is_deactivated: eventType === 'deactivated', event_type: eventType })
    case 'close_date_updated':
      return JSON.stringify({ ...subject, close_ts: foretell(change.closesAfter, context), event_type: eventType })
    case 'metadata_updated':
      return JSON.stringify({
        ...subject,
        ...strikeFields(change.strike, era),
        yes_sub_title: change.subtitle,
        event_type: eventType
      })
    case 'price_level_structure_updated':
      return JSON.stringify({
        ...subject,
        price_level_structure: change.structure,
        price_ranges: rangesOf(change.ranges),
        event_type: eventType
      })
    case 'determined':
      return JSON.stringify({ ...subject, ...determined(change, context), event_type: eventType })
    case 'settled':
      return JSON.stringify({ ...subject, settled_ts: now.seconds, event_type: eventType })
  }
}

/** In Unix seconds, so many changes from now. */
export function foretell(changes: number, { now, changesPerSecond }: Omit<LifecycleContext, 'era'>): number {
  return now.seconds + (changes === 0 ? 0 : Math.min(FORETOLD_SECONDS_MAX, Math.ceil(changes / changesPerSecond)))
}

function created(change: MarketCreated, context: LifecycleContext): object {
  const { era } = context
  const closes = foretell(change.closesAfter, context)
  return {
    ...(era === 'current' && { exchange_index: EXCHANGE_INDEX }),
    open_ts: foretell(change.opensAfter, context),
    close_ts: closes,
    additional_metadata: {
      name: `${change.title}: ${change.subtitle}`,
      title: change.title,
      yes_sub_title: change.subtitle,
      no_sub_title: change.subtitle,
      rules_primary: RULES,
      rules_secondary: '',
      can_close_early: true,
      event_ticker: change.eventTicker,
      expected_expiration_ts: closes + EXPIRATION_DELAY,
      ...(change.strike !== null && strikeFields(change.strike, era))
    },
    event_type: change.eventType,
    ...(era === 'current' && { price_level_structure: change.structure, price_ranges: rangesOf(change.ranges) })
  }
}

/** Before May 2026 strikes were documented as strings. */
function strikeFields({ type, floor, cap }: Strike, era: Era): object {
  const spell = (strike: number): number | string => (era === 'current' ? strike : String(strike))
  return {
    strike_type: type,
    ...(floor !== null && { floor_strike: spell(floor) }),
    ...(cap !== null && { cap_strike: spell(cap) })
  }
}

function rangesOf(ranges: readonly PriceRange[]): object[] {
  return ranges.map(({ start, end, step }) => ({
    start: formatPrice(start),
    end: formatPrice(end),
    step: formatPrice(step)
  }))
}

/** The settlement value came in February 2026. */
function determined({ result, settlementValue }: MarketDetermined, { now, era }: LifecycleContext): object {
  return {
    determination_ts: now.seconds,
    result,
    ...(era !== 'legacy' && { settlement_value: formatPrice(settlementValue) })
  }
}
