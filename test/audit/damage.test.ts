import * as fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { Finding } from '../../src/audit/finding.ts'
import type { Frame } from '../../src/core/frame.ts'
import { audited, typesOf } from './audited.ts'
import type { PracticeOptions } from './practice-frames.ts'
import { indexOf, practiceFrames, rewritten, wireOf } from './practice-frames.ts'

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
