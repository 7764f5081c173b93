import { describe, expect, test } from 'vitest'
import { microseconds } from '../../src/core/time.ts'
import { RecentTrades } from '../../src/market/recent-trades.ts'
import { cents, contracts, envelope, metadata, RAIN, Scene, START, SUN } from './scene.ts'

describe('a quote', () => {
  test('comes from the fresh book, else from the fresh ticker, else from nowhere', () => {
    const scene = new Scene()
    scene.ticker(SUN, { yesBid: cents(30), yesAsk: cents(35), yesBidSize: contracts(1), yesAskSize: contracts(2) })
    const ofTicker = { source: 'ticker', bid: 3000, ask: 3500, bidSize: 100, askSize: 200, twiceMid: 6500 }
    expect(scene.market().quote).toEqual(ofTicker)
    scene.snapshot(SUN, [[40, 3]], [[50, 4]], { seq: 1 })
    const ofBook = { source: 'book', bid: 4000, ask: 5000, bidSize: 300, askSize: 400, twiceMid: 9000 }
    expect(scene.market().quote).toEqual(ofBook)
    scene.delta(SUN, 'yes', [40, 1], { seq: 9 })
    expect(scene.market().quote).toEqual(ofTicker)
    scene.tell({ ...envelope({ sid: null }), type: 'connection_closed', code: null, reason: '' })
    expect(scene.market().quote).toBeNull()
  })

  test('of an empty fresh book says that there are no orders', () => {
    const scene = new Scene()
    scene.snapshot(SUN, [], [])
    expect(scene.market().quote).toMatchObject({ source: 'book', bid: null, ask: null, twiceMid: null })
  })
})

describe('tickers', () => {
  test('of the partial kind change what they name', () => {
    const scene = new Scene()
    scene.ticker(SUN, { yesBid: cents(30), yesAsk: cents(35), volume: contracts(10), openInterest: contracts(4) })
    scene.tickerV2(SUN, { yesBid: cents(31), volumeDelta: contracts(2), openInterestDelta: contracts(-1) })
    expect(scene.market().latestTicker).toMatchObject({ yesBid: 3100, yesAsk: 3500, volume: 1200, openInterest: 300 })
  })

  test('of the partial kind rest on nothing that is stale', () => {
    const scene = new Scene()
    scene.ticker(SUN, { yesBid: cents(30), yesAsk: cents(35), volume: contracts(10) })
    scene.tell({ ...envelope({ sid: null }), type: 'connection_closed', code: null, reason: '' })
    scene.tickerV2(SUN, { yesBid: cents(31), volumeDelta: contracts(2) }, { connection: 1 })
    expect(scene.market().latestTicker).toMatchObject({ yesBid: 3100, yesAsk: null, volume: null })
  })
})

describe('trades', () => {
  test('add up, each once', () => {
    const scene = new Scene()
    scene.trade(SUN, [40, 1.5], 'a')
    scene.trade(SUN, [41, 2], 'b')
    scene.trade(SUN, [41, 2], 'b', { connection: 1 })
    scene.trade(SUN, [42, 1], null)
    scene.trade(SUN, [42, 1], null)
    const { tradedVolume, volume, lastTrade, lastPrice } = scene.market()
    expect([tradedVolume, volume, lastPrice]).toEqual([550, 550, 4200])
    expect(lastTrade).toEqual({ price: 4200, count: 100, takerSide: 'yes', time: scene.now })
    expect(scene.irregularities).toMatchObject([{ type: 'repeated_trade', tradeId: 'b', connection: 1 }])
  })

  test('are remembered for a while', () => {
    const trades = new RecentTrades(2)
    expect(['a', 'b', 'c', 'a', 'd', 'e', 'a'].map(id => trades.add(id))).toEqual([
      true,
      true,
      true,
      false,
      true,
      true,
      true
    ])
  })
})

describe('the status of a market', () => {
  const open = microseconds(START + 100_000_000)
  const close = microseconds(START + 200_000_000)

  test('follows its times, since opening and closing emit nothing', () => {
    const scene = new Scene()
    scene.lifecycle(SUN, 'created', { openTime: open, closeTime: close })
    const at = (time: number) => scene.market().statusAt(microseconds(time))
    expect([at(open - 1), at(open), at(close - 1), at(close)]).toEqual(['unopened', 'active', 'active', 'closed'])
    scene.lifecycle(SUN, 'close_date_updated', { closeTime: microseconds(close + 10) })
    expect([at(close), at(close + 10)]).toEqual(['active', 'closed'])
  })

  test('follows its events', () => {
    const scene = new Scene()
    const seen = () => scene.market().statusAt(scene.now)
    scene.snapshot(SUN, [[40, 1]], [])
    const statuses = [seen()]
    for (const event of ['deactivated', 'activated', 'metadata_updated', 'determined', 'settled']) {
      scene.lifecycle(SUN, event, event === 'determined' ? { result: 'yes', settlementValue: cents(100) } : {})
      statuses.push(seen())
    }
    expect(statuses).toEqual(['unknown', 'paused', 'active', 'active', 'determined', 'settled'])
    const { result, settlementValue, determinedAt, settledAt } = scene.market()
    expect([result, settlementValue]).toEqual(['yes', 10_000])
    expect([determinedAt, settledAt]).toEqual([scene.now - 1_000_000, scene.now])
  })

  test('settled gives up the book and the ticker, and keeps what it was worth', () => {
    const scene = new Scene()
    scene.snapshot(SUN, [[40, 1]], [[50, 1]], { seq: 1 })
    scene.ticker(SUN, { price: cents(44), volume: contracts(3) })
    scene.lifecycle(SUN, 'settled')
    const { book, bookState, latestTicker, lastPrice, quote } = scene.market()
    expect([book.levels('yes'), bookState, latestTicker, quote, lastPrice]).toEqual([[], 'none', null, null, 4400])
  })
})

