import { describe, expect, it } from 'vitest'
import { microseconds, SECOND } from '../../src/core/time.ts'
import { priceFromDollars } from '../../src/core/units.ts'
import { movers } from '../../src/scan/movers.ts'
import { pingFrame, BookWire, textFrame, tickerFrame } from '../frames.ts'
import { scanFrames } from './scan-frames.ts'

const MINUTE = microseconds(60 * SECOND)
const TICKER = 'KXTEST-26NOV24-A'

describe('movers', () => {
  it('emits a move when the mid has changed by the smallest change, measured against a period ago', () => {
    const { signals } = scanFrames(movers({ period: MINUTE, minChange: priceFromDollars('0.02') }), [
      textFrame(tickerFrame(TICKER, '0.4000', '0.4200'), 0),
      textFrame(tickerFrame(TICKER, '0.4100', '0.4200'), 10),
      textFrame(tickerFrame(TICKER, '0.4200', '0.4400', '250.00'), 20)
    ])
    // Mids: 0.4100, 0.4150, 0.4300; only the last is 0.02 from the first.
    expect(signals).toEqual([
      {
        time: '2026-11-24T12:00:20.000000000Z',
        scanner: 'movers',
        market: TICKER,
        kind: 'move',
        values: { from: '0.4100', to: '0.4300', change: '0.0200', bid: '0.4200', ask: '0.4400', volume: '250.00' }
      }
    ])
  })

  it('forgets a price once it is older than the period', () => {
    const { signals } = scanFrames(movers({ period: MINUTE, minChange: priceFromDollars('0.02') }), [
      textFrame(tickerFrame(TICKER, '0.4000', '0.4200'), 0),
      textFrame(tickerFrame(TICKER, '0.4100', '0.4300'), 70),
      textFrame(tickerFrame(TICKER, '0.4200', '0.4400'), 140)
    ])
    // At 140 s the price of 80 s is 0.4200; 0.4300 is but 0.01 from it.
    expect(signals).toEqual([])
  })

  it('emits once per multiple of the smallest change, and again only after the change has fallen back', () => {
    const mids = ['0.4200', '0.4210', '0.4200', '0.4210', '0.4400', '0.4000', '0.4210']
    const frames = mids.map((bid, at) => textFrame(tickerFrame(TICKER, bid, bid), at + 1))
    const first = textFrame(tickerFrame(TICKER, '0.4000', '0.4000'), 0)
    const { signals } = scanFrames(movers({ minChange: priceFromDollars('0.02') }), [first, ...frames])
    expect(signals.map(signal => signal.values['to'])).toEqual(['0.4200', '0.4400', '0.4210'])
  })

  it('says nothing of a market whose book is stale until its next snapshot', () => {
    const wire = new BookWire(TICKER)
    const frames = [textFrame(wire.snapshot([['0.4000', '10.00']], [['0.5800', '10.00']]), 0)]
    wire.lose(1)
    frames.push(textFrame(wire.delta('yes', '0.4900', '5.00'), 1))
    const silent = scanFrames(movers(), frames)
    expect(silent.signals).toEqual([])
    expect(silent.pipeline.tracker.counts.gap).toBe(1)

    frames.push(textFrame(wire.snapshot([['0.5000', '10.00']], [['0.4800', '10.00']]), 2))
    expect(scanFrames(movers(), frames).signals.map(signal => signal.values['change'])).toEqual(['0.1000'])
  })

  it('ranks by change or by volume, equal ones by ticker', () => {
    const frames = [
      textFrame(tickerFrame('KXTEST-B', '0.5000', '0.5000', '7.00'), 0),
      textFrame(tickerFrame('KXTEST-A', '0.5000', '0.5000', '9.00'), 1),
      textFrame(tickerFrame('KXTEST-C', '0.5000', '0.5000', '8.00'), 2),
      textFrame(tickerFrame('KXTEST-C', '0.6000', '0.6000', '8.00'), 3)
    ]
    const rankedBy = (by: 'change' | 'volume') =>
      scanFrames(movers({ by }), frames)
        .pipeline.rank(3)[0]
        ?.table.rows.map(row => row[0])
    expect(rankedBy('change')).toEqual(['KXTEST-C', 'KXTEST-A', 'KXTEST-B'])
    expect(rankedBy('volume')).toEqual(['KXTEST-A', 'KXTEST-C', 'KXTEST-B'])
  })

  it('takes the last trade where a market has no mid', () => {
    const { signals } = scanFrames(movers(), [
      textFrame(tickerFrame(TICKER, '0.4000', '1.0000'), 0),
      textFrame(tickerFrame(TICKER, '0.4300', '1.0000'), 1),
      pingFrame(2)
    ])
    expect(signals.map(signal => [signal.values['from'], signal.values['to'], signal.values['ask']])).toEqual([
      ['0.4000', '0.4300', null]
    ])
  })
})
