import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Count, Price } from '../../src/core/units.ts'
import { complement, countOf, priceOf } from '../../src/core/units.ts'
import { OrderBook } from '../../src/market/order-book.ts'
import type { Side } from '../../src/protocol/messages/envelope.ts'
import type { Level } from '../../src/protocol/messages/market-data.ts'
import { cents, contracts, level } from './scene.ts'

const SIDES = ['yes', 'no'] as const

/** A book of [yes bids] and [no bids], in cents and contracts. */
function bookOf(yes: readonly [number, number][], no: readonly [number, number][]): OrderBook {
  const book = new OrderBook()
  book.replace(yes.map(level), no.map(level))
  return book
}

describe('the top of a book', () => {
  test('a no bid is a yes ask at the complement', () => {
    const book = bookOf([[40, 3]], [[55, 7]])
    expect(book.bestBid()).toBe(cents(40))
    expect(book.bestAsk()).toBe(cents(45))
    expect(book.bestAskSize()).toBe(contracts(7))
    expect(book.bestBid('no')).toBe(cents(55))
    expect(book.bestAsk('no')).toBe(cents(60))
    expect(book.bestAskSize('no')).toBe(contracts(3))
    expect(book.spread()).toBe(cents(5))
    expect(book.twiceMid()).toBe(8500)
  })

  test('an empty side has no best price and no mid', () => {
    const book = bookOf([[40, 3]], [])
    expect([book.bestAsk(), book.bestAskSize(), book.spread(), book.twiceMid(), book.bestBid('no')]).toEqual(
      Array(5).fill(null)
    )
    expect(book.isCrossed()).toBe(false)
  })

  test.each([
    [40, 59, false],
    [40, 60, true],
    [40, 61, true]
  ])('yes %i and no %i: crossed or locked is %s', (yes, no, crossed) => {
    expect(bookOf([[yes, 1]], [[no, 1]]).isCrossed()).toBe(crossed)
  })

  test('prices of $0 and $1 have slots', () => {
    const book = bookOf([[0, 1]], [[100, 2]])
    expect([book.bestBid(), book.bestBid('no')]).toEqual([0, cents(100)])
  })
})

describe('a snapshot', () => {
  test('replaces all levels, whatever their order', () => {
    const book = bookOf([[90, 1]], [[5, 1]])
    book.replace([level([10, 1]), level([30, 2]), level([20, 3])], [])
    expect(book.levels('yes')).toEqual([level([30, 2]), level([20, 3]), level([10, 1])])
    expect(book.levels('no')).toEqual([])
  })

  test('skips levels of nothing', () => {
    const book = bookOf(
      [
        [10, 1],
        [20, 0]
      ],
      []
    )
    expect([book.levelCount('yes'), book.bestBid()]).toEqual([1, cents(10)])
  })

  test('that repeats a price means the last one', () => {
    const book = bookOf(
      [
        [10, 1],
        [10, 4]
      ],
      []
    )
    expect([book.levelCount('yes'), book.depth('yes')]).toEqual([1, contracts(4)])
  })

  test('with a negative level is refused and changes nothing', () => {
    const book = bookOf([[10, 1]], [[20, 2]])
    expect(book.replace([level([50, 1])], [level([30, -1])])).toBe('negative')
    expect([book.levels('yes'), book.levels('no')]).toEqual([[level([10, 1])], [level([20, 2])]])
  })
})

/** Grids by the distance of their prices: a cent, a tenth, a hundredth; and all of them mixed. */
const priceOn = (step: number) => fc.integer({ min: 0, max: 10_000 / step }).map(tick => priceOf(tick * step))
const GRIDS = [
  ['cents', priceOn(100)],
  ['tenths of a cent', priceOn(10)],
  ['hundredths of a cent', priceOn(1)],
  ['all grids mixed', fc.oneof(priceOn(100), priceOn(10), priceOn(1))]
] as const

type Step =
  | { readonly type: 'delta'; readonly side: Side; readonly price: Price; readonly delta: Count }
  | { readonly type: 'snapshot'; readonly yes: Level[]; readonly no: Level[] }

const side = fc.constantFrom(...SIDES)
const positive = fc.integer({ min: 1, max: 1e12 }).map(countOf)
const small = fc.integer({ min: -30, max: 60 }).map(countOf)

function levelsOn(price: fc.Arbitrary<Price>): fc.Arbitrary<Level[]> {
  return fc.uniqueArray(fc.record({ price, count: positive }), { selector: level => level.price, maxLength: 8 })
}

