import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseHorizons } from '../../src/cli/outcomes.ts'
import type { Frame } from '../../src/core/frame.ts'
import { formatTime, microseconds, toMicroseconds } from '../../src/core/time.ts'
import { priceOf } from '../../src/core/units.ts'
import type { Market } from '../../src/market/market.ts'
import { Pipeline } from '../../src/pipeline.ts'
import { movers } from '../../src/scan/movers.ts'
import type { Scanner } from '../../src/scan/scanner.ts'
import type { Signal } from '../../src/scan/signal.ts'
import { directionOf } from '../../src/sink/outcomes/direction.ts'
import { Distribution } from '../../src/sink/outcomes/distribution.ts'
import type { Outcome } from '../../src/sink/outcomes/outcome.ts'
import { outcomeToJson } from '../../src/sink/outcomes/outcome.ts'
import { OutcomeMeter } from '../../src/sink/outcomes/outcome-meter.ts'
import { batchesOf, BookWire, NOON, pingFrame, textFrame, tickerFrame } from '../frames.ts'
import { practiceFrames } from '../scan/practice-frames.ts'
import { feeFrame, lifecycleFrame } from '../scan/wire.ts'

/** What a market was like after a frame, copied. */
type Snapshot = Pick<
  Market,
  'quote' | 'settledAt' | 'determinedAt' | 'closeTime' | 'openTime' | 'isPaused' | 'result' | 'settlementValue'
>

interface Told {
  readonly signal: Signal
  /** Index of the frame at which it came, and of the frame whose state it was made of. */
  readonly frame: number
  readonly state: number
}

interface Watched {
  readonly outcomes: Outcome[]
  readonly told: Told[]
  readonly times: number[]
  readonly states: Map<string, Snapshot>[]
  readonly meter: OutcomeMeter
}

/** Emits at every so many messages and at its timer, with every side in turn. */
function probe(every: number): Scanner {
  let seen = 0
  const sides = ['yes', 'no', null] as const
  return {
    name: 'probe',
    channels: [],
    timerEvery: microseconds(700_000),
    onMessage(message, { emit }) {
      if (!('market' in message) || ++seen % every !== 0) return
      emit({ market: message.marketTicker, kind: 'message', values: { side: sides[seen % 3] ?? null } })
    },
    onTimer({ tracker, emit }) {
      const [market] = tracker.markets()
      if (market !== undefined)
        emit({ market: market.ticker, kind: 'timer', values: { side: sides[seen % 3] ?? null } })
    }
  }
}

function watch(
  frames: readonly Frame[],
  scanners: readonly Scanner[],
  horizons: string,
  sizes: number[] = []
): Watched {
  const watched: Omit<Watched, 'meter'> = { outcomes: [], told: [], times: [], states: [] }
  const meter = new OutcomeMeter({
    horizons: parseHorizons(horizons),
    scanners: scanners.map(scanner => scanner.name),
    tracker: () => pipeline.tracker,
    onOutcome: outcome => watched.outcomes.push(outcome)
  })
  const note = (signal: Signal) => {
    const frame = watched.times.length - 1
    watched.told.push({ signal, frame, state: signal.kind === 'timer' ? frame - 1 : frame })
  }
  const pipeline: Pipeline = new Pipeline({
    scanners,
    sinks: [{ accept: note, flush: () => {} }, meter],
    onTime: (now, time) => {
      watched.times.push(now)
      meter.onTime(now, time)
    },
    onFrame: (message, isApplied) => {
      watched.states.push(new Map(Array.from(pipeline.tracker.markets(), market => [market.ticker, copyOf(market)])))
      if (isApplied) meter.onMessage(message)
    }
  })
  for (const batch of batchesOf(frames, sizes)) void pipeline.accept(batch)
  meter.end()
  return { ...watched, meter }
}

function copyOf(market: Market): Snapshot {
  const { quote, settledAt, determinedAt, closeTime, openTime, isPaused, result, settlementValue } = market
  return { quote, settledAt, determinedAt, closeTime, openTime, isPaused, result, settlementValue }
}

/** In the plainest words: for every signal and horizon, the first frame at or after it, and the state before that. */
function secondPass({ told, times, states }: Watched, horizons: readonly number[]): string[] {
  const lines: string[] = []
  for (const [index, { signal, frame, state }] of told.entries()) {
    const before = viewOf(states[state]?.get(signal.market), times[frame] ?? 0)
    const tell = (after: View, name: string) => lines.push(lineOf(index + 1, signal, before, after, name))
    for (const seconds of horizons) {
      const due = (times[frame] ?? 0) + seconds * 1e6
      const reached = times.findIndex(time => time >= due)
      if (reached >= 0) tell(viewOf(states[reached - 1]?.get(signal.market), due), `${seconds}s`)
    }
    const settled = states.findIndex((at, row) => row >= frame && at.get(signal.market)?.settledAt != null)
    const last = states.at(settled)?.get(signal.market)
    if (settled >= 0 || payoutOf(last) !== null) tell(settlementView(last), 'settle')
  }
  return lines.sort()
}

