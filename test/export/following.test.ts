import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Market, Quote } from '../../src/market/market.ts'
import type { MarketTracker } from '../../src/market/market-tracker.ts'
import { TABLES } from '../../src/export/tables.ts'
import { NOON } from '../frames.ts'
import type { NamedRow } from './table-run.ts'
import { runTable } from './table-run.ts'
import { BOOKS, Wire } from './wire.ts'

const TICKERS = ['KXA-26-1', 'KXA-26-2', 'KXB-26-1']

const ticker = fc.constantFrom(...TICKERS)
const side = fc.constantFrom('yes' as const, 'no' as const)
const price = fc.constantFrom('0.1000', '0.2000', '0.4050', '0.7000')
const connection = fc.constantFrom(0, 0, 0, 1)
const levels = fc.uniqueArray(fc.tuple(price, fc.constantFrom('1.00', '2.50')), { selector: ([price]) => price })
const yesNo = fc.record({ yes: levels, no: levels })

/** Something that happens on the wire. */
const step = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(ticker, yesNo, connection).map(([ticker, { yes, no }, connection]) => (wire: Wire) => wire.snapshot(ticker, yes, no, connection)) },
  { weight: 8, arbitrary: fc.tuple(ticker, side, price, fc.constantFrom('1.00', '-1.00', '-2.50'), connection).map(args => (wire: Wire) => wire.delta(...args)) },
  { weight: 3, arbitrary: fc.tuple(ticker, price, price, connection).map(args => (wire: Wire) => wire.ticker(...args)) },
  { weight: 2, arbitrary: fc.tuple(ticker, fc.uuid({ version: 4 }), connection).map(([ticker, id, connection]) => (wire: Wire) => wire.trade(ticker, id, '0.4000', '0.6000', '3.00', connection)) },
  connection.map(connection => (wire: Wire) => wire.lose(BOOKS, 1, connection)),
  fc.constant((wire: Wire) => wire.repeat()),
  ticker.map(ticker => (wire: Wire) => wire.settle(ticker)),
  connection.map(connection => (wire: Wire) => wire.close(connection)),
  fc.constantFrom<object>(
    { type: 'unsubscribed', sid: 1 },
    { type: 'unsubscribed', sid: 2 },
    { type: 'error', sid: 1, msg: { code: 25, msg: 'Subscription buffer overflow' } },
    { type: 'orderbook_delta', sid: 1, msg: {} },
    { type: 'ticker', sid: 2, msg: { market_ticker: TICKERS[0] } }
  ).map(payload => (wire: Wire) => wire.put(payload))
) // prettier-ignore

const wire = fc.array(step, { minLength: 1, maxLength: 50, size: 'max' }).map(steps => {
  const wire = new Wire()
  for (const happen of steps) happen(wire)
  return wire
})

/** What a reader does who knows nothing but the table: the last row of each level, unless it holds nothing. */
function fold(rows: readonly NamedRow[]): Record<string, unknown> {
  const levels = new Map<string, unknown>()
  for (const { market_ticker, side, price, count } of rows) {
    const level = `${String(market_ticker)} ${String(side)} ${String(price)}`
    if (count === 0) levels.delete(level)
    else levels.set(level, count)
  }
  return Object.fromEntries(levels)
}

function booksOf(tracker: MarketTracker): Record<string, unknown> {
  const all = [...tracker.markets()].flatMap(({ ticker, book }) =>
    (['yes', 'no'] as const).flatMap(side =>
      book.levels(side).map(({ price, count }) => [`${ticker} ${side} ${price}`, count] as const)
    )
  )
  return Object.fromEntries(all)
}

/** The last row of a market, as the quote that it tells of. */
function toldOf(rows: readonly NamedRow[], { ticker }: Market): unknown {
  const row = rows.findLast(({ market_ticker }) => market_ticker === ticker)
  return row === undefined || row['source'] === null ? null : valuesOf(row)
}

function valuesOf(row: NamedRow): unknown[] {
  return [row['source'], row['bid'], row['bid_size'], row['ask'], row['ask_size']]
}

function trackedOf(quote: Quote | null): unknown {
  return quote === null ? null : [quote.source, quote.bid, quote.bidSize, quote.ask, quote.askSize]
}

const start = fc.option(fc.nat({ max: 40 }), { nil: undefined })

function fromSecond(second: number | undefined): { from?: bigint } {
  return second === undefined ? {} : { from: NOON + BigInt(second) * 1_000_000_000n }
}

describe('a reader of the book table', () => {
  it("has the tracker's books after every frame, by the last row of each level", async () => {
    let compared = 0
    await fc.assert(
      fc.asyncProperty(wire, start, async ({ frames }, second) => {
        await runTable(TABLES.book, frames, fromSecond(second), ({ tracker }, rows) => {
          expect(fold(rows)).toEqual(booksOf(tracker))
          compared += rows.length
        })
      }),
      { numRuns: 100 }
    )
    expect(compared).toBeGreaterThan(1000)
  })
})

describe('a reader of the bbo table', () => {
  it("has the tracker's quote of every market after every frame, by the market's last row", async () => {
    let compared = 0
    await fc.assert(
      fc.asyncProperty(wire, start, async ({ frames }, second) => {
        await runTable(TABLES.bbo, frames, fromSecond(second), ({ tracker }, rows) => {
          for (const market of tracker.markets()) expect(toldOf(rows, market)).toEqual(trackedOf(market.quote))
          compared += rows.length
        })
      }),
      { numRuns: 100 }
    )
    expect(compared).toBeGreaterThan(1000)
  })

  it('has no row that changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(wire, async ({ frames }) => {
        const { rows } = await runTable(TABLES.bbo, frames)
        for (const ticker of TICKERS) {
          const told = rows.filter(({ market_ticker }) => market_ticker === ticker).map(valuesOf)
          for (const [at, values] of told.entries()) expect(values).not.toEqual(told[at - 1])
        }
      }),
      { numRuns: 50 }
    )
    expect.hasAssertions()
  })
})
