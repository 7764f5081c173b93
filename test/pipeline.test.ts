import { describe, expect, it } from 'vitest'
import type { Feed, FrameBatch, FrameSink } from '../src/core/frame.ts'
import { movers } from '../src/scan/movers.ts'
import { run } from '../src/pipeline.ts'
import { BookWire, batchesOf, pingFrame, textFrame, tickerFrame } from './frames.ts'
import type { Scanner } from '../src/scan/scanner.ts'
import { eventFrame } from './scan/wire.ts'
import { scanFrames } from './scan/scan-frames.ts'

describe('pipeline', () => {
  it('shows the chosen markets only, and raises no gap for the others', () => {
    const wire = new BookWire('KXTEST-A')
    const other = new BookWire('KXTEST-B')
    const frames = [textFrame(wire.snapshot([['0.4000', '10.00']], []), 0)]
    other.lose(1)
    frames.push(textFrame(other.snapshot([['0.4000', '10.00']], []), 1))
    wire.lose(1)
    frames.push(textFrame(wire.delta('yes', '0.4100', '1.00'), 2))
    const { pipeline } = scanFrames(movers(), frames, { markets: new Set(['KXTEST-A']) })
    expect(pipeline.tracker.counts.gap).toBe(0)
    expect(pipeline.tracker.byTicker('KXTEST-A')?.book.bestBid()).toBe(4100)
    expect(pipeline.tracker.byTicker('KXTEST-B')).toBeUndefined()
  })

  it('shows combinations of markets only where they are wanted, and follows their sequence all the same', () => {
    const [ticker, combination] = ['KXTEST-1-A', 'KXMVETEST-S1-A']
    const wire = new BookWire(ticker)
    const other = new BookWire(combination)
    other.lose(1)
    wire.lose(2)
    const frames = [
      textFrame(new BookWire(ticker).snapshot([['0.4000', '10.00']], []), 0),
      textFrame(other.snapshot([['0.4000', '10.00']], []), 1),
      textFrame(wire.delta('yes', '0.4100', '1.00'), 2),
      textFrame(tickerFrame(combination, '0.4000', '0.5000'), 3),
      textFrame(eventFrame('KXMVETEST-S1', 'MECNET'), 4),
      textFrame(eventFrame('KXTEST-1', 'MECNET'), 4),
      {
        ...textFrame({ markets: [{ ticker: combination }, { ticker: 'KXTEST-1-B' }], cursor: '' }, 5),
        kind: 'rest'
      } as const
    ]
    const seen = (multivariate: boolean) => {
      const shown: string[] = []
      const scanner: Scanner = {
        name: 'witness',
        channels: [],
        onMessage: message => {
          if ('market' in message) shown.push(message.marketTicker)
          if (message.type === 'rest') shown.push(...(message.page?.markets ?? []).map(market => market.marketTicker))
        }
      }
      const { tracker } = scanFrames(scanner, frames, { multivariate }).pipeline
      expect(tracker.counts.gap).toBe(0)
      expect(tracker.byTicker(ticker)?.book.bestBid()).toBe(4100)
      expect(tracker.event('KXTEST-1')).toBeDefined()
      expect(tracker.event('KXMVETEST-S1') !== undefined).toBe(multivariate)
      expect(new Set(Array.from(tracker.markets(), market => market.ticker))).toEqual(new Set(shown))
      return shown
    }
    expect(seen(false)).toEqual([ticker, ticker, 'KXTEST-1-B'])
    expect(seen(true)).toEqual([ticker, combination, ticker, combination, combination, 'KXTEST-1-B'])
  })

  it('tells how far the latest frame that carries its sending time is behind', () => {
    const sent = { ...tickerFrame('KXTEST-A', '0.4000', '0.5000'), sending_ts_ms: 1_795_521_600_000 }
    expect(scanFrames(movers(), [textFrame(sent, 0.25), pingFrame(1)]).pipeline.lag).toBe(250_000)
  })
})

describe('run', () => {
  const frames = [pingFrame(0), pingFrame(1), pingFrame(2)]
  const feed: Feed = {
    isFiltered: () => false,
    async *[Symbol.asyncIterator]() {
      yield* batchesOf(frames, [1])
    }
  }

  it('gives each batch to the sinks in their order, then closes them', async () => {
    const log: string[] = []
    const sink = (name: string): FrameSink => ({
      accept: (batch: FrameBatch) => void log.push(`${name} takes ${batch.length}`),
      close: async () => void log.push(`${name} closes`)
    })
    await run(feed, [sink('first'), sink('second')])
    const taken = ['first takes 1', 'second takes 1']
    expect(log).toEqual([...taken, ...taken, ...taken, 'first closes', 'second closes'])
  })

  it('closes every sink when one of them fails, and throws what failed first', async () => {
    const closed: string[] = []
    const failing: FrameSink = {
      accept: () => Promise.reject(new Error('the disk is full')),
      close: () => Promise.reject(new Error('cannot close'))
    }
    const other: FrameSink = { accept: () => {}, close: async () => void closed.push('other') }
    await expect(run(feed, [failing, other])).rejects.toThrow('the disk is full')
    expect(closed).toEqual(['other'])
  })
})
