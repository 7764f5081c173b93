import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { countOf, formatCount, formatMoney, formatPrice, moneyOf, priceOf } from '../../src/core/units.ts'
import { decodeOne } from './decode.ts'

/** The spellings of one fact, oldest first, and what all of them must decode to. Reference, section 10.2. */
interface Fact {
  readonly fact: string
  readonly type: string
  readonly common: object
  readonly spellings: readonly object[]
  readonly expected: object
}

const market = { market_ticker: 'KXERA-26-A' }

const FACTS: readonly Fact[] = [
  {
    fact: 'a snapshot',
    type: 'orderbook_snapshot',
    common: market,
    spellings: [
      { yes: [[8, 300]] },
      { yes_dollars: [['0.080', 300]] },
      { yes: [[8, 300]], yes_dollars: [['0.08', 300]] },
      { yes_dollars_fp: [['0.0800', '300.00']] },
      { yes_dollars_fp: [[0.08, 300]], no_dollars_fp: null }
    ],
    expected: { yes: [{ price: 800, count: 30000 }], no: [] }
  },
  {
    fact: 'a delta',
    type: 'orderbook_delta',
    common: { ...market, side: 'no' },
    spellings: [
      { price: 96, delta: -7 },
      { price: 96, price_dollars: '0.96', delta: -7 },
      { price_dollars: '0.960', delta: -7, delta_fp: '' },
      { price_dollars: '0.9600', delta_fp: '-7.00' },
      { price_dollars: 0.96, delta_fp: -7 }
    ],
    expected: { side: 'no', price: 9600, delta: -700 }
  },
  {
    fact: 'a ticker',
    type: 'ticker',
    common: { ...market, dollar_volume: 20, dollar_open_interest: 5 },
    spellings: [
      { price: 48, yes_bid: 47, yes_ask: 49, volume: 41, open_interest: 10 },
      { price_dollars: '0.48', yes_bid_dollars: '0.470', yes_ask_dollars: '0.4900', volume: 41, open_interest: 10 },
      {
        price: 1,
        price_dollars: '0.4800',
        yes_bid_dollars: '0.4700',
        yes_ask_dollars: '0.4900',
        volume_fp: '41.00',
        open_interest_fp: '10.00'
      }
    ],
    expected: { price: 4800, yesBid: 4700, yesAsk: 4900, volume: 4100, openInterest: 1000, dollarVolume: 20 }
  },
  {
    fact: 'a ticker without bids, asks and trades',
    type: 'ticker',
    common: market,
    spellings: [
      { price: 0, yes_bid: 0, yes_ask: 100 },
      { price: 0, price_dollars: '', yes_bid_dollars: '0.0000', yes_ask_dollars: '1.0000' },
      { price_dollars: '0.0000', yes_bid_dollars: '0.0000', yes_ask_dollars: '1.0000' },
      { price_dollars: '', yes_bid_dollars: '', yes_ask_dollars: null }
    ],
    expected: { price: null, yesBid: null, yesAsk: null }
  },
  {
    fact: 'a trade',
    type: 'trade',
    common: market,
    spellings: [
      { price: 53, count: 3, side: 'no' },
      { yes_price: 53, no_price: 47, count: 3, taker_side: 'no' },
      { yes_price_dollars: '0.530', no_price_dollars: '0.470', count: 3, count_fp: '3.00', taker_side: 'no' },
      { yes_price_dollars: '0.5300', no_price_dollars: '0.4700', count_fp: '3.00', taker_book_side: 'ask' },
      { no_price_dollars: '0.4700', count_fp: '3.00', taker_outcome_side: 'no', taker_side: 'yes' }
    ],
    expected: { yesPrice: 5300, noPrice: 4700, count: 300, takerSide: 'no' }
  },
  {
    fact: 'a fill',
    type: 'fill',
    common: { ...market, trade_id: 't', order_id: 'o', is_taker: true },
    spellings: [
      { yes_price: 72, count: 18, post_position: -18 },
      { yes_price_dollars: '0.720', count: 18, count_fp: '18.00', post_position: -18 },
      { yes_price_dollars: '0.7200', count_fp: '18.00', post_position_fp: '-18.00' }
    ],
    expected: { yesPrice: 7200, count: 1800, postPosition: -1800 }
  },
  {
    fact: 'a position, whose money was in centi-cents',
    type: 'market_position',
    common: market,
    spellings: [
      { position: -18, position_cost: 500000, realized_pnl: -3370, fees_paid: 1900, position_fee_cost: 1, volume: 36 },
      {
        position_fp: '-18.00',
        position_cost_dollars: '50.0000',
        realized_pnl_dollars: '-0.3370',
        fees_paid_dollars: '0.190000',
        position_fee_cost_dollars: '0.0001',
        volume_fp: '36.00'
      }
    ],
    expected: {
      position: -1800,
      positionCost: 50_000_000,
      realizedPnl: -337_000,
      feesPaid: 190_000,
      positionFeeCost: 100
    }
  },
  {
    fact: 'a request for quotes',
    type: 'rfq_created',
    common: { ...market, id: 'r' },
    spellings: [
      { contracts: 100, target_cost: 460000, creator_id: '0' },
      { contracts_fp: '100.00', target_cost: 1, target_cost_dollars: '46.00' },
      { contracts_fp: '100.00', target_cost_dollars: '46.0000', creator_id: '' }
    ],
    expected: { contracts: 10000, targetCost: 46_000_000, creatorId: null }
  },
  {
    fact: 'a quote',
    type: 'quote_accepted',
    common: { ...market, quote_id: 'q', rfq_id: 'r' },
    spellings: [
      { yes_bid: 35, no_bid: 0, yes_contracts_offered: 9, rfq_target_cost: 460000, contracts_accepted: 9 },
      {
        yes_bid_dollars: '0.3500',
        no_bid_dollars: '0.0000',
        yes_contracts_offered_fp: '9.00',
        rfq_target_cost_dollars: '46.00',
        contracts_accepted_fp: '9.00'
      }
    ],
    expected: { yesBid: 3500, noBid: null, yesContractsOffered: 900, rfqTargetCost: 46_000_000, contractsAccepted: 900 }
  },
  {
    fact: 'a subtitle of an event',
    type: 'event_lifecycle',
    common: { event_ticker: 'KXERA-26' },
    spellings: [{ sub_title: 'today' }, { subtitle: 'today' }],
    expected: { subtitle: 'today' }
  },
  {
    fact: 'a strike',
    type: 'market_lifecycle_v2',
    common: { ...market, event_type: 'metadata_updated' },
    spellings: [{ floor_strike: '4711.25' }, { floor_strike: 4711.25 }],
    expected: { floorStrike: '4711.25' }
  }
]

