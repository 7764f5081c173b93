import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { countOf, priceOf } from '../../src/core/units.ts'
import type { Change } from '../../src/exchange/change.ts'
import { SyntheticExchange } from '../../src/exchange/synthetic-exchange.ts'
import { CENT_GRID } from '../../src/exchange/tick-grid.ts'
import { encodeChange, encodeFrame } from '../../src/exchange/wire.ts'
import { wireTime } from '../../src/exchange/wire-time.ts'
import { PracticeClient, startExchange } from './practice-client.ts'

const now = wireTime(1_795_532_400_120_500_999n)
const market = { ticker: 'KXPRACRATE-26NOV24-T0', id: '00000000-1111-2222-3333-444444444444' }

function msgOf(change: Change, useYesPrice = false): string {
  return encodeChange(change, { now, changesPerSecond: 100, useYesPrice, era: 'current' })
}

test('a time has microseconds, and trailing zeros are trimmed where the exchange trims them', () => {
  expect(now).toEqual({
    seconds: 1_795_532_400,
    milliseconds: 1_795_532_400_120,
    time: '2026-11-24T15:00:00.120500Z',
    trimmedTime: '2026-11-24T15:00:00.1205Z'
  })
  expect(wireTime(1_795_532_400_000_000_000n).trimmedTime).toBe('2026-11-24T15:00:00Z')
})

test('replies have their numbers before the type, all others behind it, and every frame ends in a newline', () => {
  expect(encodeFrame('ok', now, { id: 2, sid: 1, seq: 8 }, '{}')).toBe(
    '{"id":2,"sid":1,"seq":8,"type":"ok","sending_ts_ms":1795532400120,"msg":{}}\n'
  )
  expect(encodeFrame('unsubscribed', now, { sid: 1 })).toBe(
    '{"sid":1,"type":"unsubscribed","sending_ts_ms":1795532400120}\n'
  )
  expect(encodeFrame('orderbook_snapshot', now, { id: 3, sid: 1, seq: 10 }, '{}')).toBe(
    '{"id":3,"type":"orderbook_snapshot","sending_ts_ms":1795532400120,"sid":1,"seq":10,"msg":{}}\n'
  )
  expect(encodeFrame('ticker', now, { sid: 2 }, '{}')).toBe(
    '{"type":"ticker","sending_ts_ms":1795532400120,"sid":2,"msg":{}}\n'
  )
})

test('a delta is written to the letter', () => {
  const change: Change = {
    type: 'orderbook_delta',
    market,
    side: 'no',
    price: priceOf(910),
    delta: countOf(-6_477)
  }
  const [before, after] = [
    '{"market_ticker":"KXPRACRATE-26NOV24-T0","market_id":"00000000-1111-2222-3333-444444444444","price_dollars":"',
    '","delta_fp":"-64.77","side":"no","ts":"2026-11-24T15:00:00.1205Z","ts_ms":1795532400120}'
  ]
  expect(msgOf(change)).toBe(`${before}0.0910${after}`)
  expect(msgOf(change, true)).toBe(`${before}0.9090${after}`)
})

test('an empty side of a snapshot has no key', () => {
  const yes = [{ price: priceOf(10), count: countOf(120_000) }]
  expect(JSON.parse(msgOf({ type: 'orderbook_snapshot', market, yes, no: [] }))).toEqual({
    market_ticker: market.ticker,
    market_id: market.id,
    yes_dollars_fp: [['0.0010', '1200.00']]
  })
})

test('a ticker of an untouched market has no price, no bid, and an ask of a dollar', () => {
  const zero = countOf(0)
  const change: Change = {
    type: 'ticker',
    market,
    lastPrice: null,
    lastCount: zero,
    yesBid: priceOf(0),
    yesBidSize: zero,
    yesAsk: priceOf(10_000),
    yesAskSize: zero,
    volume: countOf(223_348_748),
    openInterest: zero
  }
  expect(JSON.parse(msgOf(change))).toMatchObject({
    price_dollars: '',
    yes_bid_dollars: '0.0000',
    yes_ask_dollars: '1.0000',
    yes_ask_size_fp: '0.00',
    volume_fp: '2233487.48',
    dollar_volume: 1_116_743,
    ts: 1_795_532_400,
    time: '2026-11-24T15:00:00.120500Z'
  })
})

