import { describe, expect, test } from 'vitest'
import { FrameBatchBuilder } from '../../src/core/frame-batch-builder.ts'
import { Decoder } from '../../src/protocol/decoder.ts'
import { MarketTable } from '../../src/protocol/market-table.ts'
import { decodeAll, decodeOne, event, frameOf, received, sent } from './decode.ts'

const bare = { sid: null, seq: null, id: null, sentAt: null, unknownFields: [] }
const delta = { market_ticker: 'KXD-1', price_dollars: '0.3000', delta_fp: '1.00', side: 'yes' }

describe('frames that are no text', () => {
  test('pings and pongs of either direction are heartbeats', () => {
    const frames = [event('ping', 'heartbeat'), event('pong', 'heartbeat', 'sent')]
    expect(decodeAll(frames)).toEqual([
      { ...bare, type: 'heartbeat', kind: 'ping' },
      { ...bare, type: 'heartbeat', kind: 'pong' }
    ])
  })

  test('the events of a connection carry what their payloads say', () => {
    const frames = [
      event('open', '{"url":"wss://example.test/ws"}'),
      event('close', '{"code":1006,"reason":"gone"}'),
      event('error', '{"reason":"reset"}')
    ]
    expect(decodeAll(frames)).toEqual([
      { ...bare, type: 'connection_opened', url: 'wss://example.test/ws' },
      { ...bare, type: 'connection_closed', code: 1006, reason: 'gone' },
      { ...bare, type: 'connection_failed', reason: 'reset' }
    ])
  })

  test.each(['', 'not json', '[]', 'null', '{"url":7,"code":"x","reason":{}}'])(
    'an event of a connection is one whatever its payload holds: %j',
    payload => {
      expect(decodeAll([event('open', payload), event('close', payload), event('error', payload)])).toEqual([
        { ...bare, type: 'connection_opened', url: null },
        { ...bare, type: 'connection_closed', code: null, reason: '' },
        { ...bare, type: 'connection_failed', reason: '' }
      ])
    }
  )

  test('a REST response keeps its text, beyond ASCII too', () => {
    expect(decodeAll([event('rest', '{"title":"Zürich ☀"}')])).toEqual([
      { ...bare, type: 'rest', body: '{"title":"Zürich ☀"}', page: null, series: null }
    ])
  })

  test('a binary frame and a kind of the future are malformed', () => {
    const builder = new FrameBatchBuilder()
    builder.appendFrame(event('binary'))
    builder.appendFrame(event('text'))
    const batch = builder.batch()
    batch.kind[1] = 99
    const decoder = new Decoder(new MarketTable())
    expect(decoder.decode(batch, 0)).toMatchObject({ type: 'malformed', reason: expect.stringContaining('binary') })
    expect(decoder.decode(batch, 1)).toMatchObject({ type: 'malformed', reason: expect.stringContaining('99') })
  })
})

describe('commands', () => {
  test('a sent command is kept in the names of the wire, with parameters newer than this code', () => {
    const command = { id: 3, cmd: 'subscribe', params: { channels: ['ticker'], throttle: 5 } }
    expect(decodeAll([sent(command)])).toEqual([{ ...bare, type: 'command', id: 3, command }])
  })

  test.each([
    { id: 1, cmd: 'unsubscribe', params: { sids: [1, 2] } },
    { id: 2, cmd: 'update_subscription', params: { action: 'get_snapshot', sid: 1, market_tickers: ['KXD-1'] } },
    { cmd: 'list_subscriptions' }
  ])('$cmd is a command', command => {
    expect(decodeAll([sent(command)])).toMatchObject([{ type: 'command', command }])
  })

  test('a command that the reference does not know is unknown, a wrong one malformed', () => {
    expect(decodeAll([sent({ id: 4, cmd: 'dance' })])).toMatchObject([{ type: 'unknown', wireType: 'dance', id: 4 }])
    expect(decodeAll([sent({ id: 5, cmd: 'unsubscribe', params: { sids: ['1'] } })])).toMatchObject([
      { type: 'malformed', wireType: 'unsubscribe', id: 5, reason: expect.stringContaining('params.sids.0') }
    ])
    expect(decodeAll([sent({ channels: [] })])).toMatchObject([{ type: 'malformed', wireType: null }])
    expect(decodeAll([frameOf('subscribe!', { direction: 'sent' })])).toMatchObject([{ type: 'malformed' }])
  })
})

