import { tickerFrame } from '../frames.ts'

/** Frames that scanners of events and lifecycles look at. */

/** A ticker with sizes of its own; an empty side is a bid of $0 or an ask of $1 with a size of 0. */
export function quoteFrame(
  ticker: string,
  [bid, bidSize]: readonly [string, string],
  [ask, askSize]: readonly [string, string]
): object {
  const frame = tickerFrame(ticker, bid, ask) as { readonly msg: object }
  return { ...frame, msg: { ...frame.msg, yes_bid_size_fp: bidSize, yes_ask_size_fp: askSize } }
}

export function eventFrame(eventTicker: string, collateralReturnType: string): object {
  const msg = {
    event_ticker: eventTicker,
    exchange_index: 0,
    title: 'Test',
    subtitle: '',
    collateral_return_type: collateralReturnType,
    series_ticker: eventTicker.split('-')[0]
  }
  return { type: 'event_lifecycle', sid: 3, msg }
}

export function feeFrame(eventTicker: string, type: string | null, multiplier: number | null): object {
  const msg = { event_ticker: eventTicker, fee_type_override: type, fee_multiplier_override: multiplier }
  return { type: 'event_fee_update', sid: 3, msg }
}

export function lifecycleFrame(ticker: string, eventType: string, fields: object = {}): object {
  return { type: 'market_lifecycle_v2', sid: 3, msg: { market_ticker: ticker, event_type: eventType, ...fields } }
}

/** Times in Unix seconds. */
export function createdFrame(ticker: string, opens: number, closes: number): object {
  return lifecycleFrame(ticker, 'created', {
    open_ts: opens,
    close_ts: closes,
    additional_metadata: {
      name: 'Test',
      title: `Will ${ticker} be?`,
      yes_sub_title: 'yes',
      no_sub_title: 'no',
      rules_primary: 'rule',
      rules_secondary: '',
      can_close_early: false,
      event_ticker: ticker.slice(0, ticker.lastIndexOf('-')),
      expected_expiration_ts: closes
    }
  })
}

let trades = 0

export function tradeFrame(
  ticker: string,
  takerSide: 'yes' | 'no',
  count: string,
  fields: Readonly<Record<string, unknown>> = {}
): object {
  const msg = {
    trade_id: `00000000-0000-4000-8000-${String(++trades).padStart(12, '0')}`,
    market_ticker: ticker,
    yes_price_dollars: '0.5000',
    no_price_dollars: '0.5000',
    count_fp: count,
    taker_side: takerSide,
    ts: 1_795_521_600,
    ...fields
  }
  return { type: 'trade', sid: 4, msg }
}
