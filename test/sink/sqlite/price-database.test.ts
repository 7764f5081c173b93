import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { microseconds } from '../../../src/core/time.ts'
import { Wire } from '../../export/wire.ts'
import { batchesOf, NOON, textFrame, tickerFrame } from '../../frames.ts'
import { temporaryFolder } from '../../temporary.ts'
import { everything, openStream, query, stream } from './stream-run.ts'

const A = 'KXA-26NOV24-T1'
const B = 'KXB-26NOV24-T1'

function databasePath(): string {
  return join(temporaryFolder(), 'prices.sqlite')
}

function at(seconds: number): bigint {
  return NOON + BigInt(seconds) * 1_000_000_000n
}

function lifecycle(ticker: string, seq: number, more: object): object {
  return { type: 'market_lifecycle_v2', sid: 4, seq, msg: { market_ticker: ticker, ...more } }
}

describe('price database', () => {
  it('holds the best prices after each frame that told some, in integers', async () => {
    const wire = new Wire()
    wire.ticker(A, '0.4800', '0.5000')
    wire.snapshot(A, [['0.4700', '12.50']], [['0.5100', '3.00']])
    wire.delta(A, 'yes', '0.4750', '1.25')
    const path = databasePath()
    await stream(path, wire.frames)
    const columns = 'market_id, received_at, exchange_time, source, bid, ask, bid_size, ask_size'
    expect(query(path, `SELECT ${columns}, last_price, volume, open_interest FROM updates ORDER BY id`)).toEqual([
      [1n, at(0), 1_795_521_600_789_000_000n, 'ticker', 4800n, 5000n, 1000n, 500n, 4800n, 10_000n, 6000n],
      [1n, at(1), null, 'book', 4700n, 4900n, 1250n, 300n, 4800n, 10_000n, 6000n],
      [1n, at(2), 1_795_521_600_123_000_000n, 'book', 4750n, 4900n, 125n, 300n, 4800n, 10_000n, 6000n]
    ])
    expect(query(path, 'SELECT ticker, event_ticker, series_ticker FROM markets')).toEqual([[A, 'KXA-26NOV24', 'KXA']])
  })

  it('shows them in dollars, with times in RFC 3339', async () => {
    const wire = new Wire()
    wire.ticker(A, '0.4800', '0.5000')
    wire.ticker(A, '0.4801', '0.5000')
    wire.trade(A, 'id-1', '0.4900', '0.5100', '2.50')
    const path = databasePath()
    await stream(path, wire.frames)
    const time = '2026-11-24T12:00:01.000000000Z'
    const exchangeTime = '2026-11-24T12:00:00.789000000Z'
    expect(query(path, 'SELECT * FROM latest_view')).toEqual([
      [A, 'KXA-26NOV24', 'KXA', time, exchangeTime, 'ticker', 0.4801, 0.5, 10, 5, 0.4801, 100, 60]
    ])
    expect(query(path, 'SELECT received_at, bid FROM updates_view ORDER BY id')).toEqual([
      ['2026-11-24T12:00:00.000000000Z', 0.48],
      [time, 0.4801]
    ])
    expect(query(path, 'SELECT market_ticker, trade_id, yes_price, no_price, count FROM trades_view')).toEqual([
      [A, 'id-1', 0.49, 0.51, 2.5]
    ])
  })

  it('holds a trade once, whoever tells it', async () => {
    const wire = new Wire()
    wire.trade(A, 'id-1', '0.4900', '0.5100', '2.50')
    wire.trade(A, 'id-1', '0.4900', '0.5100', '2.50', 1)
    wire.trade(A, 'id-2', '0.4900', '0.5100', '2.50')
    const path = databasePath()
    const { stored, known } = await stream(path, wire.frames)
    expect(query(path, 'SELECT trade_id, yes_price, count, taker_side FROM trades ORDER BY id')).toEqual([
      ['id-1', 4900n, 250n, 'yes'],
      ['id-2', 4900n, 250n, 'yes']
    ])
    expect({ ...stored, known }).toMatchObject({ trades: 2, known: 1 })
  })

  it('keeps what each event told of a market, and of the market what was told last', async () => {
    const created = {
      event_type: 'created',
      open_ts: 1_795_521_600,
      close_ts: 1_795_525_200,
      additional_metadata: { name: 'A', title: 'Will A be?', event_ticker: 'KXOTHER-1' }
    }
    const frames = [
      textFrame(tickerFrame(A, '0.4800', '0.5000'), 0),
      textFrame(lifecycle(A, 1, created), 1),
      textFrame(lifecycle(A, 2, { event_type: 'close_date_updated', close_ts: 1_795_528_800 }), 2)
    ]
    const path = databasePath()
    await stream(path, frames)
    expect(query(path, 'SELECT event_ticker, series_ticker, title, open_time, close_time FROM markets')).toEqual([
      ['KXOTHER-1', 'KXOTHER', 'Will A be?', NOON, at(7200)]
    ])
    expect(query(path, 'SELECT event_type, market_id, event_ticker FROM lifecycle ORDER BY id')).toEqual([
      ['created', 1n, 'KXOTHER-1'],
      ['close_date_updated', 1n, 'KXOTHER-1']
    ])
    expect(query(path, "SELECT payload ->> '$.msg.close_ts' FROM lifecycle_view ORDER BY id")).toEqual([
      [1_795_525_200n],
      [1_795_528_800n]
    ])
  })

  it('keeps the newest word on a market when an older recording is streamed later', async () => {
    const older = [textFrame(lifecycle(A, 1, { event_type: 'created', open_ts: 1_795_521_600, close_ts: 1 }), 1)]
    const newer = [textFrame(lifecycle(A, 1, { event_type: 'close_date_updated', close_ts: 1_795_528_800 }), 2)]
    const [forth, back] = [databasePath(), databasePath()]
    for (const frames of [older, newer]) await stream(forth, frames)
    for (const frames of [newer, older]) await stream(back, frames)
    const expected = [[NOON, at(7200), at(2)]]
    expect(query(forth, 'SELECT open_time, close_time, updated_at FROM markets')).toEqual(expected)
    expect(query(back, 'SELECT open_time, close_time, updated_at FROM markets')).toEqual(expected)
  })

  it('tells when frames were lost', async () => {
    const wire = new Wire()
    wire.snapshot(A, [['0.4700', '12.50']], [])
    wire.lose(1, 4)
    wire.delta(A, 'yes', '0.4700', '1.00')
    wire.close()
    const path = databasePath()
    await stream(path, wire.frames)
    expect(query(path, 'SELECT received_at, kind, sid, frames_lost FROM interruptions ORDER BY id')).toEqual([
      [at(1), 'gap', 1n, 4n],
      [at(2), 'closed', null, null]
    ])
    // The book is stale after the gap: its delta told no price.
    expect(query(path, 'SELECT count(*) FROM updates')).toEqual([[1n]])
  })

  it('passes over markets that nobody asked for', async () => {
    const wire = new Wire()
    for (const ticker of [A, B]) {
      wire.ticker(ticker, '0.4800', '0.5000')
      wire.trade(ticker, `${ticker}-1`, '0.4900', '0.5100', '2.50')
    }
    const page = { markets: [A, B].map(ticker => ({ ticker, status: 'active', title: ticker })), cursor: '' }
    wire.put(JSON.stringify(page), 0, 'rest')
    const path = databasePath()
    await stream(path, wire.frames, { markets: new Set([B]) })
    expect(query(path, 'SELECT ticker, title FROM markets')).toEqual([[B, B]])
    expect(query(path, 'SELECT DISTINCT market_ticker FROM trades_view')).toEqual([[B]])
  })

  it('stores a batch whole or not at all', async () => {
    const path = databasePath()
    const wire = new Wire()
    wire.ticker(A, '0.4800', '0.5000')
    wire.ticker(A, '0.4900', '0.5000')
    const { database, pipeline, take } = openStream(path)
    const [first, second] = batchesOf(wire.frames, [1])
    if (first === undefined || second === undefined) throw new TypeError('there are two batches')
    await take(first)
    await pipeline.accept(second)
    await database.close()
    expect(query(path, 'SELECT bid FROM updates')).toEqual([[4800n]])
  })
})