describe('markets are found', () => {
  test('by number, ticker, event and series, which the ticker tells by convention', () => {
    const scene = new Scene()
    for (const ticker of [SUN, RAIN, 'KXONE']) scene.snapshot(ticker, [], [])
    const [sun, rain, one] = [scene.market(SUN), scene.market(RAIN), scene.market('KXONE')]
    expect([sun.eventTicker, sun.seriesTicker, one.eventTicker, one.seriesTicker]).toEqual([
      'KXSKY-26NOV22',
      'KXSKY',
      'KXONE',
      'KXONE'
    ])
    const { tracker } = scene
    expect(tracker.market(1)).toBe(rain)
    expect(tracker.byTicker(SUN)).toBe(sun)
    expect(tracker.byEvent('KXSKY-26NOV22')).toEqual([sun, rain])
    expect(tracker.bySeries('KXSKY')).toEqual([sun, rain])
    expect([...tracker.markets()]).toEqual([sun, rain, one])
    expect([tracker.byEvent('KXSEA-1'), tracker.bySeries('KXSEA'), tracker.byTicker('KXSEA')]).toEqual([
      [],
      [],
      undefined
    ])
  })

  test('under the event and series that the exchange tells, whichever it tells first', () => {
    const scene = new Scene()
    const { tracker } = scene
    for (const ticker of [SUN, RAIN]) scene.snapshot(ticker, [], [])
    scene.eventLifecycle('KXDAY-26NOV22', 'KXDAYS')
    scene.lifecycle(SUN, 'created', { metadata: metadata({ eventTicker: 'KXDAY-26NOV22', title: 'Sun?' }) })
    scene.eventLifecycle('KXSKY-26NOV22', 'KXSKIES')
    const [sun, rain] = [scene.market(SUN), scene.market(RAIN)]
    expect([sun.title, sun.seriesTicker, rain.seriesTicker]).toEqual(['Sun?', 'KXDAYS', 'KXSKIES'])
    expect(['KXDAYS', 'KXSKIES', 'KXSKY'].map(series => tracker.bySeries(series))).toEqual([[sun], [rain], []])
    expect(tracker.event('KXDAY-26NOV22')).toMatchObject({ collateralReturnType: 'MECNET', markets: [sun] })
  })

  test('with the fee of their event, until it is cleared', () => {
    const scene = new Scene()
    const fee = (type: string | null, multiplier: string | null) => {
      const overrides = { feeTypeOverride: type, feeMultiplierOverride: multiplier }
      scene.tell({ ...envelope({ sid: 4 }), type: 'event_fee_update', eventTicker: 'KXSKY-26NOV22', ...overrides })
      return scene.tracker.event('KXSKY-26NOV22')
    }
    expect(fee('quadratic', '0.5')).toMatchObject({ feeTypeOverride: 'quadratic', feeMultiplierOverride: '0.5' })
    expect(fee(null, null)).toMatchObject({ feeTypeOverride: null, feeMultiplierOverride: null })
  })
})

describe('the top movers', () => {
  test('by change are those whose mid moved most, up or down', () => {
    const scene = new Scene()
    for (const [ticker, ask] of [
      [SUN, 39],
      [RAIN, 25],
      ['KXCALM', 35]
    ] as const) {
      scene.ticker(ticker, { yesBid: cents(30), yesAsk: cents(35) })
      scene.ticker(ticker, { yesBid: cents(Math.min(30, ask)), yesAsk: cents(ask) })
    }
    const movers = scene.tracker.topMovers(5, 'change')
    expect(movers.map(market => [market.ticker, market.change])).toEqual([
      [RAIN, -1500],
      [SUN, 400]
    ])
    expect(scene.tracker.topMovers(1, 'change')).toEqual([scene.market(RAIN)])
  })

  test('by change fall back on the last price where there is no mid', () => {
    const scene = new Scene()
    scene.trade(SUN, [40, 1], 'a')
    expect(scene.market().change).toBe(0)
    scene.trade(SUN, [43, 1], 'b')
    expect(scene.market().change).toBe(600)
  })

  test('by volume are in the order of their tickers where they are equal', () => {
    const scene = new Scene()
    for (const ticker of ['KXB', 'KXA', 'KXC']) scene.trade(ticker, [40, ticker === 'KXC' ? 2 : 1], ticker)
    scene.snapshot('KXD', [], [])
    expect(scene.tracker.topMovers(9, 'volume').map(market => market.ticker)).toEqual(['KXC', 'KXA', 'KXB'])
  })
})
