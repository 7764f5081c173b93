import { describe, expect, it } from 'vitest'
import type { Frame } from '../../src/core/frame.ts'
import { BookWire, NOON, pingFrame, textFrame, tickerFrame } from '../frames.ts'
import type { Audited } from './audited.ts'
import { audited, typesOf } from './audited.ts'

const MARKET = 'KXSKY-26NOV24-SUN'

/** A frame by its two clocks, in seconds; a monotonic clock of zero is none. */
function at(receivedAt: number, monotonic: number, connection = 0): Frame {
  const frame = textFrame(tickerFrame(MARKET, '0.4000', '0.5000'), receivedAt, connection)
  return { ...frame, monotonic: BigInt(Math.round(monotonic * 1e9)) }
}

function opened(seconds: number): Frame {
  return { ...textFrame({ url: 'ws://exchange' }, seconds), kind: 'open' }
}

function closed(seconds: number, code = 1000): Frame {
  return { ...textFrame({ code, reason: 'enough' }, seconds), kind: 'close' }
}

function trade(seq: number, seconds: number, id = `trade-${seq}`): Frame {
  const msg = {
    trade_id: id,
    market_ticker: MARKET,
    yes_price_dollars: '0.4000',
    no_price_dollars: '0.6000',
    count_fp: '1.00',
    taker_side: 'yes',
    ts: 1_795_521_600
  }
  return textFrame({ type: 'trade', sid: 3, seq, msg }, seconds)
}

function book(changes: readonly (readonly [number, string, string])[]): Frame[] {
  const wire = new BookWire(MARKET)
  const frames = [textFrame(wire.snapshot([['0.4000', '10.00']], [['0.5000', '10.00']]), 0)]
  for (const [seconds, price, count] of changes) frames.push(textFrame(wire.delta('yes', price, count), seconds))
  return frames
}

function ticker(seconds: number, bid: string, ask = '0.5000'): Frame {
  return textFrame(tickerFrame(MARKET, bid, ask), seconds)
}

function inOrder(frames: readonly Frame[]): Audited {
  return audited([...frames].sort((a, b) => Number(a.receivedAt - b.receivedAt)))
}

describe('time', () => {
  it('runs back where a monotonic time is smaller than the one before, on the same connection', () => {
    const { findings } = audited([at(1, 1), at(2, 2, 1), at(1.5, 1.5), at(1.4, 1.4)])
    expect(findings).toMatchObject([{ type: 'time_backwards', clock: 'monotonic', frame: 4, connection: 0 }])
    expect((findings[0] as { seconds: number }).seconds).toBeCloseTo(0.1)
  })

  it('runs back where a receive time is smaller and there is no monotonic clock to explain it', () => {
    expect(audited([at(2, 0), at(1, 0)]).faults).toMatchObject([
      { type: 'time_backwards', clock: 'receive', seconds: 1, frame: 2 }
    ])
  })

  it('tells of a wall clock that was set, and of no clock that was read a moment late', () => {
    const forwards = audited([at(1, 1), at(2, 2), at(8, 3), at(9, 4), at(10, 5)])
    expect(forwards.findings).toMatchObject([{ type: 'clock_step', seconds: 5, frame: 4 }])
    const backwards = audited([at(5, 1), at(6, 2), at(4, 3), at(5, 4)])
    expect(backwards.findings).toMatchObject([{ type: 'clock_step', seconds: -3, frame: 3 }])
    expect([...forwards.faults, ...backwards.faults]).toEqual([])
    expect(audited([at(1, 1), at(2, 2.5), at(3, 3), at(4, 4.0015)]).findings).toEqual([])
  })

  it('is not silent while pings come, nor where none were recorded', () => {
    const beating = [opened(0), ...[10, 20, 30, 40].map(seconds => pingFrame(seconds))]
    expect(audited(beating).findings).toEqual([])
    expect(audited([trade(1, 0), trade(2, 100)]).findings).toEqual([])
  })

  it.each([
    ['between two frames', [opened(0), pingFrame(10), pingFrame(36)], 26, 3],
    ['before the connection is closed', [opened(0), pingFrame(10), closed(40)], 30, 3],
    ['from the opening on', [opened(0), pingFrame(31)], 31, 2],
    ['by pings alone, in a segment without the opening', [pingFrame(0), pingFrame(30)], 30, 2],
    ['at the end, while another connection goes on', [opened(0), pingFrame(1), pingFrame(40, 1)], 39, 3]
  ])('is silent %s', (_, frames, seconds, frame) => {
    expect(audited(frames).faults).toMatchObject([{ type: 'silence', seconds, frame, connection: 0 }])
  })

  it('is not silent between a close and the next opening', () => {
    expect(audited([opened(0), closed(1), { ...opened(60), connection: 1 }, pingFrame(65, 1)]).faults).toEqual([])
  })
})