/** What is stored of tickers of one market, each by its second and bid: milliseconds and bid. */
async function bids(tickers: readonly (readonly [number, string])[], windowSeconds = 1): Promise<unknown[]> {
  const path = databasePath()
  const frames = tickers.map(([seconds, bid]) => textFrame(tickerFrame(A, bid, '0.9000'), seconds))
  await stream(path, frames, { window: microseconds(windowSeconds * 1e6) })
  return query(path, `SELECT (received_at - ${NOON}) / 1000000, bid FROM updates ORDER BY id`)
}

describe('duplicates', () => {
  it('are dropped within the window, counted from the row that was written', async () => {
    expect(await bids([0, 0.4, 0.999, 1, 1.5, 2.5].map(seconds => [seconds, '0.4800']))).toEqual([
      [0n, 4800n],
      [1000n, 4800n],
      [2500n, 4800n]
    ])
  })

  it('are no updates that go back to an earlier price', async () => {
    expect(
      await bids([
        [0, '0.4800'],
        [0.1, '0.4900'],
        [0.2, '0.4800']
      ])
    ).toEqual([
      [0n, 4800n],
      [100n, 4900n],
      [200n, 4800n]
    ])
  })

  it('are kept with a window of 0', async () => {
    expect(
      await bids(
        [
          [0, '0.4800'],
          [0.1, '0.4800']
        ],
        0
      )
    ).toHaveLength(2)
  })

  it('are of one market: another with the same prices is none', async () => {
    const path = databasePath()
    const frames = [A, B].map(ticker => textFrame(tickerFrame(ticker, '0.4800', '0.5000'), 0))
    const { duplicates, stored } = await stream(path, frames)
    expect({ duplicates, updates: stored.updates }).toEqual({ duplicates: 0, updates: 2 })
  })

  it('are found where an earlier run wrote the row', async () => {
    const path = databasePath()
    await stream(path, [textFrame(tickerFrame(A, '0.4800', '0.5000'), 0)])
    const { duplicates } = await stream(path, [textFrame(tickerFrame(A, '0.4800', '0.5000'), 0.5)])
    expect(duplicates).toBe(1)
    expect(query(path, 'SELECT count(*) FROM updates')).toEqual([[1n]])
  })
})

