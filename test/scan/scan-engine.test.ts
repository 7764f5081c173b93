import { describe, expect, it } from 'vitest'
import { SECOND } from '../../src/core/time.ts'
import type { ScannerFailure } from '../../src/scan/scan-engine.ts'
import { describeFailure } from '../../src/scan/scan-engine.ts'
import type { Finding, Scanner } from '../../src/scan/scanner.ts'
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

  it.each([
    ['a market', { kind: 'k', values: {} }],
    ['a market', { market: '', kind: 'k', values: {} }],
    ['a kind', { market: 'A', values: {} }],
    ['x is NaN', { market: 'A', kind: 'k', values: { x: Number.NaN } }],
    ['x is undefined', { market: 'A', kind: 'k', values: { x: undefined } }],
    ['x is 1', { market: 'A', kind: 'k', values: { x: 1n } }],
    ['x is [object Object]', { market: 'A', kind: 'k', values: { x: {} } }]
  ])('refuses a signal for %s', (reason, finding) => {
    const failures: ScannerFailure[] = []
    const wrong: Scanner = { name: 'wrong', channels: [], onMessage: (_, { emit }) => emit(finding as Finding) }
    const { text } = scanFrames(wrong, frames.slice(0, 1), { onFailure: failure => failures.push(failure) })
    expect(text).toBe('')
    expect(failures.map(describeFailure)).toEqual([expect.stringContaining(reason)])
  })

  it('never lets time run backwards when the wall clock was set back', () => {
    const times: number[] = []
    const watch: Scanner = { name: 'watch', channels: [], onMessage: (_, { now }) => times.push(now) }
    scanFrames(watch, [pingFrame(5), pingFrame(2), pingFrame(6)])
    expect(times.map(time => time - Number(NOON / 1000n))).toEqual([5_000_000, 5_000_000, 6_000_000])
  })
})
