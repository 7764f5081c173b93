import { once } from 'node:events'
import * as fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import type { Change } from '../../src/exchange/change.ts'
import { SyntheticExchange } from '../../src/exchange/synthetic-exchange.ts'
import type { Era } from '../../src/exchange/wire.ts'
import { encodeChange, encodeFrame } from '../../src/exchange/wire.ts'
import { wireTime } from '../../src/exchange/wire-time.ts'
import { MarketTable } from '../../src/protocol/market-table.ts'
import type { Message } from '../../src/protocol/messages.ts'
import { decodeAll, decodeOne, frameOf, sent } from '../protocol/decode.ts'
import { startExchange } from './practice-client.ts'

const ERAS = ['legacy', 'dual', 'current'] as const
const NOON = 1_795_521_600_000_000_000n

/** A run of whole cents and whole contracts, which all eras can tell. */
function runOf(seed: number, advances: number): Change[] {
  const exchange = new SyntheticExchange({ seed, markets: 30, roundLength: 400, era: 'legacy' })
  const state = exchange.tickers().flatMap(ticker => {
    const market = exchange.find(ticker)
    return market === undefined ? [] : [market.book(), market.quote()]
  })
  return [...state, ...Array.from({ length: advances }, () => exchange.advance()).flat()]
}

function decodedIn(era: Era, changes: readonly Change[], useYesPrice: boolean): Message[] {
  const subscribe = { channels: ['orderbook_delta'], market_tickers: ['A'], use_yes_price: useYesPrice }
  const now = wireTime(NOON)
  const frames = [
    encodeFrame('subscribed', now, { id: 1 }, '{"channel":"orderbook_delta","sid":1}', era),
    ...changes.map((change, index) => {
      // Times are told more or less finely by the eras: a whole second is the same in all of them.
      const at = wireTime(NOON + BigInt(index) * 1_000_000_000n)
      const msg = encodeChange(change, { now: at, changesPerSecond: 100, useYesPrice, era })
      return encodeFrame(change.type, at, { sid: 1, seq: index + 1 }, msg, era)
    })
  ]
  const commands = [sent({ id: 1, cmd: 'subscribe', params: subscribe })]
  return decodeAll([...commands, ...frames.map(text => frameOf(text))], new MarketTable()).slice(2)
}

const LATER_FIELDS: Readonly<Partial<Record<Message['type'], object>>> = {
  ticker: { yesBidSize: null, yesAskSize: null, lastTradeSize: null },
  trade: { tradeId: null },
  market_lifecycle_v2: { exchangeIndex: null, priceLevelStructure: null, priceRanges: null, settlementValue: null },
  event_lifecycle: { exchangeIndex: null }
}

/** What the first era cannot tell is null: when a frame was sent, sizes, ids, grids, and what came with later years. */
function withoutLaterFields(message: Message): object {
  return { ...message, sentAt: null, ...LATER_FIELDS[message.type] }
}

test('the same changes decode to the same messages in every era, as far as it can tell them', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.boolean(), (seed, useYesPrice) => {
      const changes = runOf(seed, 1_000)
      const [legacy = [], dual = [], current = []] = ERAS.map(era => decodedIn(era, changes, useYesPrice))
      const broken = [...legacy, ...dual, ...current].filter(
        message => message.type === 'malformed' || message.type === 'unknown' || message.unknownFields.length > 0
      )
      expect(broken).toEqual([])
      expect(legacy.map(withoutLaterFields)).toEqual(current.map(withoutLaterFields))
      expect(dual.map(withoutLaterFields)).toEqual(current.map(withoutLaterFields))
    }),
    { numRuns: 6 }
  )
})

test('the dual era tells sizes, ids and settlement values as the current one does', () => {
  const changes = runOf(3, 2_000)
  const told = (era: Era): object[] =>
    decodedIn(era, changes, false).flatMap((message): object[] => {
      if (message.type === 'ticker') return [{ size: message.yesBidSize, last: message.lastTradeSize }]
      if (message.type === 'trade') return [{ id: message.tradeId }]
      return message.type === 'market_lifecycle_v2' ? [{ value: message.settlementValue }] : []
    })
  expect(told('dual')).toEqual(told('current'))
})

function fieldsOf(type: Change['type'], era: Era): string[] {
  const changes = runOf(1, 300).filter(change => change.type === type)
  const context = { now: wireTime(NOON), changesPerSecond: 100, useYesPrice: false, era }
  return [...new Set(changes.flatMap(change => Object.keys(JSON.parse(encodeChange(change, context)))))]
}

