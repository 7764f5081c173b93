import { describe, expect, it } from 'vitest'
import type { Span } from '../../src/audit/spans.ts'
import type { Frame } from '../../src/core/frame.ts'
import { BookWire, NOON, textFrame } from '../frames.ts'
import { audited, typesOf } from './audited.ts'

const MARKET = 'KXSKY-26NOV24-SUN'
const YES = [['0.4000', '10.00']] as const
const NO = [['0.5000', '20.00']] as const

function seconds(time: bigint): number {
  return Number(time - NOON) / 1e9
}

/** `state from-to`, in seconds after noon. */
function told(spans: readonly Span[]): string[] {
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

function wire(): BookWire {
  return new BookWire(MARKET)
}

/** As the reply to a get_snapshot. */
function askedFor(frame: object): object {
  return { id: 7, ...frame }
}

/** A close with a code, and two snapshots on the next connection. */
function framesAroundClose(code: number): Frame[] {
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

describe('spans of a market', () => {
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
    const dropped = audited(framesAroundClose(1006))
    expect(told(dropped.spans)).toEqual(['unverified 0-1', 'lost 1-6', 'verified 6-8'])
    expect(dropped.findings).toMatchObject([{ type: 'disconnected', code: 1006, frame: 4 }])
    expect(dropped.faults).toEqual([])
    const ended = audited(framesAroundClose(1000))
    expect(told(ended.spans)).toEqual(told(dropped.spans))
    expect(ended.findings).toEqual([])
    expect(told(audited(framesAroundClose(1000).slice(0, 4)).spans)).toEqual(['unverified 0-1'])
    expect(told(audited(framesAroundClose(1006).slice(0, 4)).spans)).toEqual(['unverified 0-1', 'lost 1-4'])
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

  it('are lost until the end of what was lost before, and until a snapshot that never comes', () => {
    const book = wire()
    const frames = [textFrame(book.snapshot(YES, NO), 0)]
    book.lose(1)
    const after = textFrame(book.delta('yes', '0.4000', '5.00'), 2)
    const ended = [
      ...frames,
      after,
      textFrame({ type: 'unsubscribed', sid: 1, seq: 4 }, 5),
      textFrame({ type: 'ok' }, 9)
    ]
    expect(told(audited(ended).spans)).toEqual(['lost 0-5'])
    const orphans = wire()
    orphans.lose(1)
    const again = [textFrame(orphans.delta('yes', '0.4000', '5.00'), 6, 1), textFrame({ type: 'ok' }, 9, 1)]
    const { spans, faults } = audited([...framesAroundClose(1000).slice(0, 4), ...again])
    expect(told(spans)).toEqual(['unverified 0-1', 'lost 1-9'])
    expect(faults).toMatchObject([{ type: 'delta_without_book', market: MARKET, connection: 1 }])
  })

  it('are lost after a frame of which nothing can be read, where seq may jump', () => {
    const book = wire()
    const frames = [textFrame(book.snapshot(YES, NO), 0), textFrame('{"type":"orderb', 1), textFrame({ type: 'ok' }, 4)]
    expect(told(audited(frames, true).spans)).toEqual(['lost 0-4'])
    expect(told(audited(frames).spans)).toEqual(['unverified 0-4'])
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