describe('sequence', () => {
  it('counts each sid of each connection, whatever the types', () => {
    const { audit, findings } = audited([
      opened(0),
      trade(1, 1),
      textFrame({ type: 'ok', id: 1, sid: 3, seq: 2, msg: {} }, 2),
      textFrame({ type: 'error', id: 2, sid: 3, seq: 3, msg: { code: 13, msg: 'no' } }, 3),
      trade(4, 4),
      { ...trade(1, 5, 'other'), connection: 1 }
    ])
    expect(typesOf(findings)).toEqual(['server_error'])
    expect(audit.sequences).toBe(2)
  })

  it('names what is missing and what came twice', () => {
    const { faults } = audited([trade(1, 0), trade(5, 1), trade(5, 2), trade(3, 3)])
    expect(faults).toMatchObject([
      { type: 'gap', expected: 2, received: 5, frame: 2, sid: 3, time: NOON + 1_000_000_000n },
      { type: 'duplicate', last: 5, received: 5, frame: 3 },
      { type: 'duplicate', last: 5, received: 3, frame: 4 }
    ])
  })

  it('must begin with 1 where the opening was recorded, and may jump where the capture was cut down', () => {
    const frames = [opened(0), trade(2, 1), trade(9, 2)]
    expect(typesOf(audited(frames).faults)).toEqual(['late_start', 'gap'])
    expect(audited(frames, true).faults).toEqual([])
    expect(audited([trade(2, 1), trade(3, 2)]).faults).toEqual([])
  })
})

describe('content', () => {
  it('that cannot be decoded is a fault in every frame', () => {
    const binary: Frame = { ...textFrame('{}', 2), kind: 'binary' }
    const { faults } = audited([textFrame('{"type":', 0), textFrame({ type: 'ticker', sid: 1, msg: {} }, 1), binary])
    expect(faults).toMatchObject([
      { type: 'malformed', wireType: null, frame: 1 },
      { type: 'malformed', wireType: 'ticker', frame: 2 },
      { type: 'malformed', wireType: null, frame: 3 }
    ])
  })

  it('that nobody knows is told once a type and once a field, as information', () => {
    const strange = { type: 'weather', sid: 9, msg: { sun: true } }
    const plain = tickerFrame(MARKET, '0.4000', '0.5000') as { msg: object }
    const flavoured = { ...plain, msg: { ...plain.msg, flavour: 'mint', colour: 'red' } }
    const { findings, faults, audit } = audited([strange, strange, flavoured, flavoured].map(frame => textFrame(frame)))
    expect(faults).toEqual([])
    expect(findings).toMatchObject([
      { type: 'unknown_type', wireType: 'weather', frame: 1 },
      { type: 'unknown_field', messageType: 'ticker', field: 'msg.flavour', frame: 3 },
      { type: 'unknown_field', messageType: 'ticker', field: 'msg.colour', frame: 3 }
    ])
    expect(audit.irregularities).toMatchObject({ unknown_type: 2, unknown_fields: 2 })
  })

  it('of which changed types are told even where they can be decoded', () => {
    const quoted = tickerFrame(MARKET, '0.4000', '0.5000', '100.00')
    const frames = Array.from({ length: 150 }, (_, second) => textFrame(quoted, second / 100))
    const unquoted = JSON.stringify(quoted).replaceAll('"0.4000"', '0.4')
    const { findings, faults } = audited([...frames, textFrame(unquoted, 2), textFrame(unquoted, 3)])
    expect(faults).toEqual([])
    expect(findings).toMatchObject(
      ['msg.price_dollars', 'msg.yes_bid_dollars'].map(field => ({
        type: 'field_type',
        messageType: 'ticker',
        field,
        before: ['string'],
        now: 'number',
        frame: 151
      }))
    )
  })

  it('may tell a trade twice, and errors, without being wrong', () => {
    const { findings, faults } = audited([trade(1, 0, 'same'), trade(2, 1, 'same'), closed(2, 1006)])
    expect(typesOf(findings)).toEqual(['repeated_trade', 'disconnected'])
    expect(faults).toEqual([])
  })
})

describe('tickers', () => {
  it.each([
    ['at its moment', [ticker(1, '0.4000')]],
    ['before it', [ticker(6.5, '0.4000')]],
    ['after it', [ticker(3.5, '0.4500')]]
  ])('agree with a book that had their prices %s', (_, tickers) => {
    const { audit, findings } = inOrder([...book([[5, '0.4500', '1.00']]), ...tickers, pingFrame(60)])
    expect(findings).toEqual([])
    expect(audit.tickers).toEqual({ compared: 1, agreed: 1 })
  })

  it.each([
    ['bid', ticker(9, '0.4000'), 4000, 4500],
    ['bid', ticker(2, '0.4500'), 4500, 4000],
    ['ask', ticker(9, '0.4500', '0.6000'), 6000, 5000]
  ])('that never agreed near their moment are told, once until one agrees: %s', (side, wrong, price, had) => {
    const frames = [...book([[5, '0.4500', '1.00']]), wrong, ticker(30, '0.9000'), pingFrame(60)]
    const { findings, faults } = inOrder(frames)
    expect(findings).toMatchObject([
      { type: 'ticker_mismatch', side, ticker: price, book: had, time: wrong.receivedAt }
    ])
    expect(faults).toEqual([])
    expect(inOrder([...frames, ticker(20, '0.4500')]).findings).toHaveLength(2)
  })

  it('are held against no book that is stale, and to none when the recording ends in their window', () => {
    expect(audited([ticker(0, '0.1000'), pingFrame(9)]).audit.tickers.compared).toBe(0)
    expect(inOrder([...book([]), ticker(1, '0.1000'), pingFrame(2)]).findings).toEqual([])
    const stale = [...book([]), textFrame({ type: 'unsubscribed', sid: 1, seq: 2 }, 1), ticker(2, '0.1000')]
    expect(inOrder([...stale, pingFrame(9)]).audit.tickers.compared).toBe(0)
  })
})
