import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Frame } from '../../src/core/frame.ts'
import { formatPrice, moneyFromDollars, priceOf, ratioFromText } from '../../src/core/units.ts'
import { USUAL_FEES } from '../../src/market/fees.ts'
import type { ArbitrageOptions } from '../../src/scan/arbitrage.ts'
import { arbitrage } from '../../src/scan/arbitrage.ts'
import { BookWire, textFrame } from '../frames.ts'
import { scanFrames } from './scan-frames.ts'
import { createdFrame, eventFrame, feeFrame, lifecycleFrame, quoteFrame } from './wire.ts'

const EVENT = 'KXTEST-26NOV24'
const [A, B, C] = [`${EVENT}-A`, `${EVENT}-B`, `${EVENT}-C`]
const NOON_SECONDS = 1_795_521_600

/** Frames a second apart; what has a `series` is an answer of REST. */
function frames(...payloads: readonly object[]): Frame[] {
  return payloads.map((payload, second) => ({
    ...textFrame(payload, second),
    kind: 'series' in payload ? 'rest' : 'text'
  }))
}

/** Bids that together are worth more than the dollar that one of them at most will pay. */
const dearBids = [
  quoteFrame(A, ['0.4000', '10.00'], ['0.4200', '10.00']),
  quoteFrame(B, ['0.4000', '10.00'], ['0.4200', '10.00']),
  quoteFrame(C, ['0.3000', '10.00'], ['0.3200', '10.00'])
]
/** Asks that together cost less than the dollar that one of them pays. */
const cheapAsks = [
  quoteFrame(A, ['0.2900', '20.00'], ['0.3000', '20.00']),
  quoteFrame(B, ['0.2900', '20.00'], ['0.3000', '20.00']),
  quoteFrame(C, ['0.3400', '20.00'], ['0.3500', '20.00'])
]

function found(payloads: readonly object[], options: ArbitrageOptions = {}) {
  return scanFrames(arbitrage(options), frames(...payloads)).signals
}

