import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batchOf } from '../../src/core/frame-batch-builder.ts'
import type { Money } from '../../src/core/units.ts'
import {
  countFromContracts,
  countOf,
  formatMoney,
  moneyFromDollars,
  moneyOf,
  priceFromDollars,
  priceOf,
  ratioFromText
} from '../../src/core/units.ts'
import type { FeeSchedule, Role } from '../../src/market/fees.ts'
import { CENT, CENTI_CENT, feesOf, OrderFees, roundingFee, tradeFee, USUAL_FEES } from '../../src/market/fees.ts'
import { Pipeline } from '../../src/pipeline.ts'
import { textFrame } from '../frames.ts'

function schedule(type: string, multiplier = '1'): FeeSchedule {
  return { type, multiplier: ratioFromText(multiplier) }
}

function feeOf(role: Role, contracts: string, dollars: string, fees: FeeSchedule = USUAL_FEES): string | null {
  const fee = tradeFee(role, priceFromDollars(dollars), countFromContracts(contracts), fees)
  return fee === null ? null : formatMoney(fee)
}

function cost(contracts: string, dollars: string): Money {
  return moneyOf(priceFromDollars(dollars), countFromContracts(contracts))
}

/** What a purchase takes out of the account. */
function negative(money: Money): Money {
  return (0 - money) as Money
}

describe('the fee of a trade', () => {
  it.each([
    // 0.07 × 100 × 0.6 × 0.4 = 1.68, exactly
    ['100', '0.60', '1.680000'],
    // 0.07 × 18 × 0.72 × 0.28 = 0.254016
    ['18', '0.72', '0.254100'],
    // 0.07 × 10 × 0.5 × 0.5 = 0.175
    ['10', '0.50', '0.175000'],
    // 0.07 × 3 × 0.091 × 0.909 = 0.01737099
    ['3', '0.0910', '0.017400'],
    // 0.07 × 0.01 × 0.01 × 0.99 = 0.00000693
    ['0.01', '0.01', '0.000100'],
    ['25', '0', '0.000000'],
    ['25', '1', '0.000000']
  ])('of %s contracts at $%s is $%s for the taker', (contracts, dollars, fee) => {
    expect(feeOf('taker', contracts, dollars)).toBe(fee)
  })

  it('depends for the maker on the type', () => {
    // 0.25 and 0.5 of 0.175
    expect(feeOf('maker', '10', '0.50')).toBe('0.000000')
    expect(feeOf('maker', '10', '0.50', schedule('quadratic_with_maker_fees'))).toBe('0.043800')
    expect(feeOf('maker', '10', '0.50', schedule('quadratic_with_combo_maker_fees'))).toBe('0.087500')
  })

  it('is multiplied, and unknown where the formula is', () => {
    expect(feeOf('taker', '10', '0.50', schedule('quadratic', '0.5'))).toBe('0.087500')
    expect(feeOf('taker', '10', '0.50', schedule('quadratic_with_maker_fees', '2'))).toBe('0.350000')
    expect(feeOf('taker', '10', '0.50', schedule('quadratic', '0'))).toBe('0.000000')
    expect(feeOf('taker', '10', '0.50', schedule('flat'))).toBeNull()
  })

  it('is exact for the largest orders', () => {
    // 0.07 × 100,000,000 × 0.5 × 0.5 = 1,750,000
    expect(feeOf('taker', '100000000', '0.50')).toBe('1750000.000000')
  })
})

describe('the rounding of an account', () => {
  it('agrees with the one fill that was captured: 18 at $0.72 cost a fee of $0.26', () => {
    // −12.96 − 0.2541 = −13.2141, down to −13.22
    const fills = new OrderFees()
    const { trade, rounding, rebate, net } = fills.add(negative(cost('18', '0.72')), moneyFromDollars('0.2541'))
    expect([trade, rounding, rebate, net].map(formatMoney)).toEqual(['0.254100', '0.005900', '0.000000', '0.260000'])
  })

  it('is nothing to a direct member, whose grid is that of the fee', () => {
    expect(roundingFee(negative(cost('18', '0.72')), moneyFromDollars('0.2541'), CENTI_CENT)).toBe(0)
  })

  it('rounds what a sale brings down too', () => {
    // 5 − 0.175 = 4.825, down to 4.82
    expect(formatMoney(roundingFee(cost('10', '0.50'), moneyFromDollars('0.175')))).toBe('0.005000')
  })

  it('takes up what the price itself leaves below a cent', () => {
    // −0.00455 − 0.0003 = −0.00485, down to −0.01
    expect(formatMoney(roundingFee(negative(cost('0.05', '0.0910')), moneyFromDollars('0.0003')))).toBe('0.005150')
  })

  it('gives a cent back when the roundings of an order exceed one', () => {
    const order = new OrderFees()
    const fill = () => order.add(negative(cost('10', '0.50')), moneyFromDollars('0.175'))
    // Roundings of half a cent: 0.005, 0.010 (which does not exceed a cent), 0.015.
    expect([fill(), fill(), fill(), fill()].map(({ net }) => formatMoney(net))).toEqual([
      '0.180000',
      '0.180000',
      '0.170000',
      '0.180000'
    ])
  })

  it('never costs an order more than a cent, nor pays it', () => {
    const fill = fc.record({ price: fc.integer({ min: 1, max: 9_999 }), count: fc.integer({ min: 1, max: 500_000 }) })
    fc.assert(
      fc.property(fc.array(fill, { minLength: 1, maxLength: 30 }), fills => {
        const order = new OrderFees()
        let rounded = 0
        for (const { price, count } of fills) {
          const trade = tradeFee('taker', priceOf(price), countOf(count), USUAL_FEES) ?? (0 as Money)
          const exact = (0.07 * price * count * (10_000 - price)) / 10_000
          expect(trade).toBeGreaterThan(exact - 1e-3)
          expect(trade).toBeLessThan(exact + 100 + 1e-3)
          const { rounding, rebate, net } = order.add(negative(moneyOf(priceOf(price), countOf(count))), trade)
          expect(net).toBe(trade + rounding - rebate)
          expect((moneyOf(priceOf(price), countOf(count)) + trade + rounding) % CENT).toBe(0)
          rounded += rounding - rebate
          expect(rounded).toBeGreaterThanOrEqual(0)
          expect(rounded).toBeLessThanOrEqual(CENT)
        }
      })
    )
    expect.hasAssertions()
  })
})

