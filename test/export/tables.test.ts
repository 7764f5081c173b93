import { describe, expect, it } from 'vitest'
import type { Cell } from '../../src/export/column.ts'
import { TABLES } from '../../src/export/tables.ts'
import { NOON, pingFrame } from '../frames.ts'
import type { NamedRow } from './table-run.ts'
import { runTable } from './table-run.ts'
import { BOOKS, Wire } from './wire.ts'

const A = 'KXTEST-26NOV24-A'
const B = 'KXTEST-26NOV24-B'

const SECOND = 1_000_000_000n

function columnsOf(rows: readonly NamedRow[], ...names: readonly string[]): Cell[][] {
  return rows.map(row => names.map(name => row[name] ?? null))
}

describe('trades', () => {
  it('has a row for each trade, with its market, its frame and the state of the book', async () => {
    const wire = new Wire()
    wire.snapshot(A, [['0.4000', '10.00']], [])
    wire.trade(A, 'aaaaaaaa-0000-4000-8000-000000000001', '0.4210', '0.5790', '12.50')
    const { rows } = await runTable(TABLES.trades, wire.frames)
    expect(rows).toEqual([
      {
        received_at: NOON + SECOND,
        frame: 2,
        connection: 0,
        sid: 3,
        seq: 1,
        exchange_time: 1_795_521_600_456_000_000n,
        market_ticker: A,
        event_ticker: 'KXTEST-26NOV24',
        series_ticker: 'KXTEST',
        book_state: 'fresh',
        trade_id: 'aaaaaaaa-0000-4000-8000-000000000001',
        yes_price: 4210,
        no_price: 5790,
        count: 1250,
        taker_side: 'yes',
        is_block_trade: false
      }
    ])
  })

  it('tells a trade once, though its frame or another recorder repeats it', async () => {
    const wire = new Wire()
    wire.trade(A, 'aaaaaaaa-0000-4000-8000-000000000001', '0.4000', '0.6000', '1.00')
    wire.repeat()
    wire.trade(A, 'aaaaaaaa-0000-4000-8000-000000000001', '0.4000', '0.6000', '1.00', 1)
    wire.trade(A, 'aaaaaaaa-0000-4000-8000-000000000002', '0.4000', '0.6000', '2.00', 1)
    const { rows, sink } = await runTable(TABLES.trades, wire.frames)
    expect(columnsOf(rows, 'frame', 'connection', 'count')).toEqual([
      [1, 0, 100],
      [4, 1, 200]
    ])
    expect(sink.tracker.counts).toMatchObject({ duplicate: 1, repeated_trade: 1 })
  })
})

describe('tickers', () => {
  it('has a row for each ticker', async () => {
    const wire = new Wire()
    wire.ticker(A, '0.4000', '0.4300')
    const { rows } = await runTable(TABLES.tickers, wire.frames)
    expect(rows).toEqual([
      expect.objectContaining({
        exchange_time: 1_795_521_600_789_000_000n,
        market_ticker: A,
        book_state: 'none',
        type: 'ticker',
        price: 4000,
        yes_bid: 4000,
        yes_ask: 4300,
        yes_bid_size: 1000,
        yes_ask_size: 500,
        last_trade_size: 150,
        volume: 10_000,
        open_interest: 6000,
        dollar_volume: 50,
        dollar_open_interest: 30
      })
    ])
  })

  it('puts a partial ticker on top of those before it', async () => {
    const wire = new Wire()
    wire.ticker(A, '0.4000', '0.4300')
    wire.put({
      type: 'ticker_v2',
      sid: 2,
      msg: { market_ticker: A, yes_bid_dollars: '0.4100', volume_delta_fp: '5.00' }
    })
    const { rows } = await runTable(TABLES.tickers, wire.frames)
    expect(columnsOf(rows.slice(1), 'type', 'yes_bid', 'yes_ask', 'volume', 'last_trade_size')).toEqual([
      ['ticker_v2', 4100, 4300, 10_500, null]
    ])
  })
})