test.each(FACTS)('$fact decodes to the same values in every era', ({ type, common, spellings, expected }) => {
  const [first, ...others] = spellings.map(spelling => decodeOne({ type, sid: 1, msg: { ...common, ...spelling } }))
  expect(first).toMatchObject({ type, ...expected })
  for (const message of others) expect(message).toEqual(first)
})

describe('lists in replies', () => {
  const tickers = ['KXERA-26-A', 'KXERA-26-B']
  const subscriptions = [{ channel: 'ticker', sid: 2 }]

  test('an update’s markets stand in msg or at the top level', () => {
    const today = decodeOne({ id: 1, sid: 1, seq: 9, type: 'ok', msg: { market_tickers: tickers } })
    expect(today).toMatchObject({ type: 'ok', seq: 9, marketTickers: tickers, subscriptions: null })
    expect(decodeOne({ id: 1, sid: 1, seq: 9, type: 'ok', market_tickers: tickers })).toEqual(today)
  })

  test('the subscriptions are msg itself or stand at the top level', () => {
    const today = decodeOne({ id: 1, type: 'ok', msg: subscriptions })
    expect(today).toMatchObject({ type: 'ok', marketTickers: null, subscriptions })
    expect(decodeOne({ id: 1, type: 'ok', subscriptions })).toEqual(today)
  })
})

/** Some spellings of a field that hold a value: today's alone or beside the integer, or the integer beside nothing. */
function spelt(name: string, suffix: string, legacy: number, decimals: readonly (string | number)[]) {
  const today = fc.constantFrom(...decimals).map(value => ({ [name + suffix]: value }))
  return fc.oneof(
    fc.constant({ [name]: legacy }),
    fc.constantFrom('', null).map(empty => ({ [name]: legacy, [name + suffix]: empty })),
    today,
    today.map(field => ({ ...field, [name]: legacy }))
  )
}