test('a taker of yes is a bidder, a taker of no an asker, and the two prices make a dollar', () => {
  const trade: Change = {
    type: 'trade',
    market,
    tradeId: 'x',
    yesPrice: priceOf(4_530),
    count: countOf(1),
    takerSide: 'no'
  }
  expect(JSON.parse(msgOf(trade))).toMatchObject({
    yes_price_dollars: '0.4530',
    no_price_dollars: '0.5470',
    count_fp: '0.01',
    taker_side: 'no',
    taker_outcome_side: 'no',
    taker_book_side: 'ask'
  })
  expect(JSON.parse(msgOf({ ...trade, takerSide: 'yes' }))).toMatchObject({ taker_book_side: 'bid' })
})

test('what an event of the lifecycle brings stands before its name', () => {
  const created: Change = {
    type: 'market_lifecycle_v2',
    eventType: 'created',
    market,
    eventTicker: 'KXPRACRATE-26NOV24',
    title: 'Rate',
    subtitle: 'TBD',
    opensAfter: 150,
    closesAfter: 3_050,
    structure: CENT_GRID.structure,
    ranges: CENT_GRID.ranges,
    strike: { type: 'greater', floor: 3.25, cap: null }
  }
  const metadata = JSON.parse(msgOf(created))
  expect(Object.keys(metadata).join(' ')).toBe(
    'market_ticker exchange_index open_ts close_ts additional_metadata event_type price_level_structure price_ranges'
  )
  expect(metadata).toMatchObject({
    open_ts: 1_795_532_402,
    close_ts: 1_795_532_431,
    additional_metadata: { strike_type: 'greater', floor_strike: 3.25, expected_expiration_ts: 1_795_532_731 },
    price_ranges: [{ start: '0.0000', end: '1.0000', step: '0.0100' }]
  })
  const determined: Change = {
    type: 'market_lifecycle_v2',
    eventType: 'determined',
    market,
    result: 'scalar',
    settlementValue: priceOf(3_725)
  }
  expect(msgOf(determined)).toBe(
    '{"market_ticker":"KXPRACRATE-26NOV24-T0","determination_ts":1795532400,"result":"scalar",' +
      '"settlement_value":"0.3725","event_type":"determined"}'
  )
})

test('an exchange that stands still foretells times that a calendar has', () => {
  const change: Change = { type: 'market_lifecycle_v2', eventType: 'close_date_updated', market, closesAfter: 1e12 }
  const msg = encodeChange(change, { now, changesPerSecond: 0, useYesPrice: false, era: 'current' })
  expect(JSON.parse(msg)).toMatchObject({ close_ts: now.seconds + 315_360_000 })
})

/** Section 11 of the protocol reference: the fields that are always there, and those that may be. */
const FIELDS: Readonly<Record<string, readonly [required: string, optional: string]>> = {
  orderbook_snapshot: ['market_ticker market_id', 'yes_dollars_fp no_dollars_fp'],
  orderbook_delta: ['market_ticker market_id price_dollars delta_fp side', 'ts ts_ms'],
  ticker: [
    'market_ticker market_id price_dollars yes_bid_dollars yes_ask_dollars yes_bid_size_fp yes_ask_size_fp ' +
      'last_trade_size_fp volume_fp open_interest_fp dollar_volume dollar_open_interest ts ts_ms time',
    ''
  ],
  trade: [
    'trade_id market_ticker yes_price_dollars no_price_dollars count_fp taker_outcome_side taker_book_side ' +
      'taker_side is_block_trade ts ts_ms',
    ''
  ],
  market_lifecycle_v2: [
    'market_ticker event_type',
    'exchange_index open_ts close_ts additional_metadata price_level_structure price_ranges is_deactivated ' +
      'determination_ts result settlement_value settled_ts strike_type floor_strike cap_strike yes_sub_title'
  ],
  event_lifecycle: ['event_ticker exchange_index title subtitle collateral_return_type series_ticker', ''],
  subscribed: ['channel sid', '']
}
const ENVELOPE = new Set(['type', 'id', 'sid', 'seq', 'msg', 'sending_ts_ms'])

