import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Change } from '../../src/exchange/change.ts'
import { SyntheticExchange } from '../../src/exchange/synthetic-exchange.ts'
import { FoldedBook } from './folded-book.ts'
import { changesOf, options } from './synthetic-run.ts'

interface Trading {
  readonly volume: number
  readonly lastPrice: number | null
  readonly lastCount: number
}

/** What a client that misses nothing knows of each market. */
class Watcher {
  readonly books = new Map<string, FoldedBook>()
  readonly trading = new Map<string, Trading>()

  watch(exchange: SyntheticExchange, ticker: string): void {
    const market = exchange.find(ticker)
    if (market === undefined) return
    const { volume, lastPrice, lastCount } = market.quote()
    this.books.set(ticker, new FoldedBook(market.book()))
    this.trading.set(ticker, { volume, lastPrice, lastCount })
  }

  tradingOf(ticker: string): Trading {
    return this.trading.get(ticker) ?? { volume: 0, lastPrice: null, lastCount: 0 }
  }

  accept(change: Change): void {
    if (change.type === 'event_lifecycle') return
    const { ticker } = change.market
    const book = this.books.get(ticker) ?? new FoldedBook()
    this.books.set(ticker, book)
    if (change.type === 'orderbook_delta') book.change(change.side, change.price, change.delta)
    if (change.type === 'orderbook_snapshot') this.books.set(ticker, new FoldedBook(change))
    if (change.type !== 'trade') return
    const volume = this.tradingOf(ticker).volume + change.count
    this.trading.set(ticker, { volume, lastPrice: change.yesPrice, lastCount: change.count })
  }
}

test('the same seed gives the same changes', () => {
  fc.assert(
    fc.property(options, given => {
      expect(changesOf(new SyntheticExchange(given), 1_000)).toEqual(changesOf(new SyntheticExchange(given), 1_000))
    }),
    { numRuns: 5 }
  )
})

test('deltas fold to the book, which is never crossed, locked or negative', () => {
  fc.assert(
    fc.property(options, given => {
      const exchange = new SyntheticExchange(given)
      const watcher = new Watcher()
      for (const ticker of exchange.tickers()) watcher.watch(exchange, ticker)
      let lowest = 0
      let highestSum = 0
      for (let advances = 0; advances < 1_500; advances++) {
        for (const change of exchange.advance()) {
          watcher.accept(change)
          if (change.type !== 'orderbook_delta') continue
          const book = watcher.books.get(change.market.ticker) ?? new FoldedBook()
          lowest = Math.min(lowest, book.countAt(change.side, change.price))
          highestSum = Math.max(highestSum, book.best('yes') + book.best('no'))
        }
      }
      expect(lowest).toBe(0)
      expect(highestSum).toBeLessThan(10_000)
      for (const ticker of exchange.tickers()) {
        const { yes = [], no = [] } = exchange.find(ticker)?.book() ?? {}
        expect(watcher.books.get(ticker)?.pairs()).toEqual(new FoldedBook({ yes, no }).pairs())
      }
    }),
    { numRuns: 20 }
  )
})

test('a ticker tells the top of the book, the last trade and the sum of all trades', () => {
  fc.assert(
    fc.property(options, given => {
      const exchange = new SyntheticExchange(given)
      const watcher = new Watcher()
      for (const ticker of exchange.tickers()) watcher.watch(exchange, ticker)
      for (const change of changesOf(exchange, 1_500)) {
        watcher.accept(change)
        if (change.type !== 'ticker') continue
        const { ticker } = change.market
        const book = watcher.books.get(ticker) ?? new FoldedBook()
        expect(change).toMatchObject({
          yesBid: book.best('yes'),
          yesBidSize: book.countAt('yes', book.best('yes')),
          yesAsk: 10_000 - book.best('no'),
          yesAskSize: book.countAt('no', book.best('no')),
          ...watcher.tradingOf(ticker)
        })
        expect(change.openInterest).toBeLessThanOrEqual(change.volume)
      }
    }),
    { numRuns: 10 }
  )
})

test('a trade takes the best bids of the other side at the complement', () => {
  const changes = changesOf(new SyntheticExchange({ seed: 5, markets: 20, roundLength: 1e6 }), 5_000)
  let seen = 0
  for (const [at, trade] of changes.entries()) {
    if (trade.type !== 'trade') continue
    seen++
    expect(changes[at + 1]).toEqual({
      type: 'orderbook_delta',
      market: trade.market,
      side: trade.takerSide === 'yes' ? 'no' : 'yes',
      price: trade.takerSide === 'yes' ? 10_000 - trade.yesPrice : trade.yesPrice,
      delta: 0 - trade.count
    })
  }
  expect(seen).toBeGreaterThan(100)
})

test('about 86 % of the changes are deltas, 7 % tickers and 6 % trades, and a few markets have most of them', () => {
  const changes = changesOf(new SyntheticExchange({ seed: 2, markets: 20, roundLength: 20_000 }), 50_000)
  const share = (type: Change['type']): number => changes.filter(change => change.type === type).length / changes.length
  expect(share('orderbook_delta')).toBeCloseTo(0.87, 1)
  expect(share('ticker')).toBeGreaterThan(0.06)
  expect(share('ticker')).toBeLessThan(0.08)
  expect(share('trade')).toBeGreaterThan(0.05)
  expect(share('trade')).toBeLessThan(0.07)
  const series = changes.filter(change => change.type === 'trade' && change.market.ticker.startsWith('KXPRACBTC15M'))
  expect(series.length / changes.length / share('trade')).toBeGreaterThan(0.2)
})

test('activity comes in bursts: news makes many things happen at once', () => {
  const exchange = new SyntheticExchange({ seed: 2, markets: 20, roundLength: 1e6 })
  const sizes = Array.from({ length: 20_000 }, () => exchange.advance().length)
  expect(sizes.filter(size => size >= 10).length).toBeGreaterThan(15)
  expect(sizes.filter(size => size >= 10).length).toBeLessThan(150)
  expect(Math.max(...sizes)).toBeLessThan(200)
})

test.each([1, 2, 7, 100, 10_000])('%d markets are open at any moment', markets => {
  const exchange = new SyntheticExchange({ seed: 9, markets, roundLength: 500 })
  const openOnes = (): number =>
    [...exchange.events()]
      .flatMap(event => event.markets)
      .filter(({ status }) => ['active', 'inactive'].includes(status)).length
  const counts = [openOnes()]
  for (let looks = 0; looks < 5; looks++) {
    changesOf(exchange, 300)
    counts.push(openOnes())
  }
  expect(new Set(counts)).toEqual(new Set([markets]))
  expect(new Set(exchange.tickers()).size).toBe(exchange.tickers().length)
})

test('10,000 markets over many events and series are there in time', () => {
  const started = performance.now()
  const exchange = new SyntheticExchange({ seed: 1, markets: 10_000, roundLength: 20_000 })
  expect(performance.now() - started).toBeLessThan(2_000)
  const events = [...exchange.events()]
  expect(events.length).toBeGreaterThan(1_000)
  expect(new Set(events.map(({ series }) => series.ticker)).size).toBeGreaterThan(20)
  expect(new Set(events.map(({ ticker }) => ticker)).size).toBe(events.length)
})
