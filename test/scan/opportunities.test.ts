import { describe, expect, it } from 'vitest'
import { countFromContracts, priceFromDollars } from '../../src/core/units.ts'
import { opportunities } from '../../src/scan/opportunities.ts'
import { pingFrame, textFrame, tickerFrame } from '../frames.ts'
import { scanFrames } from './scan-frames.ts'

const TICKER = 'KXTEST-26NOV24-A'
const NOON_SECONDS = 1_795_521_600

function created(closeAfterSeconds: number): object {
  return {
    type: 'market_lifecycle_v2',
    sid: 3,
    seq: 1,
    msg: {
      market_ticker: TICKER,
      event_type: 'created',
      open_ts: NOON_SECONDS - 60,
      close_ts: NOON_SECONDS + closeAfterSeconds,
      additional_metadata: {
        name: 'Test',
        title: 'Test',
        yes_sub_title: 'yes',
        no_sub_title: 'no',
        rules_primary: 'rule',
        rules_secondary: '',
        can_close_early: false,
        event_ticker: 'KXTEST-26NOV24',
        expected_expiration_ts: NOON_SECONDS + closeAfterSeconds
      }
    }
  }
}

describe('opportunities', () => {
  it('emits a close race when a market enters it, not while it stays, and again after it has left', () => {
    const bids = ['0.4000', '0.4900', '0.5000', '0.6000', '0.4800']
    const frames = bids.map((bid, at) => textFrame(tickerFrame(TICKER, bid, bid), at))
    const { signals } = scanFrames(opportunities({ filters: ['close-race'] }), frames)
    expect(signals.map(signal => [signal.kind, signal.values['bid']])).toEqual([
      ['close-race', '0.4900'],
      ['close-race', '0.4800']
    ])
  })

  it('finds a wide spread of ten cents, unless it is wider than allowed', () => {
    const frames = [
      textFrame(tickerFrame(TICKER, '0.2000', '0.3000'), 0),
      textFrame(tickerFrame('KXTEST-B', '0.2000', '0.5000'), 1)
    ]
    const found = (maxSpread?: string) =>
      scanFrames(
        opportunities({
          filters: ['wide-spread'],
          ...(maxSpread === undefined ? {} : { maxSpread: priceFromDollars(maxSpread) })
        }),
        frames
      ).signals.map(signal => [signal.market, signal.values['spread']])
    expect(found()).toEqual([
      [TICKER, '0.1000'],
      ['KXTEST-B', '0.3000']
    ])
    expect(found('0.15')).toEqual([[TICKER, '0.1000']])
  })

  it('takes 10,000 contracts for a high volume unless told otherwise', () => {
    const frames = [
      textFrame(tickerFrame('KXTEST-B', '0.2000', '0.2100', '9999.99'), 0),
      textFrame(tickerFrame(TICKER, '0.2000', '0.2100', '10000.00'), 1)
    ]
    const markets = (options: Parameters<typeof opportunities>[0]) =>
      scanFrames(opportunities({ filters: ['high-volume'], ...options }), frames).signals.map(signal => signal.market)
    expect(markets({})).toEqual([TICKER])
    expect(markets({ minVolume: countFromContracts('500') })).toEqual(['KXTEST-B', TICKER])
  })

  it('sees a market come within an hour of its close in silence, by the time of pings', () => {
    const { signals } = scanFrames(opportunities({ filters: ['expiring-soon'] }), [
      textFrame(created(3_600 + 25), 0),
      textFrame(tickerFrame(TICKER, '0.2000', '0.2100'), 1),
      pingFrame(10),
      pingFrame(20),
      pingFrame(30),
      pingFrame(40)
    ])
    expect(signals.map(signal => [signal.time, signal.values['secondsToClose']])).toEqual([
      ['2026-11-24T12:00:30.000000000Z', 3_595]
    ])
  })

  it('leaves out a market that has closed', () => {
    const { signals } = scanFrames(opportunities({ filters: ['close-race'] }), [
      textFrame(created(5), 0),
      textFrame(tickerFrame(TICKER, '0.5000', '0.5100'), 6)
    ])
    expect(signals).toEqual([])
  })
})