test('every frame of a run has the fields that the reference gives its type and no others', async () => {
  const exchange = await startExchange({ rate: 20_000, roundLength: 3_000 })
  const client = await PracticeClient.connect(exchange)
  await client.command('subscribe', { channels: ['orderbook_delta'], market_tickers: exchange.tickers() })
  await client.command('subscribe', { channels: ['ticker', 'trade', 'market_lifecycle_v2'] })
  await client.receive(4_000)
  const wrong = client.frames.flatMap(frame => {
    const [required = '', optional = ''] = FIELDS[frame.type] ?? []
    const allowed = new Set([...required.split(' '), ...optional.split(' ')])
    const fields = Object.keys(frame.msg ?? {})
    const strange = [
      ...fields.filter(field => !allowed.has(field)),
      ...Object.keys(frame).filter(key => !ENVELOPE.has(key))
    ]
    const missing = required.split(' ').filter(field => !fields.includes(field))
    return [...strange, ...missing].map(field => `${frame.type}: ${field}`)
  })
  expect(wrong).toEqual([])
  expect(new Set(client.frames.map(frame => frame.type))).toEqual(new Set(Object.keys(FIELDS)))
  expect(client.texts.filter(text => !text.endsWith('}\n'))).toEqual([])
})

const SAMPLES = '../shared/protocol/sample-frames.jsonl'

/** The lines of today's session and of today's lifecycle events. */
const TODAY = [36, 76] as const

/** The type of a frame, or the name of the lifecycle event that it tells of. */
function kindOf(type: string, msg: object): string {
  return 'event_type' in msg ? `${type} ${String(msg.event_type)}` : type
}

test.skipIf(!existsSync(SAMPLES))('fields and their order are those of the sample frames (in ../shared)', () => {
  const samples = new Map<string, string[][]>()
  for (const line of readFileSync(SAMPLES, 'utf8')
    .split('\n')
    .slice(...TODAY)) {
    const { type, msg = {} } = JSON.parse(line) as { readonly type: string; readonly msg?: object }
    samples.set(kindOf(type, msg), [...(samples.get(kindOf(type, msg)) ?? []), Object.keys(msg)])
  }
  const exchange = new SyntheticExchange({ seed: 4, markets: 100, roundLength: 1_000 })
  const wrong = new Set<string>()
  const seen = new Set<string>()
  for (let advances = 0; advances < 20_000; advances++) {
    for (const change of exchange.advance()) {
      const msg = JSON.parse(msgOf(change)) as object
      const kind = kindOf(change.type, msg)
      seen.add(kind)
      const known = samples.get(kind) ?? []
      for (const key of Object.keys(msg)) if (!known.flat().includes(key)) wrong.add(`${kind}: ${key}`)
      for (const keys of known) if (!isSameOrder(Object.keys(msg), keys)) wrong.add(`${kind}: ${keys.join()}`)
    }
  }
  expect([...wrong]).toEqual([])
  expect(seen.size).toBeGreaterThan(10)
})

/** Of the fields that both have. Real frames name the event type last, the samples here and there. */
function isSameOrder(ours: readonly string[], theirs: readonly string[]): boolean {
  return keysIn(ours, theirs) === keysIn(theirs, ours)
}

function keysIn(keys: readonly string[], others: readonly string[]): string {
  return keys.filter(key => key !== 'event_type' && others.includes(key)).join()
}
