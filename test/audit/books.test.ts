import * as fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { Finding } from '../../src/audit/finding.ts'
import type { Span } from '../../src/audit/spans.ts'
import type { Frame } from '../../src/core/frame.ts'
import { BookWire, NOON, textFrame } from '../frames.ts'
import { audited, typesOf } from './audited.ts'
import type { PracticeOptions } from './practice-frames.ts'
import { indexOf, practiceFrames, rewritten, wireOf } from './practice-frames.ts'

const MARKET = 'KXSKY-26NOV24-SUN'
const YES = [['0.4000', '10.00']] as const
const NO = [['0.5000', '20.00']] as const

/** `state from-to`, in seconds after noon. */
function told(spans: readonly Span[]): string[] {
  const seconds = (time: bigint) => Number(time - NOON) / 1e9
  return spans.map(({ state, from, to }) => `${state} ${seconds(from)}-${seconds(to)}`)
}

function closed(seconds: number, code: number, connection = 0): Frame {
  return { ...textFrame({ code, reason: '' }, seconds, connection), kind: 'close' }
}

function opened(seconds: number, connection = 0): Frame {
  return { ...textFrame({ url: 'ws://exchange' }, seconds, connection), kind: 'open' }
}

function sent(command: object, seconds: number): Frame {
  return { ...textFrame(command, seconds), direction: 'sent' }
}

describe('a clean recording', () => {
  const options: fc.Arbitrary<PracticeOptions> = fc.record({
    seed: fc.nat(),
    markets: fc.integer({ min: 1, max: 8 }),
    steps: fc.integer({ min: 1, max: 250 }),
    snapshotsEvery: fc.integer({ min: 20, max: 200 }),
    // In short rounds markets are paused, close, are emptied and settle, and new ones are announced.
    roundLength: fc.constantFrom(150, 1e9),
    era: fc.constantFrom('legacy', 'dual', 'current'),
    useYesPrice: fc.boolean(),
    secondsApart: fc.constantFrom(0.001, 0.05, 1)
  })

  test('of any synthetic exchange raises no fault, and every snapshot agrees or empties the book', () => {
    fc.assert(
      fc.property(options, options => {
        const { faults, audit } = audited(practiceFrames(options))
        const { compared, agreed, cleared } = audit.snapshots
        expect(faults).toEqual([])
        expect(agreed + cleared).toBe(compared)
        expect(compared).toBeGreaterThan(0)
        expect(audit.tickers.agreed).toBe(audit.tickers.compared)
      }),
      { numRuns: 15 }
    )
  })

  it('is verified from its first snapshots to its last ones', () => {
    const frames = practiceFrames({ steps: 150, snapshotsEvery: 40 })
    const { audit, spans, findings } = audited(frames)
    expect(findings).toEqual([])
    const timesOf = (ticker: string) =>
      frames
        .filter(frame => wireOf(frame).type === 'orderbook_snapshot' && wireOf(frame).msg?.market_ticker === ticker)
        .map(frame => frame.receivedAt)
    const verified = spans.filter(span => span.state === 'verified')
    expect(verified).toHaveLength(4)
    for (const { market, from, to } of verified) {
      expect({ from, to }).toEqual({ from: timesOf(market)[0], to: timesOf(market).at(-1) })
    }
    expect(audit.spans).toMatchObject({ markets: 4, marketsVerified: 4, marketsLost: 0, seconds: { lost: 0 } })
  })
})

