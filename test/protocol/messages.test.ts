import { expect, test } from 'vitest'
import type { Message } from '../../src/protocol/messages.ts'
import { decodeOne, FIXTURES } from './decode.ts'

/** The message of the only fixture that holds the text. */
function fixture(part: string): Message {
  const [text, another] = FIXTURES.filter(text => text.includes(part))
  if (text === undefined || another !== undefined) throw new Error(`not one fixture: ${part}`)
  return decodeOne(text)
}

const bare = { sid: null, seq: null, id: null, sentAt: null, unknownFields: [] }

test('a snapshot that answers get_snapshot carries id, sid and seq, and an absent side is empty', () => {
  expect(fixture('"seq":44')).toEqual({
    ...bare,
    type: 'orderbook_snapshot',
    id: 9,
    sid: 1,
    seq: 44,
    sentAt: 1793000000123000,
    market: 0,
    marketTicker: 'KXTEA-26Q4-B12',
    yes: [],
    no: [
      { price: 1, count: 1234567890 },
      { price: 9995, count: 1 }
    ]
  })
})

test('a delta of today', () => {
  expect(fixture('"seq":45')).toEqual({
    ...bare,
    type: 'orderbook_delta',
    sid: 1,
    seq: 45,
    sentAt: 1793000001007000,
    market: 0,
    marketTicker: 'KXTEA-26Q4-B12',
    side: 'no',
    price: 9995,
    delta: 725,
    exchangeTime: 1793000001004005,
    clientOrderId: 'fixture-order-1',
    subaccount: 4
  })
})

test('a delta with nanoseconds keeps whole microseconds', () => {
  expect(fixture('123456789Z')).toMatchObject({ price: 2100, delta: -1600, exchangeTime: 1771574950123456 })
})

test('a ticker of today', () => {
  expect(fixture('"98765.43"')).toEqual({
    ...bare,
    type: 'ticker',
    sid: 2,
    sentAt: 1793000002500000,
    market: 0,
    marketTicker: 'KXTEA-26Q4-B12',
    price: 5,
    yesBid: 3,
    yesAsk: 7,
    yesBidSize: 1550,
    yesAskSize: 1,
    lastTradeSize: 300,
    volume: 9876543,
    openInterest: 432109,
    dollarVolume: 49382,
    dollarOpenInterest: 2160,
    exchangeTime: 1793000002498765
  })
})

test('a ticker of a market without bids, asks and trades has no prices', () => {
  expect(fixture('"Clock":7003')).toMatchObject({ price: null, yesBid: null, yesAsk: null, volume: 0 })
})

test('a partial ticker is null where nothing changed', () => {
  expect(fixture('ticker_v2')).toMatchObject({
    price: null,
    yesBid: 2000,
    yesAsk: null,
    volumeDelta: -300,
    openInterestDelta: 200,
    exchangeTime: 1770000000000000
  })
})

test('the oldest trades name one price and one side', () => {
  expect(fixture('1750000000')).toEqual({
    ...bare,
    type: 'trade',
    sid: 4,
    seq: 1,
    market: 0,
    marketTicker: 'KXSNOW-25DEC24-T3',
    tradeId: null,
    yesPrice: 2300,
    noPrice: 7700,
    count: 500,
    takerSide: 'yes',
    isBlockTrade: false,
    exchangeTime: 1750000000000000
  })
})

test('a taker of the bid side of the book takes YES', () => {
  expect(fixture('343434343434')).toMatchObject({
    yesPrice: 7,
    noPrice: 9993,
    count: 1,
    takerSide: 'yes',
    isBlockTrade: true,
    exchangeTime: 1793000002999000
  })
})

test('a fill of today', () => {
  expect(fixture('"fee_cost"')).toEqual({
    ...bare,
    type: 'fill',
    sid: 5,
    market: 0,
    marketTicker: 'KXTEA-26Q4-B12',
    tradeId: 'trade-1',
    orderId: 'order-1',
    clientOrderId: 'fixture-order-1',
    exchangeIndex: 1,
    isTaker: true,
    yesPrice: 4100,
    count: 1250,
    fee: 211700,
    postPosition: -325,
    outcomeSide: 'yes',
    side: 'yes',
    action: 'buy',
    subaccount: 4,
    exchangeTime: 1793000004321000
  })
})

test('the oldest fills do not say for sure which outcome was bought', () => {
  expect(fixture('"post_position":-5')).toMatchObject({ fee: null, outcomeSide: null, side: 'no', postPosition: -500 })
})

test('an order of the subscriber', () => {
  expect(fixture('"user_order"')).toEqual({
    ...bare,
    type: 'user_order',
    sid: 6,
    market: 0,
    marketTicker: 'KXTEA-26Q4-B12',
    orderId: 'order-2',
    userId: 'user-1',
    clientOrderId: 'fixture-order-2',
    orderGroupId: 'group-1',
    exchangeIndex: 1,
    status: 'resting',
    outcomeSide: 'no',
    yesPrice: 4150,
    initialCount: 1000,
    remainingCount: 850,
    fillCount: 150,
    takerFillCost: 622500,
    makerFillCost: 0,
    takerFees: 25500,
    makerFees: 0,
    selfTradePreventionType: 'maker',
    lastUpdateReason: 'Trade',
    createdTime: 1793000005000001,
    lastUpdateTime: 1793000005050000,
    expirationTime: 1793003600000000,
    subaccount: 63
  })
})

