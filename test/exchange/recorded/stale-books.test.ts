import { expect, test } from 'vitest'
import { PracticeClient } from '../practice-client.ts'
import { frame, record } from '../../recording/frames.ts'
import { control, serveRecording } from './serve.ts'

const TICKER = 'KXA-26NOV24-T1'
const BOOK = { market_ticker: TICKER, yes_dollars_fp: [['0.4000', '10.00']], no_dollars_fp: [['0.5000', '20.00']] }
const DELTA = { market_ticker: TICKER, price_dollars: '0.4000', delta_fp: '1.00', side: 'yes' }

async function serve(...payloads: readonly object[]): ReturnType<typeof serveRecording> {
  const rows = payloads.map((payload, row) => frame({ at: row, payload: `${JSON.stringify(payload)}\n` }))
  return await serveRecording(await record([rows]), { waitForClients: 0 })
}

async function subscribe(server: { readonly url: string }): Promise<PracticeClient> {
  const client = await PracticeClient.connect(server)
  await client.command('subscribe', { channels: ['orderbook_delta'], market_ticker: TICKER })
  await client.drain()
  return client
}

test('a book that lost frames is not made up; the next snapshot heals it', async () => {
  const server = await serve(
    { type: 'orderbook_snapshot', sid: 5, seq: 1, msg: BOOK },
    { type: 'orderbook_delta', sid: 5, seq: 2, msg: DELTA },
    { type: 'orderbook_delta', sid: 5, seq: 9, msg: DELTA },
    { type: 'orderbook_snapshot', sid: 5, seq: 10, msg: BOOK }
  )
  const snapshotsAt = async (to: string) => {
    await control(server, '/seek', { to })
    const client = await subscribe(server)
    const { status } = await control(server, `/book/${TICKER}`)
    return [client.of(1).length, status]
  }
  await control(server, '/pause')
  expect(await snapshotsAt('+1500ms')).toEqual([1, 200])
  expect(await snapshotsAt('+2500ms')).toEqual([0, 404])
  expect(await snapshotsAt('+3500ms')).toEqual([1, 200])
})

test('a recorded answer to get_snapshot is served as a snapshot that answers nobody', async () => {
  const server = await serve({ id: 17, type: 'orderbook_snapshot', sid: 5, seq: 8, msg: BOOK })
  await control(server, '/pause')
  await control(server, '/seek', { to: '+0s' })
  const client = await subscribe(server)
  await control(server, '/resume')
  const served = await client.until(({ type }) => type === 'orderbook_snapshot')
  expect(served).toEqual({ id: 0, type: 'orderbook_snapshot', sid: 1, seq: 1, msg: BOOK })
})

test.each([
  ['legacy', { yes: [[40, 10]], no: [[50, 20]] }],
  ['dual', { yes: [[40, 10]], yes_dollars: [['0.4000', 10]], yes_dollars_fp: [['0.4000', '10.00']] }],
  ['current', { yes_dollars_fp: [['0.4000', '10.00']] }]
])('the book of a recording of the %s era is told in its encoding', async (_, sides) => {
  const server = await serve({ type: 'orderbook_snapshot', sid: 5, seq: 1, msg: { market_ticker: TICKER, ...sides } })
  await control(server, '/seek', { to: '+1h' })
  const text = (await subscribe(server)).texts.at(-1) ?? ''
  const { msg } = JSON.parse(text) as { msg: object }
  expect(
    Object.keys(msg)
      .filter(key => key.startsWith('yes'))
      .sort()
  ).toEqual(
    Object.keys(sides)
      .filter(key => key.startsWith('yes'))
      .sort()
  )
})