type Step = readonly [kind: number, ticker: number, price: number, milliseconds: number]

const steps = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 1 }), fc.integer({ min: 1, max: 4 }), fc.nat(900)),
  { minLength: 1, maxLength: 25 }
)

/** Any frames, several of which may share their time. */
function framesOf(all: readonly Step[]) {
  const wire = new Wire()
  let time = NOON
  const times = all.map(([kind, which, price, milliseconds]) => {
    const ticker = which === 0 ? A : B
    const dollars = `0.4${price}00`
    if (kind === 0) wire.snapshot(ticker, [[dollars, '5.00']], [['0.4000', '5.00']])
    else if (kind === 1) wire.delta(ticker, 'yes', dollars, '5.00')
    else if (kind === 2) wire.trade(ticker, `id-${price}`, dollars, `0.5${10 - price}00`, '1.00')
    else if (kind === 3) wire.settle(ticker)
    else if (kind === 4) wire.lose(1, 1)
    else wire.ticker(ticker, dollars, '0.9000')
    time += BigInt(milliseconds < 200 ? 0 : milliseconds) * 1_000_000n
    return time
  })
  return wire.frames.map((frame, index) => ({ ...frame, receivedAt: times[index] ?? time }))
}

describe('any recording', () => {
  it('streamed twice, or after it was cut anywhere, gives the same database as streamed once', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.nat(25), fc.array(fc.integer({ min: 1, max: 9 })), async (all, cut, sizes) => {
        const frames = framesOf(all)
        const [once, more] = [databasePath(), databasePath()]
        await stream(once, frames)
        const expected = everything(once)
        const again = await stream(once, frames, { sizes })
        expect(everything(once)).toEqual(expected)
        expect(Object.values(again.stored).every(count => count === 0)).toBe(true)
        await stream(more, frames.slice(0, cut), { sizes })
        await stream(more, frames)
        expect(everything(more)).toEqual(expected)
      }),
      { numRuns: 12 }
    )
  })

  it('of tickers and trades, streamed as two recordings, is the same as one', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.nat(25), async (all, cut) => {
        let time = 0
        const frames = framesOf(all.map(([kind, ticker, price]) => [kind % 2 === 0 ? 2 : 5, ticker, price, 0])).map(
          frame => ({ ...frame, receivedAt: NOON + BigInt(time++) * 400_000_000n })
        )
        const [whole, parts] = [databasePath(), databasePath()]
        await stream(whole, frames)
        for (const part of [frames.slice(0, cut), frames.slice(cut)]) await stream(parts, part)
        const { updates, trades, markets } = everything(whole)
        expect(everything(parts)).toMatchObject({ trades, markets })
        expect(query(parts, 'SELECT market_id, received_at, bid FROM updates')).toHaveLength(updates?.length ?? 0)
      }),
      { numRuns: 8 }
    )
  })
})