function stepsOn(price: fc.Arbitrary<Price>): fc.Arbitrary<Step[]> {
  const delta = fc.record({ type: fc.constant('delta' as const), side, price, delta: small })
  const snapshot = fc.record({ type: fc.constant('snapshot' as const), yes: levelsOn(price), no: levelsOn(price) })
  return fc.array(fc.oneof({ arbitrary: delta, weight: 9 }, { arbitrary: snapshot, weight: 1 }), { maxLength: 60 })
}

/** The plainest book there is. */
class Model {
  readonly sides = { yes: new Map<Price, number>(), no: new Map<Price, number>() }

  apply(side: Side, price: Price, delta: Count): string {
    const count = (this.sides[side].get(price) ?? 0) + delta
    if (count < 0) return 'negative'
    if (count === 0) this.sides[side].delete(price)
    else this.sides[side].set(price, count)
    return 'applied'
  }

  replace(yes: Level[], no: Level[]): string {
    this.sides.yes = new Map(yes.map(({ price, count }) => [price, count]))
    this.sides.no = new Map(no.map(({ price, count }) => [price, count]))
    return 'applied'
  }

  levels(side: Side): unknown[] {
    return [...this.sides[side]].sort(([a], [b]) => b - a).map(([price, count]) => ({ price, count }))
  }
}

function expectSame(book: OrderBook, model: Model): void {
  for (const side of SIDES) {
    const levels = book.levels(side)
    expect(levels).toEqual(model.levels(side))
    expect(book.bestBid(side)).toBe(levels[0]?.price ?? null)
    expect(book.bestBidSize(side)).toBe(levels[0]?.count ?? null)
    expect(book.levelCount(side)).toBe(levels.length)
    expect(book.depth(side)).toBe(levels.reduce((sum, level) => sum + level.count, 0))
    for (const { price, count } of levels) expect(book.sizeAt(side, price)).toBe(count)
    const opposite = book.bestBid(side === 'yes' ? 'no' : 'yes')
    expect(book.bestAsk(side)).toBe(opposite === null ? null : complement(opposite))
  }
}

describe.each(GRIDS)('on a grid of %s', (_, price) => {
  test('a book agrees with a plain map after every step', () => {
    fc.assert(
      fc.property(stepsOn(price), steps => {
        const book = new OrderBook()
        const model = new Model()
        for (const step of steps) {
          const [is, ought] =
            step.type === 'delta'
              ? [book, model].map(each => each.apply(step.side, step.price, step.delta))
              : [book, model].map(each => each.replace(step.yes, step.no))
          expect(is).toBe(ought)
          expectSame(book, model)
        }
      })
    )
  })

  test('a snapshot makes the past forgotten', () => {
    fc.assert(
      fc.property(stepsOn(price), levelsOn(price), levelsOn(price), (steps, yes, no) => {
        const book = new OrderBook()
        for (const step of steps) if (step.type === 'delta') book.apply(step.side, step.price, step.delta)
        book.replace(yes, no)
        const fresh = new OrderBook()
        fresh.replace(yes, no)
        expect(SIDES.map(side => book.levels(side))).toEqual(SIDES.map(side => fresh.levels(side)))
      })
    )
  })

  test('a delta and its inverse leave the book as it was', () => {
    fc.assert(
      fc.property(levelsOn(price), levelsOn(price), side, price, positive, (yes, no, side, at, delta) => {
        const book = new OrderBook()
        const model = new Model()
        for (const each of [book, model]) each.replace(yes, no)
        book.apply(side, at, delta)
        expect(book.apply(side, at, countOf(0 - delta))).toBe('applied')
        expectSame(book, model)
      })
    )
  })

  test('the order of additions does not matter', () => {
    const additions = fc.array(fc.record({ side, price, delta: positive }), { maxLength: 20 })
    const shuffled = additions.chain(all =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }))
    )
    fc.assert(
      fc.property(shuffled, orders => {
        const [a, b] = orders.map(additions => {
          const book = new OrderBook()
          for (const { side, price, delta } of additions) book.apply(side, price, delta)
          return SIDES.map(side => book.levels(side))
        })
        expect(a).toEqual(b)
      })
    )
  })
})

test('refining loses nothing', () => {
  const book = bookOf([[40, 3]], [])
  for (const price of [4010, 4001, 9999, 1].map(priceOf)) book.apply('yes', price, contracts(1))
  expect(book.levels('yes').map(level => level.price)).toEqual([9999, 4010, 4001, 4000, 1])
  expect(book.depth('yes')).toBe(contracts(7))
})

test('a price between two slots holds nothing', () => {
  expect(bookOf([[40, 3]], []).sizeAt('yes', priceOf(4001))).toBe(0)
})