describe('book', () => {
  const shown = ['frame', 'change', 'side', 'price', 'delta', 'count', 'applied', 'book_state'] as const

  it('tells what each level holds from then on, and of the levels that a snapshot no longer has that they hold nothing', async () => {
    const wire = new Wire()
    wire.snapshot(A, [['0.4000', '10.00'], ['0.3900', '5.00']], [['0.5500', '7.00']]) // prettier-ignore
    wire.delta(A, 'yes', '0.4100', '2.50')
    wire.delta(A, 'no', '0.5500', '-7.00')
    wire.snapshot(A, [['0.3900', '6.00']], [])
    const { rows } = await runTable(TABLES.book, wire.frames)
    expect(columnsOf(rows, ...shown)).toEqual([
      [1, 'snapshot', 'yes', 4000, null, 1000, true, 'fresh'],
      [1, 'snapshot', 'yes', 3900, null, 500, true, 'fresh'],
      [1, 'snapshot', 'no', 5500, null, 700, true, 'fresh'],
      [2, 'delta', 'yes', 4100, 250, 250, true, 'fresh'],
      [3, 'delta', 'no', 5500, -700, 0, true, 'fresh'],
      [4, 'snapshot', 'yes', 4000, null, 0, true, 'fresh'],
      [4, 'snapshot', 'yes', 4100, null, 0, true, 'fresh'],
      [4, 'snapshot', 'yes', 3900, null, 600, true, 'fresh']
    ])
  })

  it('tells of what the tracker refused that it changed nothing', async () => {
    const wire = new Wire()
    wire.delta(B, 'yes', '0.4000', '1.00')
    wire.snapshot(A, [['0.4000', '10.00']], [])
    wire.lose(BOOKS, 1)
    wire.delta(A, 'yes', '0.4000', '1.00')
    wire.snapshot(A, [['0.4000', '10.00']], [])
    wire.delta(A, 'yes', '0.4000', '-10.50')
    wire.delta(A, 'yes', '0.4000', '2.00', 1)
    const { rows } = await runTable(TABLES.book, wire.frames)
    expect(columnsOf(rows, ...shown)).toEqual([
      [1, 'delta', 'yes', 4000, 100, 0, false, 'none'],
      [2, 'snapshot', 'yes', 4000, null, 1000, true, 'fresh'],
      [3, 'delta', 'yes', 4000, 100, 1000, false, 'stale'],
      [4, 'snapshot', 'yes', 4000, null, 1000, true, 'fresh'],
      [5, 'delta', 'yes', 4000, -1050, 1000, false, 'stale'],
      [6, 'delta', 'yes', 4000, 200, 1000, false, 'stale']
    ])
  })

  it('empties the book of a market that is settled', async () => {
    const wire = new Wire()
    wire.snapshot(A, [['0.4000', '10.00']], [])
    wire.settle(A)
    const { rows } = await runTable(TABLES.book, wire.frames)
    expect(columnsOf(rows.slice(1), ...shown)).toEqual([[2, 'settled', 'yes', 4000, null, 0, true, 'none']])
  })

  it('opens with the books as they stand where it begins in the middle', async () => {
    const wire = new Wire()
    wire.snapshot(A, [['0.4000', '10.00']], [])
    wire.snapshot(B, [], [['0.3000', '1.00']])
    wire.delta(A, 'yes', '0.4000', '1.00')
    wire.delta(A, 'yes', '0.3500', '3.00')
    const { rows } = await runTable(TABLES.book, wire.frames, { from: NOON + 3n * SECOND })
    expect(columnsOf(rows, 'market_ticker', ...shown)).toEqual([
      [A, 4, 'opening', 'yes', 4000, null, 1100, true, 'fresh'],
      [A, 4, 'opening', 'yes', 3500, null, 300, true, 'fresh'],
      [B, 4, 'opening', 'no', 3000, null, 100, true, 'fresh'],
      [A, 4, 'delta', 'yes', 3500, 300, 300, true, 'fresh']
    ])
  })
})

