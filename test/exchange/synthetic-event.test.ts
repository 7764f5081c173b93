import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Change, MarketLifecycleChange } from '../../src/exchange/change.ts'
import { SyntheticExchange } from '../../src/exchange/synthetic-exchange.ts'
import type { TickGrid } from '../../src/exchange/tick-grid.ts'
import { changesOf, options } from './synthetic-run.ts'

/** What is told of one market, by the type of the frame or of the lifecycle event. */
function toldOf(ticker: string, changes: readonly Change[]): string[] {
  return changes.flatMap(change => {
    if (change.type === 'event_lifecycle' || change.market.ticker !== ticker) return []
    return change.type === 'market_lifecycle_v2' ? [change.eventType] : [change.type]
  })
}

function lifecyclesOf<EventType extends MarketLifecycleChange['eventType']>(
  eventType: EventType,
  changes: readonly Change[]
): Extract<MarketLifecycleChange, { eventType: EventType }>[] {
  type Wanted = Extract<MarketLifecycleChange, { eventType: EventType }>
  const isWanted = (change: Change): change is Wanted =>
    change.type === 'market_lifecycle_v2' && change.eventType === eventType
  return changes.filter(isWanted)
}

test('a market is announced, opens and closes in silence, is emptied once or twice, determined and settled', () => {
  const exchange = new SyntheticExchange({ seed: 11, markets: 3, roundLength: 1_000 })
  const [first = ''] = exchange.tickers()
  const next = 'KXPRACBTC15M-26NOV241515-T0'
  const changes: Change[] = []
  while (!toldOf(next, changes).includes('created')) changes.push(...exchange.advance())
  expect(first).toBe('KXPRACBTC15M-26NOV241500-T0')
  expect([exchange.find(first)?.status, exchange.find(next)?.status]).toEqual(['active', 'initialized'])
  while (exchange.find(first)?.status === 'active') changes.push(...exchange.advance())
  expect([exchange.find(first)?.status, exchange.find(next)?.status]).toEqual(['closed', 'active'])
  while (exchange.find(first) !== undefined) changes.push(...exchange.advance())
  const told = toldOf(first, changes)
  expect(told.slice(told.lastIndexOf('orderbook_delta') + 1).join(' ')).toMatch(
    /^((trade|ticker) )*(orderbook_snapshot ){1,2}determined settled$/
  )
  expect(toldOf(next, changes).slice(0, 3)).toEqual(['created', 'metadata_updated', 'orderbook_delta'])
})

test('no market trades before it opens, while it is paused or after it has closed', () => {
  fc.assert(
    fc.property(options, given => {
      const exchange = new SyntheticExchange({ ...given, roundLength: 400 })
      const active = new Set(exchange.tickers())
      const wrong: Change[] = []
      for (let advances = 0; advances < 3_000; advances++) {
        const changes = exchange.advance()
        for (const event of exchange.events()) {
          for (const { name, status } of event.markets) {
            if (status === 'active') active.add(name.ticker)
            else active.delete(name.ticker)
          }
        }
        for (const change of changes) {
          const isTrading = ['orderbook_delta', 'ticker', 'trade'].includes(change.type)
          if (isTrading && 'market' in change && !active.has(change.market.ticker)) wrong.push(change)
        }
      }
      expect(wrong).toEqual([])
    }),
    { numRuns: 10 }
  )
})

test('of outcomes that exclude each other exactly one resolves to yes, all others to no', () => {
  const exchange = new SyntheticExchange({ seed: 3, markets: 60, roundLength: 300 })
  const changes = changesOf(exchange, 30_000)
  const exclusive = new Set(
    changes.flatMap(change =>
      change.type === 'event_lifecycle' && change.collateralReturnType === 'MECNET' ? [change.eventTicker] : []
    )
  )
  const results = new Map<string, string[]>()
  const determined = lifecyclesOf('determined', changes)
  for (const { market, result } of determined) {
    const event = market.ticker.slice(0, market.ticker.lastIndexOf('-'))
    results.set(event, [...(results.get(event) ?? []), result])
  }
  const payouts = determined.filter(({ result }) => result !== 'scalar')
  expect(payouts.filter(({ result, settlementValue }) => settlementValue !== (result === 'yes' ? 10_000 : 0))).toEqual(
    []
  )
  const ofExclusive = [...results].filter(([event]) => exclusive.has(event))
  expect(ofExclusive.length).toBeGreaterThan(20)
  expect(
    ofExclusive.filter(([, of]) => of.filter(result => result === 'yes').length !== 1 || of.includes('scalar'))
  ).toEqual([])
  expect(new Set([...results.values()].flat())).toEqual(new Set(['yes', 'no', 'scalar']))
})