interface View {
  readonly mid: number | null
  readonly bid: number | null
  readonly ask: number | null
  readonly payout: number | null
}

const NOTHING: View = { mid: null, bid: null, ask: null, payout: null }

function viewOf(market: Snapshot | undefined, time: number): View {
  if (market === undefined) return NOTHING
  if (market.settledAt !== null) return settlementView(market)
  if (market.quote === null) return NOTHING
  const { bid, ask } = market.quote
  const mid = bid === null || ask === null ? null : bid + ask
  const isOver = market.determinedAt !== null || (market.closeTime !== null && time >= market.closeTime)
  const waits = market.isPaused === true || (market.openTime !== null && time < market.openTime)
  return isOver || waits ? { ...NOTHING, mid } : { mid, bid, ask, payout: null }
}

function settlementView(market: Snapshot | undefined): View {
  const payout = payoutOf(market)
  return { ...NOTHING, payout, mid: payout === null ? null : 2 * payout }
}

function payoutOf(market: Snapshot | undefined): number | null {
  if (market === undefined) return null
  return market.settlementValue ?? (market.result === 'yes' ? 10_000 : market.result === 'no' ? 0 : null)
}

function lineOf(number: number, { values }: Signal, before: View, after: View, horizon: string): string {
  const side = directionOf({ values, time: 0n, scanner: '', market: '', kind: '' })
  const change = before.mid === null || after.mid === null ? null : after.mid - before.mid
  const move = change === null ? null : side === null ? Math.abs(change) : side === 'yes' ? change : 0 - change
  const bought = side === 'yes' ? before.ask : side === null || before.bid === null ? null : 10_000 - before.bid
  const yes = after.payout ?? (side === 'yes' ? after.bid : after.ask)
  const sold = side === null || yes === null ? null : side === 'yes' ? yes : 10_000 - yes
  const net = bought === null || sold === null ? null : proceeds(sold, after.payout !== null) - cost(bought)
  return JSON.stringify([number, horizon, before.mid, after.mid, move, bought, sold, net])
}

/** Of a hundred contracts, in 1e-4 dollar: so much is that of one in 1e-6 dollar. */
function cost(price: number): number {
  return Math.ceil((100 * price + feeOf(price)) / 100) * 100
}

function proceeds(price: number, isPayout: boolean): number {
  return isPayout ? 100 * price : Math.floor((100 * price - feeOf(price)) / 100) * 100
}

function feeOf(price: number): number {
  return Math.ceil((7 * price * (10_000 - price)) / 10_000)
}

function told({ signal, horizon, twiceMidBefore, twiceMid, move, bought, sold, net }: Outcome): string {
  return JSON.stringify([signal, horizon, twiceMidBefore, twiceMid, move, bought, sold, net])
}

const practice = fc
  .record({
    seed: fc.nat(),
    markets: fc.integer({ min: 1, max: 4 }),
    roundLength: fc.integer({ min: 40, max: 300 }),
    advances: fc.integer({ min: 20, max: 150 }),
    lost: fc.integer({ min: 30, max: 500 })
  })
  .map(practiceFrames)