describe('arbitrage of NO', () => {
  it('buys NO of all markets that exclude each other where their bids sum to more than a dollar', () => {
    // NO costs 0.60, 0.60 and 0.70; two of three pay: 20. Fees of 10 at 0.60: 0.168, and −6.168 is rounded to −6.17;
    // of 10 at 0.70: 0.147, and −7.147 is rounded to −7.15.
    expect(found([eventFrame(EVENT, 'MECNET'), ...dearBids])).toEqual([
      {
        time: '2026-11-24T12:00:03.000000000Z',
        scanner: 'arbitrage',
        market: EVENT,
        kind: 'all-no',
        values: {
          count: '10.00',
          cost: '19.000000',
          fees: '0.490000',
          payout: '20.000000',
          profit: '0.510000',
          buy: `${A} no 0.6000, ${B} no 0.6000, ${C} no 0.7000`
        }
      }
    ])
  })

  it('buys no more than all of the markets have, and leaves out what does not pay its own fee', () => {
    const thin = [
      ...dearBids.slice(0, 2),
      quoteFrame(C, ['0.3000', '1.00'], ['0.3200', '10.00']),
      quoteFrame(`${EVENT}-D`, ['0.0001', '5.00'], ['0.3200', '10.00'])
    ]
    // One of each of A, B and C: 1.90 for 2.00; each fee comes to two cents.
    expect(
      found([eventFrame(EVENT, 'MECNET'), ...thin]).map(({ values }) => [values['buy'], values['profit']])
    ).toEqual([[`${A} no 0.6000, ${B} no 0.6000, ${C} no 0.7000`, '0.040000']])
  })

  it('needs to know that the markets exclude each other, and believes the exchange above all', () => {
    const kinds = (collateral: string | null, options: ArbitrageOptions = {}) =>
      found([...(collateral === null ? [] : [eventFrame(EVENT, collateral)]), ...dearBids], options).length
    expect(kinds(null)).toBe(0)
    expect(kinds('')).toBe(0)
    expect(kinds('DIRECNET')).toBe(0)
    expect(kinds(null, { exclusive: new Set([EVENT]) })).toBe(1)
    expect(kinds(null, { exclusive: new Set(['KXTEST']) })).toBe(1)
    expect(kinds('', { exclusive: new Set(['KXTEST']) })).toBe(0)
  })

  it('hears of it later too', () => {
    expect(found([...dearBids, eventFrame(EVENT, 'MECNET')]).map(({ time }) => time)).toEqual([
      '2026-11-24T12:00:03.000000000Z'
    ])
  })

  it('leaves out a market that does not trade, and one that is stale', () => {
    const paused = [
      eventFrame(EVENT, 'MECNET'),
      lifecycleFrame(C, 'deactivated', { is_deactivated: true }),
      ...dearBids
    ]
    expect(found(paused)).toEqual([])
    const unopened = createdFrame(C, NOON_SECONDS + 3600, NOON_SECONDS + 7200)
    expect(found([eventFrame(EVENT, 'MECNET'), unopened, ...dearBids])).toEqual([])

    const wire = new BookWire(C)
    const fresh = [...dearBids.slice(0, 2), wire.snapshot([['0.3000', '10.00']], [])]
    expect(found([eventFrame(EVENT, 'MECNET'), ...fresh])).toHaveLength(1)
    const stale = [wire.snapshot([['0.3000', '10.00']], [])]
    wire.lose(1)
    stale.push(wire.delta('yes', '0.3000', '5.00'))
    expect(found([eventFrame(EVENT, 'MECNET'), ...stale, ...dearBids.slice(0, 2)])).toEqual([])
  })

  it('is told again when it has become more profitable, or has been away', () => {
    const dearer = quoteFrame(C, ['0.3500', '10.00'], ['0.3600', '10.00'])
    const gone = quoteFrame(C, ['0.1000', '10.00'], ['0.3600', '10.00'])
    const [, , again] = dearBids
    const told = found([eventFrame(EVENT, 'MECNET'), ...dearBids, dearer, again ?? {}, gone, again ?? {}]).map(
      ({ time, values }) => [time.slice(17, 19), values['profit']]
    )
    // At 0.35: 10 × 0.15 − 0.17 − 0.17 − 0.16 (0.07 × 10 × 0.65 × 0.35 = 0.15925, −6.6593 is rounded to −6.66).
    expect(told).toEqual([
      ['03', '0.510000'],
      ['04', '1.000000'],
      ['07', '0.510000']
    ])
  })
})

describe('arbitrage of YES', () => {
  const exhaustive = new Map([['KXTEST', 3]])

  it('buys YES of all markets where one is bound to resolve to yes and their asks sum to less than a dollar', () => {
    // 20 at 0.30: 0.294, −6.294 to −6.30; 20 at 0.35: 0.3185, −7.3185 to −7.32.
    expect(found(cheapAsks, { exhaustive }).map(({ kind, values }) => [kind, values])).toEqual([
      [
        'all-yes',
        {
          count: '20.00',
          cost: '19.000000',
          fees: '0.920000',
          payout: '20.000000',
          profit: '0.080000',
          buy: `${A} yes 0.3000, ${B} yes 0.3000, ${C} yes 0.3500`
        }
      ]
    ])
  })

  it('needs to be told that there is no other outcome: that markets exclude each other is not enough', () => {
    expect(found([eventFrame(EVENT, 'MECNET'), ...cheapAsks])).toEqual([])
    expect(found([eventFrame(EVENT, 'MECNET'), ...cheapAsks], { exhaustive: new Map([[EVENT, 3]]) })).toHaveLength(1)
    expect(found([eventFrame(EVENT, ''), ...cheapAsks], { exhaustive })).toEqual([])
  })

  it('needs every market, with a fresh ask, and no more markets than were said', () => {
    expect(found(cheapAsks, { exhaustive: new Map([['KXTEST', 4]]) })).toEqual([])
    expect(found(cheapAsks, { exhaustive: new Map([['KXTEST', 2]]) }).map(({ time }) => time.slice(17, 19))).toEqual([
      '01'
    ])
    const without = [...cheapAsks.slice(0, 2), quoteFrame(C, ['0.3400', '20.00'], ['1.0000', '0.00'])]
    expect(found(without, { exhaustive })).toEqual([])
    const determined = lifecycleFrame(C, 'determined', { result: 'no', determination_ts: NOON_SECONDS })
    expect(found([determined, ...cheapAsks], { exhaustive })).toEqual([])
  })
})

