import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MarketIndex } from '../../src/market/market-index.ts'
import type { Market } from '../../src/market/market.ts'
import { MarketTable } from '../../src/protocol/market-table.ts'
import { microseconds } from '../../src/core/time.ts'
import { cents, RAIN, Scene, SUN } from './scene.ts'

function tickersOf(scene: Scene): string[] {
  return Array.from(scene.tracker.markets(), market => market.ticker)
}

/** What happens to a market, told to a scene. */
const HAPPENINGS = {
  created: (scene: Scene, ticker: string) => scene.lifecycle(ticker, 'created'),
  snapshot: (scene: Scene, ticker: string) => scene.snapshot(ticker, [[40, 10]], [[50, 10]]),
  delta: (scene: Scene, ticker: string) => scene.delta(ticker, 'yes', [41, 1]),
  ticker: (scene: Scene, ticker: string) => scene.ticker(ticker, { yesBid: cents(30), yesAsk: cents(35) }),
  settled: (scene: Scene, ticker: string) => scene.lifecycle(ticker, 'settled')
} as const

const happening = fc.record({
  type: fc.constantFrom(...(Object.keys(HAPPENINGS) as (keyof typeof HAPPENINGS)[])),
  ticker: fc.nat({ max: 39 }).map(number => `KXTEST-${number % 7}-${number}`)
})

/** The rule, in the plainest words: what is known is listed with its latest time and whether it is over. */
class PlainMemory {
  known: { ticker: string; number: number; settled: boolean; heard: number; hasBook: boolean }[] = []
  readonly #numbers = new Map<string, number>()
  readonly #max: number

  constructor(max: number) {
    this.#max = max
  }

  hear({ type, ticker }: { readonly type: string; readonly ticker: string }, time: number): void {
    if (!this.#numbers.has(ticker)) this.#numbers.set(ticker, this.#numbers.size)
    let one = this.known.find(known => known.ticker === ticker)
    if (one === undefined) {
      if (this.known.length >= this.#max) {
        for (let left = Math.ceil(this.#max / 8); left > 0; left--) this.#dropOne()
      }
      one = { ticker, number: this.#numbers.get(ticker) ?? 0, settled: false, heard: time, hasBook: false }
      this.known.push(one)
    }
    one.heard = time
    if (type === 'settled') one.settled = true
    if (type === 'snapshot') one.hasBook = true
    if (type === 'settled') one.hasBook = false
  }

  #dropOne(): void {
    const settled = this.known.filter(one => one.settled)
    const among = settled.length > 0 ? settled : this.known
    const oldest = Math.min(...among.map(one => one.heard))
    this.known.splice(
      this.known.findIndex(one => among.includes(one) && one.heard === oldest),
      1
    )
  }
}

describe('a tracker of limited memory', () => {
  it('forgets settled markets first, then those that were silent for longest, as a plain list does', () => {
    fc.assert(
      fc.property(
        fc.array(happening, { maxLength: 300 }),
        fc.integer({ min: 1, max: 20 }),
        (happenings, maxMarkets) => {
          const scene = new Scene({ maxMarkets })
          const plain = new PlainMemory(maxMarkets)
          for (const [time, { type, ticker }] of happenings.entries()) {
            HAPPENINGS[type](scene, ticker)
            plain.hear({ type, ticker }, time)
            expect(plain.known.length).toBeLessThanOrEqual(maxMarkets)
          }
          const expected = plain.known.sort((a, b) => a.number - b.number)
          expect(tickersOf(scene)).toEqual(expected.map(one => one.ticker))
          for (const { ticker, hasBook, settled } of expected) {
            const { bookState, settledAt } = scene.market(ticker)
            expect([bookState === 'fresh', settledAt !== null]).toEqual([hasBook, settled])
          }
          const listed = new Set([0, 1, 2, 3, 4, 5, 6].flatMap(event => scene.tracker.byEvent(`KXTEST-${event}`)))
          expect(new Set(scene.tracker.markets())).toEqual(listed)
        }
      ),
      { numRuns: 100 }
    )
  })

  it('knows no more than it may, however many markets and events come and go', () => {
    const table = new MarketTable()
    const index = new MarketIndex(table, 100)
    let most = 0
    let mostEvents = 0
    for (let number = 0; number < 20_000; number++) {
      const ticker = `KXTEST${number % 13}-${number >> 2}-${number}`
      const now = microseconds(number)
      const market = index.of({ market: table.add(ticker), marketTicker: ticker }, now)
      // What is announced need not come.
      index.events.applyFee({ ...FEE, eventTicker: `KXNONE${number}-1` })
      index.move(market, `KXMOVED-${number >> 3}`)
      if (number % 3 === 0) market.settledAt = now
      most = Math.max(most, index.size)
      mostEvents = Math.max(mostEvents, index.events.size)
    }
    expect([most, mostEvents <= 300]).toEqual([100, true])
    expect(index.forgotten.settled + index.forgotten.idle).toBe(20_000 - index.size)
    expect(Array.from(index.all())).toHaveLength(index.size)
  })

  it('knows a market that comes back as a new one, without the book and the prices of the past', () => {
    const scene = new Scene({ maxMarkets: 1 })
    scene.snapshot(SUN, [[40, 10]], [[50, 10]])
    const before: Market = scene.market(SUN)
    scene.ticker(RAIN, { yesBid: cents(30), yesAsk: cents(35) })
    expect(scene.tracker.byTicker(SUN)).toBeUndefined()
    expect([before.bookState, before.quote]).toEqual(['none', null])
    scene.delta(SUN, 'yes', [41, 1])
    const { number, bookState, quote, lastQuote, volume } = scene.market(SUN)
    expect({ number, bookState, quote, lastQuote, volume }).toEqual({
      number: before.number,
      bookState: 'none',
      quote: null,
      lastQuote: null,
      volume: 0
    })
    expect(scene.types).toEqual(['delta_without_book'])
    expect(scene.tracker.forgotten).toEqual({ settled: 0, idle: 2 })
  })

  it('remembers what an event has told while its markets are forgotten', () => {
    const scene = new Scene({ maxMarkets: 1 })
    scene.lifecycle(SUN, 'created')
    scene.eventLifecycle('KXSKY-26NOV22', 'KXSKY')
    scene.lifecycle('KXSEA-1-HIGH', 'created')
    scene.lifecycle(SUN, 'activated')
    expect(scene.tracker.event('KXSKY-26NOV22')).toMatchObject({
      collateralReturnType: 'MECNET',
      title: 'The sky tomorrow'
    })
    expect(scene.tracker.byEvent('KXSKY-26NOV22').map(market => market.ticker)).toEqual([SUN])
  })
})

const FEE = {
  type: 'event_fee_update',
  sid: 4,
  seq: null,
  id: null,
  sentAt: null,
  unknownFields: [],
  feeTypeOverride: null,
  feeMultiplierOverride: null
} as const