describe('outcomes', () => {
  it('computed as frames come are those of a second pass over all states, whatever the batches', () => {
    let settled = 0
    let traded = 0
    let untold = 0
    fc.assert(
      fc.property(practice, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 40 }), (frames, every, size) => {
        const watched = watch(frames, [probe(every)], '1s,settle,3s')
        expect(watched.outcomes.map(told).sort()).toEqual(secondPass(watched, [1, 3]))
        const cut = watch(frames, [probe(every)], '1s,settle,3s', [size])
        expect(cut.outcomes.map(outcomeToJson)).toEqual(watched.outcomes.map(outcomeToJson))
        settled += watched.outcomes.filter(({ final }) => final).length
        traded += watched.outcomes.filter(({ net, horizon }) => net !== null && horizon !== 'settle').length
        untold += watched.outcomes.filter(({ move }) => move === null).length
      }),
      { numRuns: 12 }
    )
    expect([settled > 0, traded > 0, untold > 0]).toEqual([true, true, true])
  })

  it('wait no longer than their horizons, so that memory is bounded', () => {
    const frames = Array.from({ length: 1_000 }, (_, at) =>
      textFrame(tickerFrame('KXTEST-1', '0.4000', '0.5000'), at / 10)
    )
    const { meter, told } = watch(frames, [probe(1)], '1s,5s')
    expect(told.length).toBeGreaterThan(1_000)
    expect(meter.waiting).toBeLessThan(80)
  })

  it('see what was known before the horizon, not what the frame that reaches it tells', () => {
    const frames = [
      textFrame(tickerFrame('KXTEST-1', '0.4000', '0.5000'), 0),
      textFrame(tickerFrame('KXTEST-1', '0.4100', '0.5100'), 0.5),
      textFrame(tickerFrame('KXTEST-1', '0.9000', '0.9100'), 1)
    ]
    const [first] = watch(frames, [probe(1)], '1s').outcomes
    expect(first).toMatchObject({ signal: 1, at: NOON + 1_000_000_000n, twiceMidBefore: 9_000, twiceMid: 9_200 })
  })

  it('are null where the book is stale or the fees are not known', () => {
    const wire = new BookWire('KXTEST-1')
    const late = new BookWire('KXTEST-1')
    late.lose(2)
    const frames = [
      textFrame(feeFrame('KXTEST', 'unheard-of', 1), 0),
      textFrame(wire.snapshot([['0.4000', '10.00']], [['0.5000', '10.00']]), 0),
      pingFrame(1),
      textFrame(late.delta('yes', '0.4100', '1.00'), 1.5),
      pingFrame(2)
    ]
    const shape = watch(frames, [probe(1)], '1s,2s').outcomes.map(
      ({ signal, horizon, twiceMid, spread, sold, net }) => ({
        signal,
        horizon,
        twiceMid,
        spread,
        sold,
        net
      })
    )
    expect(shape.slice(0, 1)).toEqual([
      { signal: 1, horizon: '1s', twiceMid: 9_000, spread: 1_000, sold: 5_000, net: null }
    ])
    expect(shape.find(({ signal, horizon }) => signal === 1 && horizon === '2s')).toEqual({
      signal: 1,
      horizon: '2s',
      twiceMid: null,
      spread: null,
      sold: null,
      net: null
    })
  })

  it('of a settlement pay what the exchange says, without a fee', () => {
    const frames = [
      textFrame(tickerFrame('KXTEST-1', '0.4000', '0.4100'), 0),
      textFrame(tickerFrame('KXTEST-1', '0.5000', '0.5100'), 1),
      textFrame(lifecycleFrame('KXTEST-1', 'determined', { result: 'no', settlement_value: '0.0000' }), 2),
      textFrame(lifecycleFrame('KXTEST-1', 'settled', { settled_ts: toSeconds(NOON) + 3 }), 3),
      pingFrame(10)
    ]
    const rising = movers({ minChange: priceOf(200) })
    const { outcomes, meter } = watch(frames, [rising], 'settle,1s,5s')
    expect(outcomes.map(({ horizon, sold, net, payout, final }) => ({ horizon, sold, net, payout, final }))).toEqual([
      { horizon: '1s', sold: 5_000, net: -10_000 - 17_500 - 17_500, payout: null, final: null },
      { horizon: 'settle', sold: 0, net: -510_000 - 17_500, payout: 0, final: true },
      { horizon: '5s', sold: 0, net: -510_000 - 17_500, payout: 0, final: true }
    ])
    expect(meter.scores.map(({ horizon, nets }) => [horizon, nets.mean])).toEqual([
      ['1s', -45_000],
      ['5s', -527_500],
      ['settle', -527_500]
    ])
    const undecided = watch(frames.slice(0, 3), [movers({ minChange: priceOf(200) })], 'settle').outcomes
    expect(undecided.map(({ payout, final, at }) => ({ payout, final, at: formatTime(at) }))).toEqual([
      { payout: 0, final: false, at: '2026-11-24T12:00:02.000000000Z' }
    ])
  })
})

describe('the direction of a signal', () => {
  it.each([
    [{ side: 'no', change: '0.1000' }, 'move', 'no'],
    [{ change: '0.0200' }, 'move', 'yes'],
    [{ change: '-0.0200' }, 'move', 'no'],
    [{ change: '0.0000' }, 'move', null],
    [{ flow: '3.00' }, 'buying-yes', 'yes'],
    [{ flow: '3.00' }, 'buying-no', 'no'],
    [{ side: 'both', change: 'much' }, 'close-race', null]
  ])('of %o, %s is %s', (values, kind, side) => {
    expect(directionOf({ time: 0n, scanner: 'any', market: 'KXTEST-1', kind, values })).toBe(side)
  })
})

describe('a distribution', () => {
  it('has the mean, median and t-statistic of its values', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -20_000, max: 20_000 }), { minLength: 2, maxLength: 50 }), values => {
        const distribution = new Distribution()
        for (const value of values) distribution.add(value)
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length
        const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
        const sorted = values.toSorted((a, b) => a - b)
        const half = values.length / 2
        expect(distribution.mean).toBeCloseTo(mean, 6)
        expect(distribution.median).toBe(((sorted[Math.ceil(half) - 1] ?? 0) + (sorted[Math.floor(half)] ?? 0)) / 2)
        expect(distribution.above).toBe(values.filter(value => value > 0).length)
        const error = Math.sqrt(variance / values.length)
        expect(distribution.tStatistic ?? 0).toBeCloseTo(error === 0 ? 0 : mean / error, 6)
      })
    )
  })

  it('of nothing has none of them', () => {
    const { mean, median, tStatistic } = new Distribution()
    expect([mean, median, tStatistic]).toEqual([null, null, null])
  })
})

function toSeconds(time: bigint): number {
  return Math.floor(toMicroseconds(time) / 1e6)
}
