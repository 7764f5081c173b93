import { describe, expect, it } from 'vitest'
import { newMarkets } from '../../src/scan/new-markets.ts'
import { pingFrame, textFrame, tickerFrame } from '../frames.ts'
import { scanFrames } from './scan-frames.ts'
import { createdFrame, lifecycleFrame } from './wire.ts'

const TICKER = 'KXTEST-26NOV24-A'
const NOON_SECONDS = 1_795_521_600

function created(ticker: string, opensAfter: number, closesAfter = 3_600): object {
  return createdFrame(ticker, NOON_SECONDS + opensAfter, NOON_SECONDS + closesAfter)
}

describe('new markets', () => {
  it('tells of one that is created, and when it opens, which no frame says', () => {
    const { signals } = scanFrames(newMarkets(), [
      textFrame(created(TICKER, 30), 0),
      pingFrame(10),
      pingFrame(29.9),
      pingFrame(34)
    ])
    const values = {
      event: 'KXTEST-26NOV24',
      title: `Will ${TICKER} be?`,
      opens: '2026-11-24T12:00:30.000000000Z',
      closes: '2026-11-24T13:00:00.000000000Z'
    }
    const signal = { scanner: 'new-markets', market: TICKER }
    expect(signals).toEqual([
      { ...signal, time: '2026-11-24T12:00:00.000000000Z', kind: 'created', values: { ...values, secondsToOpen: 30 } },
      { ...signal, time: '2026-11-24T12:00:34.000000000Z', kind: 'opened', values: { ...values, secondsToOpen: 0 } }
    ])
  })

  it.each([
    ['is open already', [created(TICKER, -5)], ['created 00', 'opened 00']],
    ['is told of twice', [created(TICKER, -5), created(TICKER, -5)], ['created 00', 'opened 00']],
    [
      'is paused when it is to open',
      [
        created(TICKER, 2),
        lifecycleFrame(TICKER, 'deactivated', { is_deactivated: true }),
        {},
        {},
        lifecycleFrame(TICKER, 'activated', { is_deactivated: false })
      ],
      ['created 00', 'opened 04']
    ],
    ['has closed before a frame came', [created(TICKER, 1, 2), {}, {}, {}], ['created 00', 'opened 01']],
    ['was there before', [tickerFrame(TICKER, '0.4000', '0.5000'), lifecycleFrame(TICKER, 'activated')], []]
  ])('knows a market that %s', (_, payloads, expected) => {
    const frames = payloads.map((payload, at) => ('type' in payload ? textFrame(payload, at) : pingFrame(at)))
    const { signals } = scanFrames(newMarkets(), frames)
    expect(signals.map(({ kind, time }) => `${kind} ${time.slice(17, 19)}`)).toEqual(expected)
  })

  it('passes over the opening of a market that is over when the next frame comes', () => {
    const { signals } = scanFrames(newMarkets(), [textFrame(created(TICKER, 10, 20), 0), pingFrame(30)])
    expect(signals.map(({ kind }) => kind)).toEqual(['created'])
  })

  it('shows the latest first', () => {
    const frames = ['KXB-1-A', 'KXA-1-A', 'KXC-1-A'].map((ticker, at) => textFrame(created(ticker, 2), at))
    const rows = scanFrames(newMarkets(), frames).pipeline.rank(2)[0]?.table.rows
    expect(rows?.map(row => row.slice(0, 4))).toEqual([
      ['KXC-1-A', 'active', '2026-11-24T12:00:02', '2026-11-24T12:00:02'],
      ['KXA-1-A', 'active', '2026-11-24T12:00:01', '2026-11-24T12:00:02']
    ])
  })
})