describe('damage of a clean recording', () => {
  const frames = practiceFrames({ seed: 5, steps: 120, snapshotsEvery: 50, markets: 3 })
  const deltas = [...frames.keys()].filter(at => frames[at] && wireOf(frames[at]).type === 'orderbook_delta')
  const delta = fc.constantFrom(...deltas)

  test('any removed delta is a gap, named with its place, and its books are lost until their next snapshots', () => {
    fc.assert(
      fc.property(delta, at => {
        const { faults, spans } = audited(frames.toSpliced(at, 1))
        const { sid, seq = 0 } = frames[at] ? wireOf(frames[at]) : {}
        expect(faults[0]).toMatchObject({
          type: 'gap',
          sid,
          expected: seq,
          received: seq + 1,
          frame: expect.any(Number)
        })
        expect(typesOf(faults)).not.toContain('book_mismatch')
        expect(new Set(spans.filter(span => span.state === 'lost').map(span => span.market)).size).toBe(3)
      }),
      { numRuns: 30 }
    )
  })

  test('any repeated delta is a duplicate, and harms no book', () => {
    fc.assert(
      fc.property(delta, at => {
        const { faults, spans } = audited(frames.toSpliced(at, 0, ...frames.slice(at, at + 1)))
        const { sid, seq } = frames[at] ? wireOf(frames[at]) : {}
        expect(faults).toMatchObject([{ type: 'duplicate', sid, last: seq, received: seq, frame: at + 2 }])
        expect(spans.some(span => span.state === 'lost')).toBe(false)
      }),
      { numRuns: 30 }
    )
  })

  test('any delta of another size is found at the next snapshot of its market, to the level', () => {
    fc.assert(
      fc.property(delta, at => {
        const { market_ticker, side, price_dollars, delta_fp } = (frames[at] ? wireOf(frames[at]).msg : undefined) ?? {}
        const more = (Number(delta_fp) + 1).toFixed(2)
        const changed = frames.with(
          at,
          rewritten(frames[at] as Frame, text => text.replace(String(delta_fp), more))
        )
        const { faults, spans } = audited(changed)
        const next = frames.findIndex(
          (frame, index) =>
            index > at &&
            wireOf(frame).type === 'orderbook_snapshot' &&
            wireOf(frame).msg?.market_ticker === market_ticker
        )
        // One contract too many may also have crossed the book on the way: an ask that is gone was kept in it.
        const mismatch = faults.find(fault => fault.type === 'book_mismatch') as Extract<
          Finding,
          { type: 'book_mismatch' }
        >
        expect(mismatch).toMatchObject({ market: market_ticker, frame: next + 1, side, levels: 1 })
        expect(mismatch.price).toBe(Math.round(Number(price_dollars) * 10_000))
        expect(mismatch.book - mismatch.snapshot).toBe(100)
        expect(mismatch.since).toBeLessThanOrEqual(at)
        expect(spans.some(({ market, state }) => market === market_ticker && state === 'unverified')).toBe(true)
      }),
      { numRuns: 30 }
    )
  })

  it('tells of changes without a snapshot, once a market', () => {
    const first = indexOf(frames, 'orderbook_snapshot')
    const ticker = String(wireOf(frames[first] as Frame).msg?.market_ticker)
    const { faults, spans } = audited(frames.toSpliced(first, 1))
    expect(faults).toMatchObject([
      { type: 'late_start', sid: 1, received: 2 },
      { type: 'delta_without_book', market: ticker }
    ])
    expect(spans.find(span => span.market === ticker)).toMatchObject({ state: 'lost' })
  })
})