describe('arbitrage within a market', () => {
  it('buys both sides where they are crossed by more than the fees', () => {
    // YES at 0.50: 0.175, −5.175 to −5.18; NO at 0.45: 0.17325, rounded up to 0.1733, −4.6733 to −4.68.
    const crossed = quoteFrame(A, ['0.5500', '10.00'], ['0.5000', '12.00'])
    expect(found([crossed]).map(({ market, kind, values }) => [market, kind, values['buy'], values['profit']])).toEqual(
      [[A, 'yes-and-no', `${A} yes 0.5000, ${A} no 0.4500`, '0.140000']]
    )
    expect(found([quoteFrame(A, ['0.5200', '10.00'], ['0.5000', '12.00'])])).toEqual([])
  })
})

/** Profits of what is found in an exclusive event. */
function profits(payloads: readonly object[], options: ArbitrageOptions = {}) {
  return found([eventFrame(EVENT, 'MECNET'), ...payloads], options).map(({ values }) => values['profit'])
}

describe('the fees of an arbitrage', () => {
  /** Halves of 0.168, 0.168 and 0.147, rounded to whole cents: 0.09, 0.09 and 0.08. */
  const half = { series: { ticker: 'KXTEST', fee_type: 'quadratic', fee_multiplier: 0.5 } }

  it('are those of the event before those of the series', () => {
    expect(profits([half, ...dearBids])).toEqual(['0.740000'])
    expect(profits([half, feeFrame(EVENT, null, 0), ...dearBids])).toEqual(['1.000000'])
    expect(profits([half, feeFrame(EVENT, null, 0), feeFrame(EVENT, null, null), ...dearBids])).toEqual(['0.740000'])
  })

  it('are what was said beforehand before all that the exchange tells', () => {
    const seriesFees = new Map([['KXTEST', { ...USUAL_FEES, multiplier: ratioFromText('0.5') }]])
    expect(profits([feeFrame(EVENT, 'flat', 0), ...dearBids], { seriesFees })).toEqual(['0.740000'])
    expect(profits([{ series: [] }, ...dearBids], { seriesFees })).toEqual(['0.740000'])
  })

  it('are looked at again when REST tells of the series', () => {
    expect(profits([...dearBids, half])).toEqual(['0.510000', '0.740000'])
    expect(profits([...dearBids, half], { minProfit: moneyFromDollars('0.6') })).toEqual(['0.740000'])
  })

  it('are unknown for a flat schedule, and then nothing is told', () => {
    expect(profits([feeFrame(EVENT, 'flat', null), ...dearBids])).toEqual([])
  })

  it('leave at least the smallest profit that was asked for', () => {
    expect(profits(dearBids, { minProfit: moneyFromDollars('0.51') })).toEqual(['0.510000'])
    expect(profits(dearBids, { minProfit: moneyFromDollars('0.52') })).toEqual([])
  })
})

const cents = fc.integer({ min: 1, max: 99 }).map(cents => formatPrice(priceOf(100 * cents)))
const size = fc.integer({ min: 1, max: 3_000 }).map(hundredths => (hundredths / 100).toFixed(2))
const quotes = fc.array(
  fc.record({ ticker: fc.constantFrom(A, B, C, `${EVENT}-D`), bid: cents, ask: cents, bidSize: size, askSize: size }),
  { minLength: 1, maxLength: 25 }
)

