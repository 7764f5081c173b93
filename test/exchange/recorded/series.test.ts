import { expect, test } from 'vitest'
import { frame, record } from '../../recording/frames.ts'
import { control, serveRecording } from './serve.ts'

const MARKETS = ['KXA-26NOV24-T1', 'KXB-26NOV24-T1'].map(ticker => ({ ticker, status: 'active' }))

test('series are told with the fees that the recording holds, and without where it holds none', async () => {
  const bodies = [
    { markets: MARKETS, cursor: '' },
    { series: [{ ticker: 'KXA', fee_type: 'quadratic_with_maker_fees', fee_multiplier: 0.25 }, { ticker: 'KXFAR' }] }
  ]
  const rows = bodies.map((body, at) => frame({ at, kind: 'rest', payload: JSON.stringify(body) }))
  const server = await serveRecording(await record([rows]), { waitForClients: 0 })
  await control(server, '/seek', { to: '+1h' })
  const response = await fetch(`http://127.0.0.1:${server.port}/trade-api/v2/series`)
  const { series } = (await response.json()) as { readonly series: readonly Readonly<Record<string, unknown>>[] }
  expect(series.map(one => [one['ticker'], one['fee_type'], one['fee_multiplier']])).toEqual([
    ['KXA', 'quadratic_with_maker_fees', 0.25],
    ['KXB', undefined, undefined]
  ])
})
