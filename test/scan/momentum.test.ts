import { describe, expect, it } from 'vitest'
import { microseconds, SECOND } from '../../src/core/time.ts'
import { countFromContracts } from '../../src/core/units.ts'
import { momentum } from '../../src/scan/momentum.ts'
import { BookWire, textFrame, tickerFrame } from '../frames.ts'
import { scanFrames } from './scan-frames.ts'
import { quoteFrame, tradeFrame } from './wire.ts'

const TICKER = 'KXTEST-26NOV24-A'

/** A book with 150 contracts of NO bids within $0.05 of the best, and 400 of YES bids. */
function book(wire = new BookWire(TICKER)): object {
  const yes = [
    ['0.4000', '250.00'],
    ['0.3800', '150.00'],
    ['0.3400', '900.00']
  ] as const
  const no = [
    ['0.5500', '100.00'],
    ['0.5000', '50.00'],
    ['0.4900', '900.00']
  ] as const
  return wire.snapshot(yes, no)
}

describe('momentum', () => {
  it('tells of takers who have bought as much as still rests against them', () => {
    const { signals } = scanFrames(momentum(), [
      textFrame(book(), 0),
      textFrame(tradeFrame(TICKER, 'yes', '100.00'), 1),
      textFrame(tradeFrame(TICKER, 'no', '10.00'), 2),
      textFrame(tradeFrame(TICKER, 'yes', '80.00'), 3)
    ])
    // 180 − 10 = 170 of YES against 150: 113 hundredths.
    expect(signals).toEqual([
      {
        time: '2026-11-24T12:00:03.000000000Z',
        scanner: 'momentum',
        market: TICKER,
        kind: 'buying-yes',
        values: {
          flow: '170.00',
          boughtYes: '180.00',
          boughtNo: '10.00',
          resting: '150.00',
          pressure: 1.13,
          bid: '0.4000',
          ask: '0.4500'
        }
      }
    ])
  })

  it('measures who buys NO against the bids of YES', () => {
    const { signals } = scanFrames(momentum({ minPressure: 50 }), [
      textFrame(book(), 0),
      textFrame(tradeFrame(TICKER, 'no', '199.99'), 1),
      textFrame(tradeFrame(TICKER, 'no', '0.01'), 2)
    ])
    expect(
      signals.map(({ time, kind, values }) => [time.slice(17, 19), kind, values['resting'], values['pressure']])
    ).toEqual([['02', 'buying-no', '400.00', 0.5]])
  })

  it('takes the size of the ticker where there is no book, and an empty side for no resistance', () => {
    const told = (ticker: object) =>
      scanFrames(momentum({ minFlow: countFromContracts('5') }), [
        textFrame(ticker, 0),
        textFrame(tradeFrame(TICKER, 'yes', '6.00'), 1)
      ]).signals.map(({ values }) => [values['resting'], values['pressure']])
    expect(told(quoteFrame(TICKER, ['0.4000', '10.00'], ['0.4500', '4.00']))).toEqual([['4.00', 1.5]])
    expect(told(quoteFrame(TICKER, ['0.4000', '10.00'], ['0.4500', '7.00']))).toEqual([])
    expect(told(quoteFrame(TICKER, ['0.4000', '10.00'], ['1.0000', '0.00']))).toEqual([['0.00', null]])
  })

  it('forgets trades that are older than the period', () => {
    const { signals } = scanFrames(momentum({ period: microseconds(60 * SECOND) }), [
      textFrame(book(), 0),
      textFrame(tradeFrame(TICKER, 'yes', '100.00'), 1),
      textFrame(tradeFrame(TICKER, 'yes', '149.00'), 70)
    ])
    expect(signals).toEqual([])
  })

  it('tells once, and again only after the pressure has been below half', () => {
    const trades = [
      [1, '160.00'],
      [2, '200.00'],
      // A minute later nothing is left of these; before the third, the pressure is 0.
      [80, '170.00'],
      // 170 + 10 of 150 is still above half.
      [90, '10.00']
    ] as const
    const frames = trades.map(([at, count]) => textFrame(tradeFrame(TICKER, 'yes', count), at))
    const { signals } = scanFrames(momentum(), [textFrame(book(), 0), ...frames])
    expect(signals.map(({ time }) => time.slice(14, 19))).toEqual(['00:01', '01:20'])
  })

  it('counts a trade once, and one off the book not at all', () => {
    const trade = tradeFrame(TICKER, 'yes', '90.00')
    const { signals } = scanFrames(momentum(), [
      textFrame(book(), 0),
      textFrame(trade, 1),
      textFrame(trade, 2),
      textFrame(tradeFrame(TICKER, 'yes', '500.00', { is_block_trade: true }), 3),
      textFrame(tradeFrame(TICKER, 'yes', '59.00'), 4),
      textFrame(tradeFrame(TICKER, 'yes', '1.00'), 5)
    ])
    expect(signals.map(({ time, values }) => [time.slice(17, 19), values['flow']])).toEqual([['05', '150.00']])
  })

  it('says nothing while the book is stale, or where nothing is known but trades', () => {
    const wire = new BookWire(TICKER)
    const frames = [textFrame(book(wire), 0)]
    wire.lose(1)
    frames.push(textFrame(wire.delta('yes', '0.4000', '1.00'), 1), textFrame(tradeFrame(TICKER, 'yes', '900.00'), 2))
    expect(scanFrames(momentum(), frames).signals).toEqual([])
    expect(scanFrames(momentum(), [textFrame(tradeFrame(TICKER, 'yes', '900.00'), 0)]).signals).toEqual([])
  })

  it('ranks by pressure, then by flow, equal ones by ticker', () => {
    const markets = ['KXTEST-B', 'KXTEST-A', 'KXTEST-C', 'KXTEST-D']
    const tickers = markets.map((ticker, at) => textFrame(tickerFrame(ticker, '0.4000', '0.5000'), at))
    const trades = [
      tradeFrame('KXTEST-B', 'yes', '5.00'),
      tradeFrame('KXTEST-A', 'no', '5.00'),
      tradeFrame('KXTEST-C', 'yes', '7.00')
    ].map((trade, at) => textFrame(trade, 5 + at))
    const rows = scanFrames(momentum(), [...tickers, ...trades]).pipeline.rank(4)[0]?.table.rows
    expect(rows?.map(([market, kind, flow, , , , pressure]) => [market, kind, flow, pressure])).toEqual([
      ['KXTEST-C', 'buying-yes', '7.00', '0.7'],
      ['KXTEST-A', 'buying-no', '5.00', '0.5'],
      ['KXTEST-B', 'buying-yes', '5.00', '0.5']
    ])
  })
})