test.each([
  ['orderbook_snapshot', 'legacy', 'market_ticker yes no'],
  ['orderbook_snapshot', 'dual', 'market_ticker market_id yes yes_dollars yes_dollars_fp no no_dollars no_dollars_fp'],
  ['orderbook_delta', 'legacy', 'market_ticker price delta side ts'],
  ['orderbook_delta', 'dual', 'market_ticker market_id price price_dollars delta delta_fp side ts'],
  [
    'ticker',
    'legacy',
    'market_ticker price yes_bid yes_ask volume open_interest dollar_volume dollar_open_interest ts Clock'
  ],
  [
    'ticker',
    'dual',
    'market_id market_ticker price yes_bid yes_ask price_dollars yes_bid_dollars yes_ask_dollars volume volume_fp ' +
      'open_interest open_interest_fp dollar_volume dollar_open_interest yes_bid_size_fp yes_ask_size_fp ' +
      'last_trade_size_fp ts Clock'
  ],
  ['trade', 'legacy', 'market_ticker yes_price no_price count taker_side ts'],
  [
    'trade',
    'dual',
    'trade_id market_ticker yes_price yes_price_dollars no_price no_price_dollars count count_fp taker_side ts'
  ]
] as const)('a %s of the %s era has the fields of its time', (type, era, fields) => {
  expect(fieldsOf(type, era).join(' ')).toBe(fields)
})

test('the lists of a legacy ok stand at its top level, and no frame of the past tells when it was sent', () => {
  const now = wireTime(NOON)
  const reply = (msg: string, era: Era): string => encodeFrame('ok', now, { id: 2, sid: 1, seq: 8 }, msg, era)
  expect(reply('{"market_tickers":["A"]}', 'legacy')).toBe(
    '{"id":2,"sid":1,"seq":8,"type":"ok","market_tickers":["A"]}\n'
  )
  expect(reply('{}', 'legacy')).toBe('{"id":2,"sid":1,"seq":8,"type":"ok"}\n')
  expect(reply('{"market_tickers":["A"]}', 'dual')).toBe(
    '{"id":2,"sid":1,"seq":8,"type":"ok","msg":{"market_tickers":["A"]}}\n'
  )
  const list = '[{"channel":"ticker","sid":1}]'
  for (const era of ERAS) {
    expect(decodeOne(encodeFrame('ok', now, { id: 3 }, list, era))).toMatchObject({
      type: 'ok',
      subscriptions: [{ channel: 'ticker', sid: 1 }],
      unknownFields: []
    })
    expect(decodeOne(reply('{"market_tickers":["A"]}', era))).toMatchObject({ marketTickers: ['A'], unknownFields: [] })
  }
})

test.each(ERAS)(
  'all that a client of the %s era is sent can be decoded, and says when it was sent in the last only',
  async era => {
    const exchange = await startExchange({ era, rate: 20_000, markets: 40, roundLength: 2_000 })
    const socket = new WebSocket(exchange.url)
    onTestFinished(() => socket.terminate())
    await once(socket, 'open')
    const books = { channels: ['orderbook_delta'], market_tickers: exchange.tickers() }
    const commands = [
      { id: 1, cmd: 'subscribe', params: books },
      { id: 2, cmd: 'subscribe', params: { channels: ['ticker', 'trade', 'market_lifecycle_v2'] } },
      { id: 3, cmd: 'subscribe', params: books },
      { id: 4, cmd: 'list_subscriptions' },
      { id: 5, cmd: 'unsubscribe', params: { sids: [1] } },
      { id: 6, cmd: 'unsubscribe', params: { sids: [77] } }
    ]
    const texts: string[] = []
    socket.on('message', (data: Buffer) => texts.push(data.toString()))
    for (const command of commands) socket.send(JSON.stringify(command))
    while (texts.length < 600) await once(socket, 'message')
    const messages = decodeAll([...commands.map(command => sent(command)), ...texts.map(text => frameOf(text))])
    const wrong = messages.filter(
      message => message.type === 'malformed' || message.type === 'unknown' || message.unknownFields.length > 0
    )
    expect(wrong).toEqual([])
    const known = new Set(messages.map(({ type }) => type))
    for (const type of [
      'subscribed',
      'ok',
      'unsubscribed',
      'error',
      'orderbook_snapshot',
      'ticker',
      'trade'
    ] as const) {
      expect(known).toContain(type)
    }
    expect(new Set(texts.map(text => text.includes('"sending_ts_ms":')))).toEqual(new Set([era === 'current']))
  }
)

test('what is finer than a cent or a contract is refused before the current era, not rounded', () => {
  const exchange = new SyntheticExchange({ seed: 1, markets: 30, roundLength: 1e6 })
  const encodeAll = (era: Era): void => {
    for (const ticker of exchange.tickers()) {
      const book = exchange.find(ticker)?.book()
      if (book !== undefined) encodeChange(book, { now: wireTime(NOON), changesPerSecond: 1, useYesPrice: false, era })
    }
  }
  expect(() => encodeAll('current')).not.toThrow()
  expect(() => encodeAll('dual')).toThrow(RangeError)
})