describe('spans of a market', () => {
  const wire = () => new BookWire(MARKET)
  const askedFor = (frame: object) => ({ id: 7, ...frame })

  it('are verified between snapshots that agree, and unverified after the last', () => {
    const book = wire()
    const { spans, findings } = audited([
      textFrame(book.snapshot(YES, NO), 0),
      textFrame(book.delta('yes', '0.4000', '5.00'), 1),
      textFrame(askedFor(book.snapshot([['0.4000', '15.00']], NO)), 2),
      textFrame(askedFor(book.snapshot([['0.4000', '15.00']], NO)), 3),
      textFrame(book.delta('yes', '0.4000', '-15.00'), 4)
    ])
    expect(told(spans)).toEqual(['verified 0-3', 'unverified 3-4'])
    expect(findings).toEqual([])
  })

  it('are lost from the last good frame before a gap to the next snapshot, which is compared with nothing', () => {
    const book = wire()
    const frames = [textFrame(book.snapshot(YES, NO), 0), textFrame(book.delta('yes', '0.4000', '5.00'), 1)]
    book.lose(1)
    frames.push(
      textFrame(book.delta('yes', '0.4000', '5.00'), 3),
      textFrame(book.snapshot(YES, NO), 5),
      textFrame(book.snapshot(YES, NO), 6)
    )
    const { spans, faults, audit } = audited(frames)
    expect(told(spans)).toEqual(['unverified 0-1', 'lost 1-5', 'verified 5-6'])
    expect(faults).toMatchObject([{ type: 'gap', expected: 3, received: 4, market: null }])
    expect(audit.spans).toEqual({
      markets: 1,
      marketsVerified: 0,
      marketsLost: 1,
      seconds: { verified: 1, unverified: 1, lost: 4 }
    })
  })

  it('are lost even where the snapshot itself tells of the gap', () => {
    const book = wire()
    const frames = [textFrame(book.snapshot(YES, NO), 0)]
    book.lose(1)
    frames.push(textFrame(book.snapshot([], NO), 2), textFrame(book.snapshot([], NO), 3))
    const { spans, faults } = audited(frames)
    expect(told(spans)).toEqual(['lost 0-2', 'verified 2-3'])
    expect(typesOf(faults)).toEqual(['gap'])
  })

  it('are unverified where the exchange emptied the book; an empty reply before that is a mismatch', () => {
    const book = wire()
    const cleared = audited([
      textFrame(book.snapshot(YES, NO), 0),
      textFrame(book.snapshot([], []), 1),
      textFrame(book.snapshot([], []), 2)
    ])
    expect(told(cleared.spans)).toEqual(['unverified 0-1', 'verified 1-2'])
    expect(cleared.findings).toMatchObject([{ type: 'book_cleared', market: MARKET, frame: 2 }])
    expect(cleared.faults).toEqual([])

    const again = wire()
    const asked = [textFrame(again.snapshot(YES, NO), 0), textFrame(askedFor(again.snapshot([], [])), 1)]
    expect(audited(asked).faults).toMatchObject([
      { type: 'book_mismatch', side: 'yes', price: 4000, book: 1000, snapshot: 0, levels: 2, since: 1 }
    ])
  })

  it('are no fault where an empty reply comes after the close', () => {
    const book = wire()
    const closing = {
      type: 'market_lifecycle_v2',
      sid: 2,
      msg: { market_ticker: MARKET, event_type: 'determined', determination_ts: 1, result: 'yes' }
    }
    const frames = [
      textFrame(book.snapshot(YES, NO), 0),
      textFrame(closing, 1),
      textFrame(askedFor(book.snapshot([], [])), 2)
    ]
    expect(typesOf(audited(frames).findings)).toEqual(['book_cleared'])
  })

  it('are lost over a lost connection, and over a normal close if the recorder comes back', () => {
    const around = (code: number) => {
      const [before, after] = [wire(), wire()]
      return [
        opened(0),
        textFrame(before.snapshot(YES, NO), 0),
        textFrame(before.delta('yes', '0.4000', '5.00'), 1),
        closed(4, code),
        opened(5, 1),
        textFrame(after.snapshot(YES, NO), 6, 1),
        textFrame(after.snapshot(YES, NO), 8, 1)
      ]
    }
    const dropped = audited(around(1006))
    expect(told(dropped.spans)).toEqual(['unverified 0-1', 'lost 1-6', 'verified 6-8'])
    expect(dropped.findings).toMatchObject([{ type: 'disconnected', code: 1006, frame: 4 }])
    expect(dropped.faults).toEqual([])
    const ended = audited(around(1000))
    expect(told(ended.spans)).toEqual(told(dropped.spans))
    expect(ended.findings).toEqual([])
    expect(told(audited(around(1000).slice(0, 4)).spans)).toEqual(['unverified 0-1'])
    expect(told(audited(around(1006).slice(0, 4)).spans)).toEqual(['unverified 0-1', 'lost 1-4'])
  })

  it('are lost over a reconnection that a capture does not tell of, and not while both connections live', () => {
    const [before, after] = [wire(), wire()]
    const frames = [
      textFrame(before.snapshot(YES, NO), 0, 0),
      textFrame(before.delta('yes', '0.4000', '5.00'), 1, 0),
      textFrame(after.snapshot(YES, NO), 3, 1),
      textFrame(after.snapshot(YES, NO), 4, 1)
    ]
    expect(told(audited(frames).spans)).toEqual(['unverified 0-1', 'lost 1-3', 'verified 3-4'])
    const living = audited([opened(0, 0), opened(0, 1), ...frames, textFrame(before.delta('yes', '0.4000', '1.00'), 5)])
    expect(told(living.spans)).toEqual(['unverified 0-3', 'verified 3-4'])
    expect(living.findings).toMatchObject([{ type: 'foreign_delta', market: MARKET }])
    expect(living.faults).toEqual([])
  })

  it('end where the market is taken out of the subscription, or all of it ends', () => {
    const [one, two] = [wire(), wire()]
    const params = { sid: 1, action: 'delete_markets', market_tickers: [MARKET] }
    const deleted = audited([
      textFrame(one.snapshot(YES, NO), 0),
      sent({ id: 1, cmd: 'update_subscription', params }, 1),
      textFrame(one.delta('yes', '0.4000', '5.00'), 2),
      textFrame(one.snapshot([], NO), 9),
      textFrame(one.snapshot([], NO), 10)
    ])
    expect(deleted.findings).toEqual([])
    expect(told(deleted.spans)).toEqual(['verified 9-10'])
    const unsubscribed = audited([
      textFrame(two.snapshot(YES, NO), 0),
      textFrame(two.delta('yes', '0.4000', '5.00'), 2),
      textFrame({ type: 'unsubscribed', sid: 1, seq: 3 }, 3),
      textFrame({ type: 'ticker' }, 9)
    ])
    expect(told(unsubscribed.spans)).toEqual(['unverified 0-2'])
  })

  it('are lost after a terminal error, a malformed frame of the book and a negative level', () => {
    const spoil: Readonly<Record<string, (book: BookWire) => object | string>> = {
      server_error: () => ({ type: 'error', sid: 1, seq: 2, msg: { code: 25, msg: 'overflow' } }),
      malformed: book => ({ ...book.delta('yes', '0.4000', 'many') }),
      negative_level: book => book.delta('yes', '0.4000', '-99.00')
    }
    for (const [type, frame] of Object.entries(spoil)) {
      const book = wire()
      const frames = [textFrame(book.snapshot(YES, NO), 0), textFrame(frame(book), 1), textFrame({ type: 'ok' }, 4)]
      const { spans, findings } = audited(frames)
      expect(told(spans), type).toEqual(['lost 0-4'])
      expect(typesOf(findings), type).toContain(type)
    }
  })

  it('stay as they are through errors that end nothing and malformed frames of other types', () => {
    const book = wire()
    const { spans } = audited([
      textFrame(book.snapshot(YES, NO), 0),
      textFrame({ type: 'error', sid: 1, seq: 2, msg: { code: 27, msg: 'too many' } }, 1),
      textFrame({ type: 'trade', sid: 2, msg: { market_ticker: MARKET } }, 2),
      textFrame({ ...book.snapshot(YES, NO), seq: 3 }, 3)
    ])
    expect(told(spans)).toEqual(['verified 0-3'])
  })
})

describe('a crossed book', () => {
  it('is a fault when it becomes crossed or locked, told once', () => {
    const book = new BookWire(MARKET)
    const { faults } = audited([
      textFrame(book.snapshot(YES, NO), 0),
      textFrame(book.delta('yes', '0.5000', '5.00'), 1),
      textFrame(book.delta('yes', '0.5500', '5.00'), 2)
    ])
    expect(faults).toMatchObject([{ type: 'crossed_book', market: MARKET, bid: 5000, ask: 5000, frame: 2 }])
  })
})