function spellPrice(name: string, cents: number) {
  const dollars = cents / 100
  return spelt(name, '_dollars', cents, [dollars.toFixed(2), dollars.toFixed(3), dollars.toFixed(4), dollars])
}

function spellCount(name: string, contracts: number) {
  return spelt(name, '_fp', contracts, [contracts.toFixed(2), String(contracts), contracts])
}

type Pairs = readonly (readonly [cents: number, contracts: number])[]

function levelsOf(pairs: Pairs): object[] {
  return pairs.map(([cents, contracts]) => ({ price: cents * 100, count: contracts * 100 }))
}

function spellBook(yes: Pairs, no: Pairs): object[] {
  const middle = (pairs: Pairs) => pairs.map(([cents, contracts]) => [(cents / 100).toFixed(3), contracts])
  const today = (pairs: Pairs) => pairs.map(([cents, contracts]) => [(cents / 100).toFixed(4), contracts.toFixed(2)])
  return [
    { yes, no },
    { yes, no, yes_dollars: middle(yes), no_dollars: middle(no) },
    { yes: [], yes_dollars: [], yes_dollars_fp: today(yes), no_dollars_fp: today(no) }
  ]
}

describe('a message spelt in any era decodes to itself', () => {
  const cents = fc.integer({ min: 1, max: 99 })
  const contracts = fc.integer({ min: -1_000_000, max: 1_000_000 })

  test('a delta', () => {
    const deltas = fc.tuple(cents, contracts, fc.constantFrom('yes', 'no')).chain(([price, delta, side]) =>
      fc.record({
        expected: fc.constant({ side, price: price * 100, delta: delta * 100 }),
        fields: fc.tuple(fc.constant({ side }), spellPrice('price', price), spellCount('delta', delta))
      })
    )
    fc.assert(
      fc.property(deltas, ({ expected, fields }) => {
        const message = decodeOne({ type: 'orderbook_delta', msg: Object.assign({ ...market }, ...fields) as object })
        expect(message).toMatchObject({ type: 'orderbook_delta', ...expected })
      })
    )
  })

  test('a ticker', () => {
    const tickers = fc.tuple(cents, cents, cents, contracts).chain(([price, bid, ask, volume]) =>
      fc.record({
        expected: fc.constant({ price: price * 100, yesBid: bid * 100, yesAsk: ask * 100, volume: volume * 100 }),
        fields: fc.tuple(
          spellPrice('price', price),
          spellPrice('yes_bid', bid),
          spellPrice('yes_ask', ask),
          spellCount('volume', volume)
        )
      })
    )
    fc.assert(
      fc.property(tickers, ({ expected, fields }) => {
        const message = decodeOne({ type: 'ticker', msg: Object.assign({ ...market }, ...fields) as object })
        expect(message).toMatchObject({ type: 'ticker', ...expected })
      })
    )
  })

  test('a snapshot', () => {
    const pairs = fc.array(fc.tuple(cents, fc.integer({ min: 1, max: 10 ** 9 })))
    fc.assert(
      fc.property(pairs, pairs, (yes, no) => {
        for (const sides of spellBook(yes, no)) {
          const message = decodeOne({ type: 'orderbook_snapshot', msg: { ...market, ...sides } })
          expect(message).toMatchObject({ type: 'orderbook_snapshot', yes: levelsOf(yes), no: levelsOf(no) })
        }
      })
    )
  })

  test('a fill, with any price, count and fee that today’s spelling can say', () => {
    const amount = fc.integer({ min: -(10 ** 12), max: 10 ** 12 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9_999 }), amount, amount, (yesPrice, count, fee) => {
        const msg = {
          ...market,
          trade_id: 't',
          order_id: 'o',
          is_taker: false,
          yes_price_dollars: formatPrice(priceOf(yesPrice)),
          count_fp: formatCount(countOf(count)),
          fee_cost: formatMoney(moneyOf(priceOf(1), countOf(fee)))
        }
        expect(decodeOne({ type: 'fill', msg })).toMatchObject({ type: 'fill', yesPrice, count, fee })
      })
    )
  })
})
