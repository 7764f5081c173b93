import { z } from 'zod'
import { readPrice, required, timeFromSeconds } from '../eras.ts'
import type { MarketMetadata, PriceRange, SelectedMarket } from '../messages/lifecycle.ts'
import { reader } from './reader.ts'
import { decimal, decimalText, flag, frame, integer, side, text, ticker } from './wire.ts'

/** Channels `market_lifecycle_v2`, `multivariate_market_lifecycle` and the former `multivariate` (sections 11.7, 11.8). */

const strikes = {
  strike_type: text,
  floor_strike: decimal,
  cap_strike: decimal,
  custom_strike: z.record(z.string(), z.unknown()).nullish()
}

const additionalMetadata = z.strictObject({
  name: text,
  title: text,
  yes_sub_title: text,
  no_sub_title: text,
  rules_primary: text,
  rules_secondary: text,
  can_close_early: flag,
  event_ticker: text,
  expected_expiration_ts: integer,
  ...strikes
})

const priceRange = z.strictObject({ start: decimal, end: decimal, step: decimal })

export const readMarketLifecycle = reader(
  frame(['market_lifecycle_v2', 'multivariate_market_lifecycle'], {
    market_ticker: ticker,
    event_type: z.string(),
    exchange_index: integer,
    open_ts: integer,
    close_ts: integer,
    determination_ts: integer,
    settled_ts: integer,
    result: text,
    settlement_value: decimal,
    is_deactivated: flag,
    fractional_trading_enabled: flag,
    price_level_structure: text,
    price_ranges: z.array(priceRange).nullish(),
    yes_sub_title: text,
    additional_metadata: additionalMetadata.nullish(),
    ...strikes
  }),
  ({ type, msg }, envelope, markets) => ({
    type,
    market: markets.add(msg.market_ticker),
    marketTicker: msg.market_ticker,
    eventType: msg.event_type,
    exchangeIndex: msg.exchange_index ?? null,
    openTime: timeFromSeconds('open_ts', msg.open_ts),
    closeTime: timeFromSeconds('close_ts', msg.close_ts),
    determinationTime: timeFromSeconds('determination_ts', msg.determination_ts),
    settledTime: timeFromSeconds('settled_ts', msg.settled_ts),
    result: msg.result ?? null,
    settlementValue: readPrice('settlement_value', msg.settlement_value),
    isDeactivated: msg.is_deactivated ?? null,
    fractionalTradingEnabled: msg.fractional_trading_enabled ?? null,
    priceLevelStructure: msg.price_level_structure ?? null,
    priceRanges: msg.price_ranges?.map(rangeOf) ?? null,
    strikeType: msg.strike_type ?? msg.additional_metadata?.strike_type ?? null,
    floorStrike: decimalText(msg.floor_strike ?? msg.additional_metadata?.floor_strike),
    capStrike: decimalText(msg.cap_strike ?? msg.additional_metadata?.cap_strike),
    customStrike: msg.custom_strike ?? msg.additional_metadata?.custom_strike ?? null,
    yesSubTitle: msg.yes_sub_title ?? null,
    metadata: metadataOf(msg.additional_metadata),
    ...envelope
  })
)

export const readEventLifecycle = reader(
  frame(['event_lifecycle'], {
    event_ticker: ticker,
    exchange_index: integer,
    title: text,
    subtitle: text,
    sub_title: text,
    collateral_return_type: text,
    series_ticker: text,
    strike_date: integer,
    strike_period: text
  }),
  ({ msg }, envelope) => ({
    type: 'event_lifecycle',
    eventTicker: msg.event_ticker,
    exchangeIndex: msg.exchange_index ?? null,
    title: msg.title ?? null,
    subtitle: msg.subtitle ?? msg.sub_title ?? null,
    collateralReturnType: msg.collateral_return_type ?? null,
    seriesTicker: msg.series_ticker ?? null,
    strikeDate: timeFromSeconds('strike_date', msg.strike_date),
    strikePeriod: msg.strike_period ?? null,
    ...envelope
  })
)

export const readEventFeeUpdate = reader(
  frame(['event_fee_update'], { event_ticker: ticker, fee_type_override: text, fee_multiplier_override: decimal }),
  ({ msg }, envelope) => ({
    type: 'event_fee_update',
    eventTicker: msg.event_ticker,
    feeTypeOverride: msg.fee_type_override ?? null,
    feeMultiplierOverride: decimalText(msg.fee_multiplier_override),
    ...envelope
  })
)

export const selectedMarkets = z.array(
  z.strictObject({
    event_ticker: z.string(),
    market_ticker: z.string(),
    side,
    yes_settlement_value_dollars: decimal
  })
)

export const readMultivariateLookup = reader(
  frame(['multivariate_lookup'], {
    collection_ticker: z.string(),
    event_ticker: z.string(),
    market_ticker: ticker,
    selected_markets: selectedMarkets
  }),
  ({ msg }, envelope, markets) => ({
    type: 'multivariate_lookup',
    market: markets.add(msg.market_ticker),
    marketTicker: msg.market_ticker,
    collectionTicker: msg.collection_ticker,
    eventTicker: msg.event_ticker,
    selectedMarkets: msg.selected_markets.map(selectedMarketOf),
    ...envelope
  })
)

export function selectedMarketOf(leg: z.infer<typeof selectedMarkets>[number]): SelectedMarket {
  return {
    eventTicker: leg.event_ticker,
    marketTicker: leg.market_ticker,
    side: leg.side,
    yesSettlementValue: readPrice('yes_settlement_value', leg.yes_settlement_value_dollars)
  }
}

function rangeOf(range: z.infer<typeof priceRange>): PriceRange {
  return {
    start: required('price_ranges', readPrice('price_ranges.start', range.start)),
    end: required('price_ranges', readPrice('price_ranges.end', range.end)),
    step: required('price_ranges', readPrice('price_ranges.step', range.step))
  }
}

function metadataOf(metadata: z.infer<typeof additionalMetadata> | null | undefined): MarketMetadata | null {
  if (metadata === null || metadata === undefined) return null
  return {
    name: metadata.name ?? null,
    title: metadata.title ?? null,
    yesSubTitle: metadata.yes_sub_title ?? null,
    noSubTitle: metadata.no_sub_title ?? null,
    rulesPrimary: metadata.rules_primary ?? null,
    rulesSecondary: metadata.rules_secondary ?? null,
    canCloseEarly: metadata.can_close_early ?? null,
    eventTicker: metadata.event_ticker ?? null,
    expectedExpirationTime: timeFromSeconds('expected_expiration_ts', metadata.expected_expiration_ts)
  }
}
