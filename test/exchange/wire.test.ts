import { expect, test } from 'vitest'
import { countOf, priceOf } from '../../src/core/units.ts'
import type { Change } from '../../src/exchange/change.ts'
import { encodeChange, encodeFrame } from '../../src/exchange/wire.ts'
import { wireTime } from '../../src/exchange/wire-time.ts'
import { PracticeClient, startExchange } from './practice-client.ts'

const now = wireTime(1_795_532_400_120_500_999n)
const market = { ticker: 'KXPRACRATE-26NOV24-T0', id: '00000000-1111-2222-3333-444444444444' }

function msgOf(change: Change, useYesPrice = false): string {
  return encodeChange(change, { now, changesPerSecond: 100, useYesPrice })
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

test('an envelope holds what it is given and ends in a newline', () => {
  expect(encodeFrame('ok', now, { id: 2, sid: 1, seq: 8 }, '{}')).toBe(
    '{"id":2,"type":"ok","sending_ts_ms":1795532400120,"sid":1,"seq":8,"msg":{}}\n'
  )
  expect(encodeFrame('unsubscribed', now, { sid: 1 })).toBe(
    '{"type":"unsubscribed","sending_ts_ms":1795532400120,"sid":1}\n'
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
    'exchange_index open_ts close_ts additional_metadata price_level_structure price_ranges ' +
      'determination_ts result settlement_value settled_ts'
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
