import { describe, expect, it } from 'vitest'
import { SECOND } from '../../src/core/time.ts'
import type { ScannerFailure } from '../../src/scan/scan-engine.ts'
import { describeFailure } from '../../src/scan/scan-engine.ts'
import type { PipelineOptions } from '../../src/pipeline.ts'
import type { Finding, RankTable, ScanContext, Scanner } from '../../src/scan/scanner.ts'
import type { Signal } from '../../src/scan/signal.ts'
import { NOON, pingFrame, textFrame, tickerFrame } from '../frames.ts'
import { scanFrames } from './scan-frames.ts'

const TICKER = 'KXTEST-A'

/** Emits at every ticker, and throws at a bid of $0.66. */
const echo: Scanner = {
  name: 'echo',
  channels: ['ticker'],
  onMessage(message, { emit }) {
    if (message.type !== 'ticker') return
    if (message.yesBid === 6600) throw new Error('I do not like 66')
    emit({ market: message.marketTicker, kind: 'echo', values: { bid: message.yesBid } })
  }
}

const frames = ['0.5000', '0.6600', '0.7000'].map((bid, at) => textFrame(tickerFrame(TICKER, bid, '0.9000'), at))

describe('scan engine', () => {
  it('goes on after a scanner has thrown, and tells at which frame', () => {
    const failures: ScannerFailure[] = []
    const { signals, pipeline } = scanFrames(echo, frames, { onFailure: failure => failures.push(failure) })
    expect(signals.map(signal => signal.values['bid'])).toEqual([5000, 7000])
    expect(pipeline.scannerFailures).toBe(1)
    expect(failures.map(describeFailure)).toEqual([
      'scanner echo threw at frame 2 (2026-11-24T12:00:01.000000000Z): I do not like 66'
    ])
  })

  it('ends the run at the first failure when it is strict', async () => {
    const { pipeline } = scanFrames(echo, [], { strict: true })
    const { batchOf } = await import('../../src/core/frame-batch-builder.ts')
    await expect(pipeline.accept(batchOf(frames))).rejects.toThrow(/echo threw at frame 2 .*I do not like 66/)
  })

  it('fires a timer at the first frame at or after each multiple of its interval, before that frame is applied', () => {
    const seen: [number, number | undefined][] = []
    const timed: Scanner = {
      name: 'timed',
      channels: [],
      timerEvery: (10 * SECOND) as typeof SECOND,
      onTimer({ tracker, now }) {
        seen.push([now - Number(NOON / 1000n), tracker.byTicker(TICKER)?.latestTicker?.yesBid ?? undefined])
      }
    }
    scanFrames(timed, [
      textFrame(tickerFrame(TICKER, '0.5000', '0.6000'), 3),
      textFrame(tickerFrame(TICKER, '0.5100', '0.6000'), 12),
      textFrame(tickerFrame(TICKER, '0.5200', '0.6000'), 13),
      pingFrame(20),
      pingFrame(55)
    ])
    expect(seen).toEqual([
      [12_000_000, 5000],
      [20_000_000, 5200],
      [55_000_000, 5200]
    ])
  })

  it('shows scanners the frames before a time but keeps their signals back', () => {
    const { signals, pipeline } = scanFrames(echo, frames, { signalsFrom: NOON + 2_000_000_000n })
    expect(pipeline.frames).toBe(3)
    expect(signals.map(signal => signal.values['bid'])).toEqual([7000])
  })

  it('lets emit be taken out of the context', () => {
    expect(scanFrames(echo, frames.slice(0, 1)).text).toBe(
      '{"time":"2026-11-24T12:00:00.000000000Z","scanner":"echo","market":"KXTEST-A","kind":"echo","values":{"bid":5000}}\n'
    )
  })

  it('refuses a scanner that waits, and does not let its rejection end the process', () => {
    const failures: ScannerFailure[] = []
    const waiting: Scanner = {
      name: 'waiting',
      channels: [],
      // oxlint-disable-next-line typescript/no-misused-promises -- what is not checked in a JavaScript scanner
      onMessage: async () => await Promise.reject(new Error('nobody awaits this'))
    }
    scanFrames(waiting, frames.slice(0, 1), { onFailure: failure => failures.push(failure) })
    expect(failures.map(describeFailure)).toEqual([expect.stringMatching(/frame 1 .*it returned a promise/)])
  })

  it('refuses whatever can be waited for, not promises alone', () => {
    // oxlint-disable-next-line unicorn/no-thenable -- what a library's own promises look like
    const thenable = { then: (done: () => void) => done() }
    // oxlint-disable-next-line typescript/no-misused-promises -- what is not checked in a JavaScript scanner
    const waiting: Scanner = { name: 'waiting', channels: [], onMessage: () => thenable }
    expect(failuresOf(waiting)).toEqual([expect.stringContaining('it returned a promise')])
  })

  it.each([
    ['emit takes an object', undefined],
    ['a market', { kind: 'k', values: {} }],
    ['a market', { market: '', kind: 'k', values: {} }],
    ['a kind', { market: 'A', values: {} }],
    ['needs values', { market: 'A', kind: 'k' }],
    ['plain object', { market: 'A', kind: 'k', values: [1] }],
    ['plain object', { market: 'A', kind: 'k', values: new Date(0) }],
    ['plain object', { market: 'A', kind: 'k', values: new Map([['x', 1]]) }],
    ['plain object', { market: 'A', kind: 'k', values: 'text' }],
    ['plain object', { market: 'A', kind: 'k', values: { toJSON: () => 'another' } }],
    ['x is NaN', { market: 'A', kind: 'k', values: { x: Number.NaN } }],
    ['x is undefined', { market: 'A', kind: 'k', values: { x: undefined } }],
    ['x is 1', { market: 'A', kind: 'k', values: { x: 1n } }],
    ['x is [object Object]', { market: 'A', kind: 'k', values: { x: {} } }],
    ['x is a value without text', { market: 'A', kind: 'k', values: { x: Object.create(null) as unknown } }]
  ])('refuses a signal: %s', (reason, finding) => {
    const wrong: Scanner = { name: 'wrong', channels: [], onMessage: (_, { emit }) => emit(finding as Finding) }
    expect(failuresOf(wrong)).toEqual([expect.stringContaining(reason)])
    // What is wrong is wrong before the time from which signals are wanted, too.
    expect(failuresOf(wrong, { signalsFrom: NOON + 1n })).toEqual([expect.stringContaining(reason)])
  })

  it('takes values without a prototype, and those of the moment of emit', () => {
    const values = Object.assign(Object.create(null) as Record<string, number>, { x: 1 })
    const late: Scanner = {
      name: 'late',
      channels: [],
      onMessage(_, { emit }) {
        emit({ market: 'A', kind: 'k', values })
        values['x'] = 2
      }
    }
    const taken: unknown[] = []
    const sinks = [{ accept: (signal: Signal) => void taken.push(signal.values), flush: () => undefined }]
    scanFrames(late, [pingFrame(0)], { sinks })
    expect(taken).toEqual([{ x: 1 }])
  })

  it('takes no signal from a ranking, which screens ask for when they like', () => {
    const failures: ScannerFailure[] = []
    const emits: ScanContext['emit'][] = []
    const finding = { market: 'A', kind: 'k', values: {} }
    const ranking: Scanner = {
      name: 'ranking',
      channels: [],
      onMessage: (_, { emit }) => void emits.push(emit),
      rank() {
        emits[0]?.(finding)
        return { columns: [], rows: [] }
      }
    }
    const { pipeline } = scanFrames(ranking, frames.slice(0, 1), { onFailure: failure => failures.push(failure) })
    expect(pipeline.rank(1)).toEqual([])
    expect(failures.map(describeFailure)).toEqual([expect.stringContaining('rank must not emit')])
    expect(() => emits[0]?.(finding)).toThrow(/after onMessage or onTimer had returned/)
  })

  it.each([
    ['rank must return a table', undefined],
    ['rank must return a table', null],
    ['rank must return a table', 7],
    ['it returned a promise', Promise.resolve({ columns: [], rows: [] })],
    ['the columns of a ranking must be a list of text', { columns: 'market', rows: [] }],
    ['the rows of a ranking must be a list', { columns: [], rows: 'none' }],
    ['row 2 of a ranking must be a list of text', { columns: ['a'], rows: [['1'], null] }],
    ['row 1 of a ranking must be text, but there is null', { columns: ['a'], rows: [[null]] }],
    ['row 1 of a ranking must be text, but there is undefined', { columns: ['a'], rows: [Array.from({ length: 1 })] }]
  ])('refuses a ranking: %s', (reason, table) => {
    const failures: ScannerFailure[] = []
    const wrong: Scanner = { name: 'wrong', channels: [], rank: () => table as RankTable }
    const { pipeline } = scanFrames(wrong, frames, { onFailure: failure => failures.push(failure) })
    expect(pipeline.rank(3)).toEqual([])
    expect(failures.map(describeFailure)).toEqual([expect.stringContaining(reason)])
  })

  it('tells what the tracker has forgotten, before the frame at which it did', () => {
    const seen: unknown[] = []
    const forgetful: Scanner = {
      name: 'forgetful',
      channels: [],
      onForgotten(markets, { tracker, now, emit }) {
        const known = Array.from(tracker.markets(), market => market.ticker)
        seen.push({ markets: markets.map(market => [market.ticker, market.number, market.quote]), known })
        emit({ market: markets[0]?.ticker ?? '', kind: 'gone', values: { at: now - Number(NOON / 1000n) } })
        throw new Error('enough')
      },
      onMessage: message => void seen.push('market' in message ? message.marketTicker : message.type)
    }
    const failures: ScannerFailure[] = []
    const told = ['A', 'B', 'B', 'A'].map((name, at) =>
      textFrame(tickerFrame(`KXTEST-${name}`, '0.5000', '0.6000'), at)
    )
    const onFailure = (failure: ScannerFailure) => void failures.push(failure)
    const { signals } = scanFrames(forgetful, told, { maxMarkets: 1, onFailure })
    expect(seen).toEqual([
      'KXTEST-A',
      { markets: [['KXTEST-A', 0, null]], known: ['KXTEST-B'] },
      'KXTEST-B',
      'KXTEST-B',
      { markets: [['KXTEST-B', 1, null]], known: ['KXTEST-A'] },
      'KXTEST-A'
    ])
    expect(signals.map(({ market, values }) => [market, values['at']])).toEqual([
      ['KXTEST-A', 1_000_000],
      ['KXTEST-B', 3_000_000]
    ])
    expect(failures.map(({ frame }) => frame)).toEqual([2, 4])
  })

  it('cannot be changed through the context', () => {
    const meddling: Scanner = {
      name: 'meddling',
      channels: [],
      onMessage: (_, context) => void Object.assign(context, { now: 0 })
    }
    expect(failuresOf(meddling)).toEqual([expect.stringMatching(/meddling threw at frame 1 .*now/)])
  })

  it('never lets time run backwards when the wall clock was set back', () => {
    const times: number[] = []
    const watch: Scanner = { name: 'watch', channels: [], onMessage: (_, { now }) => times.push(now) }
    scanFrames(watch, [pingFrame(5), pingFrame(2), pingFrame(6)])
    expect(times.map(time => time - Number(NOON / 1000n))).toEqual([5_000_000, 5_000_000, 6_000_000])
  })
})

function failuresOf(scanner: Scanner, options: Partial<PipelineOptions> = {}): string[] {
  const failures: ScannerFailure[] = []
  const onFailure = (failure: ScannerFailure) => void failures.push(failure)
  expect(scanFrames(scanner, frames.slice(0, 1), { ...options, onFailure }).text).toBe('')
  return failures.map(describeFailure)
}