describe('frames that say too much', () => {
  test('a type that the reference does not know keeps what it uses up', () => {
    const frame = {
      type: 'rfq_batch_created',
      sid: 5,
      seq: 12,
      id: 7,
      sending_ts_ms: 1000,
      msg: { market_ticker: 'KXD-1' }
    }
    expect(decodeOne(frame)).toEqual({
      type: 'unknown',
      wireType: 'rfq_batch_created',
      reason: 'the type is not in the protocol reference',
      marketTicker: 'KXD-1',
      sid: 5,
      seq: 12,
      id: 7,
      sentAt: 1_000_000,
      unknownFields: []
    })
  })

  test('names of Object’s own members are unknown types like any other', () => {
    expect(decodeOne({ type: 'constructor', seq: 1 })).toMatchObject({ type: 'unknown', wireType: 'constructor' })
  })

  test('fields that the reference does not know are named, and the message is good', () => {
    const plain = decodeOne({ type: 'orderbook_delta', sid: 1, seq: 2, msg: delta })
    const more = decodeOne({ type: 'orderbook_delta', sid: 1, seq: 2, shard: 3, msg: { ...delta, flavour: { a: 1 } } })
    expect(more).toEqual({ ...plain, unknownFields: expect.arrayContaining(['shard', 'msg.flavour']) })
    expect(more.unknownFields).toHaveLength(2)
  })

  test('unknown fields of nested objects are named by their path', () => {
    const message = decodeOne({
      type: 'market_lifecycle_v2',
      msg: {
        market_ticker: 'KXD-1',
        event_type: 'created',
        additional_metadata: { name: 'D', mood: 'good' },
        price_ranges: [{ start: '0.0000', end: '1.0000', step: '0.0100', zone: 1 }]
      }
    })
    expect(message).toMatchObject({ type: 'market_lifecycle_v2', metadata: { name: 'D' } })
    expect([...message.unknownFields].sort()).toEqual(['msg.additional_metadata.mood', 'msg.price_ranges.0.zone'])
  })

  test('unknown fields of a reply in either form are named', () => {
    expect(decodeOne({ type: 'ok', id: 1, msg: { mood: 1 } })).toMatchObject({
      type: 'ok',
      unknownFields: ['msg.mood']
    })
    expect(decodeOne({ type: 'ok', id: 1, msg: [{ channel: 'ticker', sid: 2, since: 3 }] })).toMatchObject({
      type: 'ok',
      subscriptions: [{ channel: 'ticker', sid: 2 }],
      unknownFields: ['msg.0.since']
    })
  })

  test('messages without unknown fields share one frozen list', () => {
    const first = decodeOne({ type: 'orderbook_delta', msg: delta }).unknownFields
    expect(decodeOne({ type: 'unsubscribed', sid: 1 }).unknownFields).toBe(first)
    expect(Object.isFrozen(first)).toBe(true)
  })
})

