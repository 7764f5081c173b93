import { describe, expect, test } from 'vitest'
import type { Frame } from '../../src/core/frame.ts'
import { decodeAll, event, received, sent } from './decode.ts'

const subscribe = (id: number, useYesPrice?: boolean, channels = ['orderbook_delta']) =>
  sent({ id, cmd: 'subscribe', params: { channels, market_tickers: ['KXP-1'], use_yes_price: useYesPrice } })
const subscribed = (id: number, sid: number, channel = 'orderbook_delta') =>
  received({ id, type: 'subscribed', msg: { channel, sid } })
const unsubscribe = (id: number, sid: number) => sent({ id, cmd: 'unsubscribe', params: { sids: [sid] } })
const unsubscribed = (id: number, sid: number) => received({ id, sid, seq: 9, type: 'unsubscribed' })
const failed = (fields: object, code: number) => received({ ...fields, type: 'error', msg: { code, msg: 'no' } })

/** A NO delta that says 0.4300 on the wire. */
function delta(sid: number, side = 'no', connection = 0): Frame {
  const msg = { market_ticker: 'KXP-1', price_dollars: '0.4300', delta_fp: '3.00', side }
  return received({ type: 'orderbook_delta', sid, seq: 1, msg }, connection)
}

/** The prices of the deltas among the frames. */
function prices(...frames: readonly Frame[]): number[] {
  return decodeAll(frames).flatMap(message => (message.type === 'orderbook_delta' ? [message.price] : []))
}

const OWN = 4300
const CONVERTED = 5700

test('with use_yes_price, NO prices of deltas and snapshots are put back on the NO leg; YES prices stay', () => {
  const snapshot = received({
    type: 'orderbook_snapshot',
    sid: 1,
    seq: 1,
    msg: {
      market_ticker: 'KXP-1',
      yes_dollars_fp: [['0.4000', '800.00']],
      no_dollars_fp: [
        ['0.4300', '250.00'],
        ['0.4250', '1.00']
      ]
    }
  })
  const messages = decodeAll([subscribe(1, true), subscribed(1, 1), snapshot, delta(1), delta(1, 'yes')])
  expect(messages.slice(2)).toMatchObject([
    {
      yes: [{ price: 4000, count: 80000 }],
      no: [
        { price: 5700, count: 25000 },
        { price: 5750, count: 100 }
      ]
    },
    { side: 'no', price: 5700, delta: 300 },
    { side: 'yes', price: 4300, delta: 300 }
  ])
})

test('without the flag, or without any command, prices are as sent', () => {
  expect(prices(delta(1))).toEqual([OWN])
  expect(prices(subscribe(1), subscribed(1, 1), delta(1))).toEqual([OWN])
  expect(prices(subscribe(1, false), subscribed(1, 1), delta(1))).toEqual([OWN])
  expect(prices(subscribe(1, true, ['ticker']), subscribed(1, 1, 'ticker'), delta(2))).toEqual([OWN])
})

test('data may come before the acknowledgement', () => {
  expect(prices(subscribe(1, true), delta(1), subscribed(1, 1), delta(1))).toEqual([CONVERTED, CONVERTED])
})

test('each connection has its own', () => {
  expect(prices(subscribe(1, true), subscribed(1, 1), delta(1, 'no', 1), delta(1))).toEqual([OWN, CONVERTED])
})

describe('what decides is the command that began the subscription', () => {
  test('a repeat on a live subscription changes nothing', () => {
    const ok = received({ id: 2, sid: 1, seq: 2, type: 'ok', msg: {} })
    expect(prices(subscribe(1, true), subscribed(1, 1), subscribe(2, false), ok, delta(1))).toEqual([CONVERTED])
    expect(prices(subscribe(1, false), subscribe(2, true), subscribed(1, 1), delta(1))).toEqual([OWN])
  })

  test('a refused command does not count', () => {
    expect(prices(subscribe(1, true), failed({ id: 1 }, 14), subscribe(2), subscribed(2, 1), delta(1))).toEqual([OWN])
  })

  test('an error that answers the command refuses it, whatever its code; one that answers nothing does not', () => {
    expect(prices(subscribe(1, true), failed({ id: 1 }, 10), subscribe(2), subscribed(2, 1), delta(1))).toEqual([OWN])
    expect(prices(subscribe(1, true), failed({}, 1), subscribed(1, 1), delta(1))).toEqual([CONVERTED])
  })

  test('an error about another channel of the command does not undo its acknowledgement', () => {
    const both = subscribe(1, true, ['nonsense', 'orderbook_delta'])
    expect(prices(both, failed({ id: 1 }, 8), subscribed(1, 1), delta(1))).toEqual([CONVERTED])
    expect(prices(both, subscribed(1, 1), failed({ id: 1 }, 8), delta(1))).toEqual([CONVERTED])
  })
})

describe('the end of the subscription ends it', () => {
  const begin = [subscribe(1, true), subscribed(1, 1), delta(1)]

  test('by unsubscribing, once the exchange has answered', () => {
    expect(prices(...begin, unsubscribe(2, 1), delta(1), unsubscribed(2, 1), delta(1))).toEqual([
      CONVERTED,
      CONVERTED,
      OWN
    ])
  })

  test('and a subscribe sent meanwhile begins the next one', () => {
    const frames = [unsubscribe(2, 1), subscribe(3, false), delta(1), unsubscribed(2, 1), subscribed(3, 2), delta(2)]
    expect(prices(...begin, ...frames)).toEqual([CONVERTED, CONVERTED, OWN])
  })

  test.each([10, 17, 25])('by the terminal error %i', code => {
    expect(prices(...begin, failed({ sid: 1, seq: 8 }, code), delta(1))).toEqual([CONVERTED, OWN])
  })

  test('but not by another subscription’s end, nor by an error that is not terminal', () => {
    const others = [unsubscribed(2, 5), failed({ sid: 5, seq: 8 }, 25), failed({ sid: 1, seq: 9, id: 4 }, 26)]
    expect(prices(...begin, ...others, delta(1))).toEqual([CONVERTED, CONVERTED])
  })

  test('by the connection’s end or a new beginning', () => {
    expect(prices(...begin, event('close'), delta(1))).toEqual([CONVERTED, OWN])
    expect(prices(...begin, event('open'), delta(1))).toEqual([CONVERTED, OWN])
  })

  test('of early captures too, whose acknowledgement had no msg', () => {
    const early = [subscribe(1, true), received({ id: 1, type: 'subscribed' }), delta(1)]
    expect(prices(...early, received({ sid: 1, type: 'unsubscribed' }), delta(1))).toEqual([CONVERTED, OWN])
  })
})
