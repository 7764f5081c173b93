import { describe, expect, it } from 'vitest'
import { DIRECTION, KIND } from '../../src/core/frame.ts'
import { FrameBatchBuilder } from '../../src/core/frame-batch-builder.ts'
import { Universe } from '../../src/live/universe.ts'
import { Decoder } from '../../src/protocol/decoder.ts'
import { MarketTable } from '../../src/protocol/market-table.ts'
import type { Message } from '../../src/protocol/messages.ts'

const decoder = new Decoder(new MarketTable())

function decode(kind: 'text' | 'rest', body: object): Message {
  const builder = new FrameBatchBuilder()
  builder.append(1n, 1n, 0, kind, 'received', Buffer.from(JSON.stringify(body)))
  const batch = builder.batch()
  expect([batch.kind[0], batch.direction[0]]).toEqual([KIND[kind], DIRECTION.received])
  return decoder.decode(batch, 0)
}

function lifecycle(type: string, ticker: string, event?: string): Message {
  return decode('text', {
    type: 'market_lifecycle_v2',
    sid: 1,
    seq: 1,
    msg: {
      event_type: type,
      market_ticker: ticker,
      ...(event === undefined ? {} : { additional_metadata: { event_ticker: event } })
    }
  })
}

function page(...markets: readonly (readonly [ticker: string, status: string, event?: string])[]): Message {
  const listed = markets.map(([ticker, status, event]) => ({ ticker, status, event_ticker: event }))
  return decode('rest', { markets: listed, cursor: '' })
}

describe('universe', () => {
  it('takes in the markets of its series that are created or that REST lists, and nothing else', () => {
    const universe = new Universe({ series: ['KXSKY'] })
    expect(universe.observe(lifecycle('created', 'KXSKY-26NOV22-SUN'))).toEqual({
      added: ['KXSKY-26NOV22-SUN'],
      removed: []
    })
    expect(universe.observe(lifecycle('created', 'KXSEA-26NOV22-HIGH'))).toBeUndefined()
    expect(universe.observe(page(['KXSKY-26NOV23-SUN', 'active'], ['KXSKY-26NOV21-SUN', 'finalized']))).toEqual({
      added: ['KXSKY-26NOV23-SUN'],
      removed: []
    })
    expect([...universe.markets]).toEqual(['KXSKY-26NOV22-SUN', 'KXSKY-26NOV23-SUN'])
  })

  it('knows the event of a market from what is told, else from its ticker', () => {
    const universe = new Universe({ events: ['KXSKY-26NOV22'] })
    universe.observe(lifecycle('created', 'KXSKY-26NOV22-SUN'))
    universe.observe(lifecycle('created', 'KXODD-NAME', 'KXSKY-26NOV22'))
    universe.observe(lifecycle('created', 'KXSKY-26NOV22-RAIN', 'KXSKY-26NOV23'))
    expect([...universe.markets]).toEqual(['KXSKY-26NOV22-SUN', 'KXODD-NAME'])
  })

  it('drops what is settled, and does not take it back from a list that is older', () => {
    const universe = new Universe({ series: ['KXSKY'], markets: ['KXSEA-26NOV22-HIGH'] })
    universe.observe(lifecycle('created', 'KXSKY-26NOV22-SUN'))
    expect(universe.observe(lifecycle('settled', 'KXSKY-26NOV22-SUN'))?.removed).toEqual(['KXSKY-26NOV22-SUN'])
    expect(universe.observe(page(['KXSKY-26NOV22-SUN', 'active']))).toBeUndefined()
    expect(universe.observe(page(['KXSEA-26NOV22-HIGH', 'finalized']))?.removed).toEqual(['KXSEA-26NOV22-HIGH'])
    expect(universe.markets.size).toBe(0)
  })

  it('remembers the latest ten thousand that are gone, and no more', () => {
    const universe = new Universe({ series: ['KXSKY'] })
    const tickers = Array.from({ length: 10_001 }, (_, number) => `KXSKY-26NOV22-${number}`)
    const old = page(...tickers.map(ticker => [ticker, 'active'] as const))
    universe.observe(old)
    universe.observe(page(...tickers.map(ticker => [ticker, 'finalized'] as const)))
    expect(universe.observe(old)).toEqual({ added: tickers.slice(0, 1), removed: [] })
  })

  it('tells of no change where there is none', () => {
    const universe = new Universe({ series: ['KXSKY'] })
    universe.observe(lifecycle('created', 'KXSKY-26NOV22-SUN'))
    expect(universe.observe(lifecycle('activated', 'KXSKY-26NOV22-SUN'))).toBeUndefined()
    expect(universe.observe(lifecycle('determined', 'KXSKY-26NOV22-SUN'))).toBeUndefined()
    expect(universe.observe(decode('text', { type: 'something_new' }))).toBeUndefined()
  })
})