describe('frames that cannot be decoded', () => {
  test.each([
    ['', 'not JSON'],
    ['{"type":"orderbook_delta","sid":1', 'not JSON'],
    ['[1]', 'no object'],
    ['7', 'no object'],
    ['null', 'no object'],
    ['{}', 'type: is no string'],
    ['{"type":7}', 'type: is no string']
  ])('%j is malformed', (text, reason) => {
    expect(decodeOne(text)).toMatchObject({
      type: 'malformed',
      wireType: null,
      reason: expect.stringContaining(reason)
    })
  })

  test.each([
    ['msg', 'orderbook_delta', undefined],
    ['msg.side', 'orderbook_delta', { ...delta, side: 'maybe' }],
    ['msg.side', 'orderbook_delta', { ...delta, side: undefined }],
    ['msg.price_dollars: is missing', 'orderbook_delta', { ...delta, price_dollars: '' }],
    ['msg.delta_fp: is missing', 'orderbook_delta', { ...delta, delta_fp: null }],
    [
      'msg.price_dollars: "0.30001" has more than 4 decimals',
      'orderbook_delta',
      { ...delta, price_dollars: '0.30001' }
    ],
    ['msg.price: price 101 is not', 'orderbook_delta', { ...delta, price_dollars: undefined, price: 101 }],
    ['msg.delta_fp', 'orderbook_delta', { ...delta, delta_fp: '1e3' }],
    ['msg.ts: ', 'orderbook_delta', { ...delta, ts: 'yesterday' }],
    ['msg.ts_ms: ', 'orderbook_delta', { ...delta, ts_ms: Number.MAX_SAFE_INTEGER }],
    ['msg.yes_dollars_fp', 'orderbook_snapshot', { market_ticker: 'KXD-1', yes_dollars_fp: [['0.30001', '1.00']] }],
    ['msg.yes.0', 'orderbook_snapshot', { market_ticker: 'KXD-1', yes: [[30]] }],
    ['msg.yes: ', 'orderbook_snapshot', { market_ticker: 'KXD-1', yes: [['0.30', 1]] }],
    ['msg.yes_ask_dollars: is missing', 'ticker', { market_ticker: 'KXD-1', price: 1, yes_bid: 1 }],
    ['msg.taker_outcome_side: is missing', 'trade', { market_ticker: 'KXD-1', yes_price: 1, count: 1 }],
    ['msg.yes_price_dollars: is missing', 'trade', { market_ticker: 'KXD-1', count: 1, taker_side: 'no' }],
    ['msg.code', 'error', { msg: 'Something' }]
  ])('the reason names the field: %s', (reason, type, msg) => {
    const message = decodeOne({ type, sid: 3, seq: 8, sending_ts_ms: 5, msg })
    expect(message).toMatchObject({ type: 'malformed', wireType: type, sid: 3, seq: 8, sentAt: 5000 })
    expect(message).toHaveProperty('reason', expect.stringContaining(reason))
    expect(message).toHaveProperty('marketTicker', type === 'error' || msg === undefined ? null : 'KXD-1')
  })

  test('what is wrong in the envelope is null, the rest of it is kept', () => {
    expect(decodeOne({ type: 'orderbook_delta', sid: '1', seq: 2, msg: delta })).toMatchObject({
      type: 'malformed',
      reason: expect.stringContaining('sid'),
      sid: null,
      seq: 2
    })
  })

  test('a field of the envelope that is too large for a time is malformed', () => {
    expect(
      decodeOne({ type: 'orderbook_delta', sid: 1, seq: 2, sending_ts_ms: Number.MAX_SAFE_INTEGER, msg: delta })
    ).toMatchObject({
      type: 'malformed',
      reason: expect.stringMatching(/^sending_ts_ms: /),
      seq: 2,
      sentAt: null
    })
  })

  test('a reason is one line of bounded length', () => {
    const message = decodeOne(`{"type":"a\n${'x'.repeat(5000)}`)
    expect(message).toMatchObject({ type: 'malformed', reason: expect.stringMatching(/^[^\n]{1,200}$/) })
  })
})

test('a market keeps its number, and a decoder serves batches that share memory', () => {
  const markets = new MarketTable()
  const decoder = new Decoder(markets)
  const builder = new FrameBatchBuilder()
  const numbers = ['KXD-1', 'KXD-2', 'KXD-1'].map(ticker => {
    builder.clear()
    builder.appendFrame(received({ type: 'orderbook_delta', msg: { ...delta, market_ticker: ticker } }))
    return decoder.decode(builder.batch(), 0)
  })
  expect(numbers).toMatchObject([{ market: 0 }, { market: 1, marketTicker: 'KXD-2' }, { market: 0 }])
  expect(markets.size).toBe(2)
})

test('a batch whose first offset is not 0 decodes its own rows', () => {
  const builder = new FrameBatchBuilder()
  builder.appendFrame(received({ type: 'unsubscribed', sid: 1 }))
  builder.appendFrame(received({ type: 'unsubscribed', sid: 2 }))
  const batch = builder.batch()
  const shifted = { ...batch, length: 1, offsets: batch.offsets.subarray(1), payload: batch.payload }
  expect(new Decoder(new MarketTable()).decode(shifted, 0)).toMatchObject({ type: 'unsubscribed', sid: 2 })
})