/** What is bought, as a signal tells it, in whole cents of a cent. */
function legsOf(buy: unknown): { ticker: string; side: string; ask: number }[] {
  return String(buy)
    .split(', ')
    .map(leg => {
      const [ticker = '', side = '', ask = ''] = leg.split(' ')
      return { ticker, side, ask: Math.round(Number(ask) * 10_000) }
    })
}

describe('an arbitrage', () => {
  it('never loses, whatever the outcome, at the sizes it tells', () => {
    fc.assert(
      fc.property(quotes, quotes => {
        const payloads = quotes.map(({ ticker, bid, ask, bidSize, askSize }) =>
          quoteFrame(ticker, [bid, bidSize], [ask, askSize])
        )
        const exhaustive = new Map([['KXTEST', 4]])
        const { signals, pipeline } = scanFrames(arbitrage({ exhaustive }), frames(...payloads))
        for (const { kind, values } of signals) {
          const legs = legsOf(values['buy'])
          const count = Math.round(Number(values['count']) * 100)
          const paid = legs.reduce((sum, { ask }) => {
            // Exactly as section 15 has it: up to a hundredth of a cent, then what leaves the account up to a cent.
            const fee = Math.ceil((7 * count * ask * (10_000 - ask)) / 1e8 - 1e-9) * 100
            return sum + Math.ceil((count * ask + fee) / 10_000) * 10_000
          }, 0)
          // One of four resolves to yes, or to any of them where both sides of one market are bought.
          const outcomes = kind === 'all-no' ? [A, B, C, `${EVENT}-D`, 'none'] : [A, B, C, `${EVENT}-D`]
          for (const winner of outcomes) {
            const paying = legs.filter(({ ticker, side }) => (ticker === winner) === (side === 'yes')).length
            expect(paying * count * 10_000 - paid).toBeGreaterThanOrEqual(Math.round(Number(values['profit']) * 1e6))
          }
          expect(Number(values['profit'])).toBeGreaterThanOrEqual(0.01)
        }
        const rows = pipeline.rank(100)[0]?.table.rows ?? []
        expect(rows.length).toBe(new Set(signals.map(({ market, kind }) => `${market} ${kind}`)).size)
      })
    )
    expect.hasAssertions()
  })
})

function bidsOf(tickers: readonly string[], bid: string): object[] {
  return tickers.map(ticker => quoteFrame(ticker, [bid, '10.00'], ['0.9900', '10.00']))
}

function ranked(payloads: readonly object[]) {
  const tables = scanFrames(arbitrage(), frames(...payloads)).pipeline.rank(5)
  return tables[0]?.table.rows.map(([subject, kind, , , , , profit, , now]) => [subject, kind, profit, now])
}

describe('the ranking of arbitrages', () => {
  it('has the most profitable first and equal ones by name, whoever came first, and tells which are over', () => {
    const other = 'KXOTHER-26NOV24'
    const same = [A, B, C].map(ticker => ticker.replace(EVENT, other))
    const both = [eventFrame(EVENT, 'MECNET'), eventFrame(other, 'MECNET')]
    const expected = [
      [other, 'all-no', '1.490000', 'open'],
      [EVENT, 'all-no', '1.490000', 'open']
    ]
    expect(ranked([...both, ...bidsOf([A, B, C], '0.4000'), ...bidsOf(same, '0.4000')])).toEqual(expected)
    expect(ranked([...both, ...bidsOf(same, '0.4000'), ...bidsOf([A, B, C], '0.4000')])).toEqual(expected)
    // 13.50 − 10.00 less 3 × 0.18: 0.07 × 10 × 0.55 × 0.45 = 0.17325, −5.6733 to −5.68.
    expect(
      ranked([...both, ...bidsOf(same, '0.4000'), ...bidsOf([A, B, C], '0.4500'), ...bidsOf([A], '0.0100')])
    ).toEqual([
      [EVENT, 'all-no', '2.960000', 'over'],
      [other, 'all-no', '1.490000', 'open']
    ])
  })
})