test('an order group', () => {
  expect(fixture('limit_updated')).toMatchObject({ contractsLimit: 7500, exchangeTime: 1793000006000000 })
})

test('the creation of a market, with strikes of either spelling', () => {
  expect(fixture('"created","price_level_structure"')).toEqual({
    ...bare,
    type: 'market_lifecycle_v2',
    sid: 9,
    seq: 1,
    market: 0,
    marketTicker: 'KXTEA-26Q4-B12',
    eventType: 'created',
    exchangeIndex: 1,
    openTime: 1793000000000000,
    closeTime: 1793086400000000,
    determinationTime: null,
    settledTime: null,
    result: null,
    settlementValue: null,
    isDeactivated: null,
    fractionalTradingEnabled: null,
    priceLevelStructure: 'tapered_deci_cent',
    priceRanges: [
      { start: 0, end: 1000, step: 10 },
      { start: 1000, end: 10000, step: 100 }
    ],
    strikeType: 'between',
    floorStrike: '12',
    capStrike: '13.5',
    customStrike: { grade: 'first' },
    yesSubTitle: null,
    metadata: {
      name: 'Tea 12 to 13',
      title: 'Price of tea',
      yesSubTitle: '12 to 13',
      noSubTitle: 'elsewhere',
      rulesPrimary: 'If tea costs that much.',
      rulesSecondary: '',
      canCloseEarly: true,
      eventTicker: 'KXTEA-26Q4',
      expectedExpirationTime: 1793090000000000
    }
  })
})

test('a determination and an update of the strike', () => {
  expect(fixture('determination_ts')).toMatchObject({ result: 'scalar', settlementValue: 6180 })
  expect(fixture('metadata_updated')).toMatchObject({
    floorStrike: '12.25',
    yesSubTitle: 'above 12.25',
    metadata: null
  })
})

test('the subtitle of an event in either spelling', () => {
  expect(fixture('"sub_title"')).toMatchObject({ subtitle: 'Dec 24', strikeDate: 1766600000000000, seq: null })
  expect(fixture('"subtitle"')).toMatchObject({ subtitle: 'fourth quarter', strikeDate: null, seq: 7 })
})

test('a fee override that is set and cleared', () => {
  expect(fixture('"seq":8')).toMatchObject({ feeTypeOverride: 'quadratic', feeMultiplierOverride: '0.5' })
  expect(fixture('"seq":9')).toMatchObject({ feeTypeOverride: null, feeMultiplierOverride: null })
})

test('hidden creators are null, however they are hidden', () => {
  expect(fixture('e3b0c442')).toMatchObject({
    rfqId: 'rfq-2',
    id: null,
    creatorId: null,
    contracts: null,
    mveSelectedLegs: [
      { eventTicker: 'KXTEA-26Q4', marketTicker: 'KXTEA-26Q4-B12', side: 'yes', yesSettlementValue: 6180 }
    ],
    createdTime: 1793000040250000
  })
  expect(fixture('rfq_deleted')).toMatchObject({ creatorId: null, contracts: 3000, deletedTime: 1793000041000000 })
})

test('an accepted and an executed quote', () => {
  expect(fixture('quote_accepted')).toMatchObject({
    yesBid: 2200,
    noBid: 7650,
    acceptedSide: 'yes',
    contractsAccepted: 2950
  })
  expect(fixture('quote_executed')).toMatchObject({ orderId: 'order-9', executedTime: 1793000100500000, subaccount: 2 })
})

test('index values stay the text that was sent', () => {
  expect(fixture('avg_60s_data')).toMatchObject({
    indexId: 'TEAIDX',
    data: '{"value":"12.31"}',
    average60s: { value: '12.30500000', windowSize: 60, windowStart: 1792999947000000, windowEnd: 1793000007000000 },
    lastMinuteAverage: null,
    receivedTime: 1793000007001000
  })
  expect(fixture('12.31000000')).toMatchObject({ value: '12.31000000', sourceTime: 1793000007200000 })
  expect(fixture('12.30990000')).toMatchObject({ underlyingTicker: 'Leaf.TEA/USD', value: '12.30990000' })
})

test('an acknowledgement without msg', () => {
  expect(fixture('"type":"subscribed"}')).toEqual({ ...bare, type: 'subscribed', id: 1, channel: null })
})

test('errors name their markets in one list', () => {
  expect(fixture('"code":8')).toMatchObject({ code: 8, reason: 'Unknown channel name', marketTickers: [] })
  expect(fixture('"code":26')).toMatchObject({ sid: 1, seq: 48, marketTickers: ['KXTEA-26Q4-B13'] })
  expect(fixture('"code":25')).toMatchObject({ marketTickers: ['KXTEA-26Q4-B12'] })
})