describe('the fees of an event', () => {
  const event = {
    ticker: 'KXINX-26NOV24',
    seriesTicker: 'KXINX',
    title: null,
    subtitle: null,
    collateralReturnType: null,
    seriesFees: schedule('quadratic_with_maker_fees', '0.5'),
    feeTypeOverride: null,
    feeMultiplierOverride: null
  }

  it('are those of its series', () => {
    expect(feesOf(event)).toEqual(schedule('quadratic_with_maker_fees', '0.5'))
  })

  it('are its own where it overrides them, each for itself', () => {
    expect(feesOf({ ...event, feeMultiplierOverride: '0.25' })).toEqual(schedule('quadratic_with_maker_fees', '0.25'))
    expect(feesOf({ ...event, feeTypeOverride: 'flat' })).toEqual(schedule('flat', '0.5'))
  })

  it('are what is known better of its series, whatever it overrides', () => {
    const known = new Map([['KXINX', schedule('quadratic', '2')]])
    expect(feesOf({ ...event, feeTypeOverride: 'flat', feeMultiplierOverride: '0.25' }, known)).toEqual(
      schedule('quadratic', '2')
    )
    expect(feesOf({ ...event, seriesTicker: 'KXRATE' }, known)).toEqual(event.seriesFees)
  })

  it('are unknown where a multiplier cannot be read that holds', () => {
    expect(feesOf({ ...event, feeMultiplierOverride: '0.1234567' })).toBeNull()
    expect(feesOf({ ...event, feeMultiplierOverride: '-1' })).toBeNull()
    expect(feesOf({ ...event, seriesFees: null })).toBeNull()
    expect(feesOf({ ...event, seriesFees: null, feeTypeOverride: 'flat', feeMultiplierOverride: '1' })).toEqual(
      schedule('flat', '1')
    )
  })
})

describe('the fees of a series', () => {
  const EVENT = 'KXINX-26NOV24'

  /** What ten contracts at $0.50 cost who takes them, after these answers of REST. */
  async function told(...bodies: readonly object[]): Promise<{ readonly fee: string | null; readonly faults: number }> {
    const pipeline = new Pipeline({ scanners: [], sinks: [] })
    const listing = { markets: [{ ticker: `${EVENT}-T1`, event_ticker: EVENT, status: 'active' }], cursor: '' }
    const frames = [listing, ...bodies].map((body, second) => ({ ...textFrame(body, second), kind: 'rest' as const }))
    await pipeline.accept(batchOf(frames))
    const event = pipeline.tracker.event(EVENT)
    const fees = event === undefined ? null : feesOf(event)
    return { fee: fees && feeOf('taker', '10', '0.50', fees), faults: pipeline.tracker.counts.malformed }
  }

  it.each([
    // 0.07 × 10 × 0.5 × 0.5 = 0.175, times the multiplier
    ['0.5', 0.5, '0.087500'],
    ['2, as text', '2', '0.350000'],
    // 0.175 × 1.333333 = 0.233333275
    ['1.333333', 1.333333, '0.233400'],
    ['0', 0, '0.000000'],
    ['null', null, '0.175000']
  ])('are told by REST with the multiplier %s', async (_, multiplier, fee) => {
    const series = { ticker: 'KXINX', title: 'S&P 500', fee_type: 'quadratic', fee_multiplier: multiplier, tags: null }
    expect(await told({ series })).toEqual({ fee, faults: 0 })
    expect(await told({ series: [{ ...series, ticker: 'KXOTHER' }, series] })).toEqual({ fee, faults: 0 })
  })

  it('are the usual ones until REST has told, and the latest that it has told', async () => {
    const series = { ticker: 'KXINX', fee_type: 'quadratic', fee_multiplier: 0.5 }
    expect(await told()).toEqual({ fee: '0.175000', faults: 0 })
    expect(await told({ series: null })).toEqual({ fee: '0.175000', faults: 0 })
    expect(await told({ series }, { series: { ...series, fee_multiplier: 2 } })).toEqual({ fee: '0.350000', faults: 0 })
  })

  it('are unknown where the type has no formula or the multiplier is finer than can be held', async () => {
    const series = { ticker: 'KXINX', fee_type: 'flat', fee_multiplier: 1 }
    expect(await told({ series })).toEqual({ fee: null, faults: 0 })
    expect(await told({ series: { ...series, fee_type: 'quadratic', fee_multiplier: 1e-9 } })).toMatchObject({
      fee: null
    })
  })

  it.each([
    ['type', { ticker: 'KXINX', fee_type: 7, fee_multiplier: 0.5 }],
    ['multiplier', { ticker: 'KXINX', fee_type: 'quadratic', fee_multiplier: { taker: 0.5 } }],
    ['ticker', { fee_type: 'quadratic', fee_multiplier: 0.5 }]
  ])('are not taken from a body with another kind of %s', async (_, series) => {
    expect(await told({ series })).toEqual({ fee: '0.175000', faults: 1 })
    expect(await told({ series: [series] })).toEqual({ fee: '0.175000', faults: 1 })
  })
})
