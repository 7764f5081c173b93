import { describe, expect, test } from 'vitest'
import type { Message } from '../../src/protocol/messages.ts'
import { cents, envelope, level, RAIN, Scene, sceneOfTwoBooks, SUN } from './scene.ts'

describe('after a gap', () => {
  test('deltas are not applied until the next snapshot, those after it are', () => {
    const scene = sceneOfTwoBooks()
    scene.delta(SUN, 'yes', [40, 1], { seq: 4 })
    scene.delta(SUN, 'yes', [40, 1], { seq: 5 })
    expect(scene.market().book.levels('yes')).toEqual([level([40, 10])])
    scene.snapshot(SUN, [[41, 1]], [], { seq: 6 })
    scene.delta(SUN, 'yes', [41, 1], { seq: 7 })
    expect([scene.market().bookState, scene.market().book.levels('yes')]).toEqual(['fresh', [level([41, 2])]])
    expect(scene.types).toEqual(['gap', 'delta_on_stale_book', 'delta_on_stale_book'])
  })

  test('the irregularity tells where and how much', () => {
    const scene = sceneOfTwoBooks()
    scene.delta(SUN, 'yes', [40, 1], { seq: 4 })
    expect(scene.irregularities[0]).toEqual({
      type: 'gap',
      expected: 3,
      received: 4,
      time: scene.now,
      connection: 0,
      sid: 1,
      marketTicker: SUN
    })
  })
})

describe('the sequence', () => {
  const place = { sid: 1, seq: 3 }
  const takers: readonly [string, Message][] = [
    [
      'an ok',
      {
        ...envelope(place),
        type: 'ok',
        marketTickers: null,
        marketIds: null,
        indexIds: null,
        underlyingTickers: null,
        subscriptions: null
      }
    ],
    ['an error', { ...envelope(place), type: 'error', code: 27, reason: '', marketTickers: [] }],
    ['an unknown type', { ...envelope(place), type: 'unknown', wireType: 'new', reason: '', marketTicker: null }],
    ['a malformed trade', { ...envelope(place), type: 'malformed', wireType: 'trade', reason: '', marketTicker: null }]
  ]
  test.each(takers)('%s uses up a seq', (_, message) => {
    const scene = sceneOfTwoBooks()
    scene.tell(message)
    scene.delta(SUN, 'yes', [40, 1], { seq: 4 })
    expect(scene.tracker.counts).toMatchObject({ gap: 0, delta_on_stale_book: 0 })
    expect(scene.market().book.levels('yes')).toEqual([level([40, 11])])
  })

  test('of a market nobody asked for is followed without keeping the market', () => {
    const scene = sceneOfTwoBooks()
    const message: Message = {
      ...envelope({ sid: 1, seq: 3 }),
      type: 'orderbook_snapshot',
      market: 99,
      marketTicker: 'KXHAIL',
      yes: [],
      no: []
    }
    expect(scene.tracker.follow(message, 0, scene.now)).toBe(true)
    expect(scene.tracker.follow(message, 0, scene.now)).toBe(false)
    scene.delta(SUN, 'yes', [40, 1], { seq: 4 })
    expect(scene.types).toEqual(['duplicate'])
    expect(scene.tracker.market(99)).toBeUndefined()
  })

  test('of a filtered connection may jump, but not fall', () => {
    const scene = sceneOfTwoBooks(true)
    scene.delta(SUN, 'yes', [40, 1], { seq: 30 })
    scene.delta(SUN, 'yes', [40, 1], { seq: 29 })
    expect(scene.types).toEqual(['duplicate'])
    expect(scene.market().book.levels('yes')).toEqual([level([40, 11])])
  })
})

describe('a book belongs to the subscription that gave its snapshot', () => {
  test('so two merged recorders apply each change once', () => {
    const scene = new Scene()
    for (const connection of [0, 1]) scene.snapshot(SUN, [[40, 1]], [], { connection, seq: 1 })
    for (const connection of [0, 1]) scene.delta(SUN, 'yes', [40, 5], { connection, seq: 2 })
    expect(scene.market().book.levels('yes')).toEqual([level([40, 6])])
    expect(scene.types).toEqual(['foreign_delta'])
  })

  test('and passes to a new connection with its snapshot, though nothing told that the old one ended', () => {
    const scene = sceneOfTwoBooks()
    scene.snapshot(SUN, [[60, 1]], [], { connection: 1, seq: 1 })
    scene.delta(SUN, 'yes', [60, 1], { connection: 1, seq: 2 })
    expect(scene.market().book.levels('yes')).toEqual([level([60, 2])])
    expect(scene.market(RAIN).bookState).toBe('fresh')
    expect(scene.types).toEqual([])
  })

  test('and before any snapshot to nobody', () => {
    const scene = new Scene()
    scene.delta(SUN, 'yes', [40, 1], { seq: 1 })
    expect([scene.types, scene.market().bookState]).toEqual([['delta_without_book'], 'none'])
  })
})

describe('a crossed book', () => {
  test('is surfaced once for each time it becomes so, and stays fresh', () => {
    const scene = sceneOfTwoBooks()
    scene.delta(SUN, 'yes', [50, 1], { seq: 3 })
    scene.delta(SUN, 'yes', [51, 1], { seq: 4 })
    scene.delta(SUN, 'yes', [51, -1], { seq: 5 })
    scene.delta(SUN, 'yes', [50, -1], { seq: 6 })
    scene.delta(SUN, 'yes', [50, 1], { seq: 7 })
    const crossing = { type: 'crossed_book', bid: 5000, ask: 5000 }
    expect(scene.irregularities).toMatchObject([crossing, crossing])
    expect(scene.market().bookState).toBe('fresh')
  })
})

test('fields that the reference does not know are surfaced and the message is applied', () => {
  const scene = sceneOfTwoBooks()
  scene.ticker(SUN, { price: cents(33), unknownFields: ['msg.flavour'] })
  expect(scene.irregularities).toMatchObject([
    { type: 'unknown_fields', messageType: 'ticker', fields: ['msg.flavour'] }
  ])
  expect(scene.market().lastPrice).toBe(cents(33))
})