test('the outcomes of an event cost about a dollar together, and at times so much less that it pays to buy all', () => {
  const exchange = new SyntheticExchange({ seed: 8, markets: 40, roundLength: 100_000 })
  const sums: number[] = []
  for (let looks = 0; looks < 400; looks++) {
    changesOf(exchange, 100)
    for (const event of exchange.events()) {
      const asks = event.markets.map(market => market.quote())
      if (event.isExclusive && asks.every(({ yesAskSize }) => yesAskSize > 0)) {
        sums.push(asks.reduce((sum, { yesAsk }) => sum + yesAsk, 0))
      }
    }
  }
  const mean = sums.reduce((sum, each) => sum + each, 0) / sums.length
  expect(mean).toBeGreaterThan(9_800)
  expect(mean).toBeLessThan(11_500)
  const cheap = sums.filter(sum => sum < 9_900).length / sums.length
  expect(cheap).toBeGreaterThan(0.005)
  expect(cheap).toBeLessThan(0.3)
})

test('with enough markets everything happens that can happen to one, on every grid and in parts of a contract', () => {
  const exchange = new SyntheticExchange({ seed: 4, markets: 200, roundLength: 2_000 })
  const structures = new Set([...exchange.events()].flatMap(({ markets }) => markets.map(({ grid }) => grid.structure)))
  const changes = changesOf(exchange, 60_000)
  const kinds = new Set(changes.map(change => ('eventType' in change ? change.eventType : change.type)))
  expect(structures).toEqual(new Set(['linear_cent', 'deci_cent', 'tapered_deci_cent', 'center_centi_edge_centi_cent']))
  const books = 'orderbook_delta orderbook_snapshot ticker trade'
  const lives = 'event_lifecycle created metadata_updated close_date_updated determined settled'
  const incidents = 'deactivated activated price_level_structure_updated'
  expect(kinds).toEqual(new Set(`${books} ${lives} ${incidents}`.split(' ')))
  const trades = changes.filter(change => change.type === 'trade')
  expect(trades.some(({ count }) => count % 100 !== 0)).toBe(true)
  expect(trades.some(({ yesPrice }) => yesPrice % 10 !== 0)).toBe(true)
})

test('every price is on the grid that the market has been told to have', () => {
  const exchange = new SyntheticExchange({ seed: 21, markets: 60, roundLength: 1_000 })
  const grids = new Map<string, Pick<TickGrid, 'ranges'>>()
  for (const { markets } of exchange.events()) for (const { name, grid } of markets) grids.set(name.ticker, grid)
  let seen = 0
  for (const change of changesOf(exchange, 20_000)) {
    if ('ranges' in change) grids.set(change.market.ticker, change)
    if (change.type !== 'orderbook_delta' || change.delta < 0) continue
    seen++
    const range = grids
      .get(change.market.ticker)
      ?.ranges.find(({ start, end }) => start <= change.price && change.price < end)
    expect((change.price - (range?.start ?? 0)) % (range?.step ?? 0)).toBe(0)
  }
  expect(seen).toBeGreaterThan(5_000)
})

test('before the current era there are whole cents and whole contracts alone', () => {
  const exchange = new SyntheticExchange({ seed: 6, markets: 40, roundLength: 1_000, era: 'dual' })
  const odd = changesOf(exchange, 10_000).filter(change => {
    if (change.type === 'orderbook_delta') return change.price % 100 !== 0 || change.delta % 100 !== 0
    return change.type === 'trade' && (change.yesPrice % 100 !== 0 || change.count % 100 !== 0)
  })
  expect(odd).toEqual([])
})