describe('bbo', () => {
  const shown = ['frame', 'market_ticker', 'source', 'bid', 'bid_size', 'ask', 'ask_size', 'book_state'] as const

  it('has a row where the top of a book changes, and none where only its depth does', async () => {
    const wire = new Wire()
    wire.snapshot(A, [['0.4000', '10.00']], [['0.5500', '7.00']])
    wire.delta(A, 'yes', '0.3000', '1.00')
    wire.delta(A, 'yes', '0.4200', '3.00')
    wire.delta(A, 'no', '0.5500', '-7.00')
    const { rows } = await runTable(TABLES.bbo, wire.frames)
    expect(columnsOf(rows, ...shown)).toEqual([
      [1, A, 'book', 4000, 1000, 4500, 700, 'fresh'],
      [3, A, 'book', 4200, 300, 4500, 700, 'fresh'],
      [4, A, 'book', 4200, 300, null, null, 'fresh']
    ])
  })

  it('takes the ticker where there is no fresh book, and tells of every market that a gap leaves without a quote', async () => {
    const wire = new Wire()
    wire.snapshot(A, [['0.4000', '10.00']], [])
    wire.snapshot(B, [['0.2000', '1.00']], [])
    wire.ticker(A, '0.4000', '0.4300')
    wire.lose(BOOKS, 1)
    wire.delta(B, 'yes', '0.2000', '1.00')
    const { rows } = await runTable(TABLES.bbo, wire.frames)
    expect(columnsOf(rows.slice(2), ...shown)).toEqual([
      [4, A, 'ticker', 4000, 1000, 4300, 500, 'stale'],
      [4, B, null, null, null, null, null, 'stale']
    ])
  })

  it('opens with the quotes as they stand where it begins in the middle', async () => {
    const wire = new Wire()
    wire.snapshot(A, [['0.4000', '10.00']], [])
    wire.snapshot(B, [], [])
    wire.delta(B, 'yes', '0.2000', '1.00')
    const { rows } = await runTable(TABLES.bbo, wire.frames, { from: NOON + 2n * SECOND })
    expect(columnsOf(rows, ...shown)).toEqual([
      [3, A, 'book', 4000, 1000, null, null, 'fresh'],
      [3, B, 'book', 2000, 100, null, null, 'fresh']
    ])
  })
})

describe('frames', () => {
  it('has every frame as it came, beside what it was taken for', async () => {
    const wire = new Wire()
    wire.ticker(A, '0.4000', '0.4300')
    wire.put({ type: 'ticker', sid: 2, sending_ts_ms: 1_795_521_600_001, msg: {} })
    const frames = [...wire.frames, { ...pingFrame(2), payload: Buffer.from([0xff, 0x00]) }]
    const { rows } = await runTable(TABLES.frames, frames)
    expect(rows[0]).toEqual({
      received_at: NOON,
      frame: 1,
      connection: 0,
      sid: 2,
      seq: null,
      monotonic: 0n,
      sent_at: null,
      kind: 'text',
      direction: 'received',
      type: 'ticker',
      market_ticker: A,
      event_ticker: 'KXTEST-26NOV24',
      series_ticker: 'KXTEST',
      irregularities: null,
      payload: Buffer.from(frames[0]?.payload ?? []).toString(),
      payload_base64: null
    })
    expect(rows[1]).toMatchObject({
      monotonic: SECOND,
      sent_at: 1_795_521_600_001_000_000n,
      type: 'malformed',
      market_ticker: null,
      irregularities: 'malformed'
    })
    expect(rows[2]).toMatchObject({ kind: 'ping', type: 'heartbeat', payload: null, payload_base64: '/wA=' })
  })

  it('names what is irregular, repeated frames among them', async () => {
    const wire = new Wire()
    wire.snapshot(A, [], [])
    wire.repeat()
    wire.lose(BOOKS, 3)
    wire.delta(A, 'yes', '0.4000', '1.00')
    const { rows } = await runTable(TABLES.frames, wire.frames)
    expect(columnsOf(rows, 'irregularities')).toEqual([[null], ['duplicate'], ['gap,delta_on_stale_book']])
  })
})

describe('every table', () => {
  it.each(Object.entries(TABLES))(
    '%s has only the markets that were asked for, and minds all gaps',
    async (_, table) => {
      const wire = new Wire()
      for (const ticker of [A, B]) {
        wire.snapshot(ticker, [['0.4000', '10.00']], [])
        wire.ticker(ticker, '0.4000', '0.4300')
        wire.trade(ticker, `aaaaaaaa-0000-4000-8000-00000000000${ticker === A ? 1 : 2}`, '0.4000', '0.6000', '1.00')
      }
      wire.lose(BOOKS, 1)
      wire.delta(B, 'yes', '0.4000', '1.00')
      wire.delta(A, 'yes', '0.4000', '1.00')
      const { rows, sink } = await runTable(table, wire.frames, { markets: new Set([A]) })
      expect(new Set(columnsOf(rows, 'market_ticker').flat())).toEqual(new Set([A]))
      expect(sink.tracker.counts).toMatchObject({ gap: 1, delta_on_stale_book: 1 })
    }
  )
})
