import { expect, test } from 'vitest'
import type { Frame } from '../../../src/core/frame.ts'
import { batchOf } from '../../../src/core/frame-batch-builder.ts'
import { Router } from '../../../src/exchange/recorded/router.ts'
import { frame } from '../../recording/frames.ts'

function snapshot(numbers: object, ticker = 'KXA-1'): object {
  return { type: 'orderbook_snapshot', ...numbers, msg: { market_ticker: ticker } }
}

function delta(numbers: object, ticker = 'KXA-1'): object {
  return { type: 'orderbook_delta', ...numbers, msg: { market_ticker: ticker, side: 'yes' } }
}

function route(frames: readonly Frame[], isFiltered = false): { router: Router; served: (string | undefined)[] } {
  const router = new Router(() => isFiltered)
  const batch = batchOf(frames)
  const served = frames.map((_, row) => {
    const publication = router.route(batch, row)
    return publication && `${publication.channel} ${publication.subject ?? '-'}`
  })
  return { router, served }
}

/** Received frames of the exchange, unless they say otherwise. */
function frames(...payloads: readonly (object | string)[]): Frame[] {
  return payloads.map(payload => frame({ payload: typeof payload === 'string' ? payload : JSON.stringify(payload) }))
}

test('data go to the channel of their type, events and unknown types to that of their sid', () => {
  const { served } = route(
    frames(
      { id: 1, type: 'subscribed', msg: { channel: 'multivariate_market_lifecycle', sid: 4 } },
      { type: 'ticker', sid: 2, msg: { market_ticker: 'KXA-1' } },
      { type: 'market_position', sid: 3, msg: { market_ticker: 'KXA-1' } },
      { type: 'event_lifecycle', sid: 4, seq: 1, msg: { event_ticker: 'KXMVE' } },
      { type: 'event_lifecycle', sid: 5, seq: 1, msg: { event_ticker: 'KXA' } },
      { type: 'some_future_type', sid: 4, seq: 2, msg: {} },
      { type: 'some_future_type', sid: 6, seq: 1, msg: {} },
      { type: 'ticker_v2', sid: 7, msg: { market_ticker: 'KXA-1' } },
      { type: 'user_order', sid: 8, msg: { ticker: 'KXB-1' } }
    )
  )
  expect(served).toEqual([
    undefined,
    'ticker KXA-1',
    'market_positions KXA-1',
    'multivariate_market_lifecycle -',
    'market_lifecycle_v2 -',
    'multivariate_market_lifecycle -',
    undefined,
    undefined,
    'user_orders KXB-1'
  ])
})

test('replies, errors, commands and connection events are for the recorder alone', () => {
  const rows = frames(
    { id: 1, type: 'ok', sid: 1, seq: 1, msg: {} },
    { type: 'error', sid: 1, seq: 2, msg: { code: 25, msg: '' } },
    { id: 2, type: 'unsubscribed', sid: 1, seq: 3 },
    { id: 3, type: 'cfbenchmarks_value_indexlist', sid: 2, seq: 1, msg: { index_ids: [] } },
    'no frame'
  )
  const others = [
    frame({ kind: 'ping', payload: 'heartbeat' }),
    frame({ kind: 'open' }),
    frame({ kind: 'binary', payload: '{"type":"ticker"}' }),
    frame({ direction: 'sent', payload: '{"id":1,"cmd":"list_subscriptions"}' })
  ]
  const { router, served } = route([...rows, ...others])
  expect(served).toEqual([...rows, ...others].map(() => undefined))
  expect(router.counts).toEqual({ gaps: 0, duplicates: 0, foreign: 0, unreadable: 1 })
})

test('a gap is counted and what follows it is served; what repeats a seq is not', () => {
  const { router, served } = route(
    frames(
      snapshot({ sid: 1, seq: 1 }),
      delta({ sid: 1, seq: 2 }),
      delta({ sid: 1, seq: 2 }),
      delta({ sid: 1, seq: 5 }),
      snapshot({ sid: 1, seq: 6 })
    )
  )
  expect(served.map(row => row !== undefined)).toEqual([true, true, false, true, true])
  expect(router.counts).toMatchObject({ gaps: 1, duplicates: 1 })
})

test('where a capture was cut down to some markets, a jump is no gap', () => {
  const { router } = route(frames(snapshot({ sid: 1, seq: 1 }), delta({ sid: 1, seq: 9 })), true)
  expect(router.counts.gaps).toBe(0)
})

/** A frame of a second recorder. */
function other(payload: object): Frame {
  return frame({ connection: 1 << 20, payload: JSON.stringify(payload) })
}

test('where recorders overlap, the last snapshot says who tells the book', () => {
  const { router, served } = route([
    ...frames(snapshot({ sid: 1, seq: 1 })),
    other(snapshot({ sid: 1, seq: 1 })),
    ...frames(delta({ sid: 1, seq: 2 })),
    other(delta({ sid: 1, seq: 2 })),
    ...frames(delta({ sid: 1, seq: 3 }, 'KXB-1'))
  ])
  expect(served.map(row => row !== undefined)).toEqual([true, true, false, true, true])
  expect(router.counts.foreign).toBe(1)
})
