import { expect, test } from 'vitest'
import type { IrregularityCounts } from '../../src/market/irregularity.ts'
import type { Freshness } from '../../src/market/origin.ts'
import type { Message } from '../../src/protocol/messages.ts'
import type { Scene } from './scene.ts'
import { envelope, RAIN, sceneOfTwoBooks, SUN } from './scene.ts'

interface Case {
  readonly what: string
  readonly happens: (scene: Scene) => void
  /** State of SUN's book, RAIN's book, SUN's ticker, RAIN's ticker. */
  readonly states: readonly [Freshness, Freshness, Freshness, Freshness]
  readonly counts?: Partial<IrregularityCounts>
}

const command = (action: string) => ({
  cmd: 'update_subscription' as const,
  params: { action, sids: [1, 2], market_tickers: [SUN] }
})
const closed: Message = { ...envelope({ sid: null }), type: 'connection_closed', code: 1006, reason: '' }
const failed: Message = { ...envelope({ sid: null }), type: 'connection_failed', reason: '' }
const opened: Message = { ...envelope({ sid: null }), type: 'connection_opened', url: null }
const unsubscribed = (sid: number): Message => ({ ...envelope({ sid, seq: 3 }), type: 'unsubscribed' })

const CASES: readonly Case[] = [
  {
    what: 'a gap makes every book of the sid stale, not only the one it was noticed on',
    happens: scene => scene.delta(SUN, 'yes', [40, 1], { seq: 4 }),
    states: ['stale', 'stale', 'fresh', 'fresh'],
    counts: { gap: 1, delta_on_stale_book: 1 }
  },
  {
    what: 'a gap before a snapshot spares the book of that snapshot',
    happens: scene => scene.snapshot(SUN, [], [], { seq: 9 }),
    states: ['fresh', 'stale', 'fresh', 'fresh'],
    counts: { gap: 1 }
  },
  {
    what: 'a gap of another sid touches no book',
    happens: scene => {
      scene.trade(SUN, [40, 1], 'a', { seq: 1 })
      scene.trade(SUN, [40, 1], 'b', { seq: 3 })
    },
    states: ['fresh', 'fresh', 'fresh', 'fresh'],
    counts: { gap: 1 }
  },
  {
    what: 'a duplicate changes nothing',
    happens: scene => scene.snapshot(SUN, [], [], { seq: 2 }),
    states: ['fresh', 'fresh', 'fresh', 'fresh'],
    counts: { duplicate: 1 }
  },
  {
    what: 'a level that would become negative makes its book stale',
    happens: scene => scene.delta(SUN, 'no', [50, -11], { seq: 3 }),
    states: ['stale', 'fresh', 'fresh', 'fresh'],
    counts: { negative_level: 1 }
  },
  {
    what: 'a negative level in a snapshot makes its book stale',
    happens: scene => scene.snapshot(RAIN, [], [[50, -1]], { seq: 3 }),
    states: ['fresh', 'stale', 'fresh', 'fresh'],
    counts: { negative_level: 1 }
  },
  {
    what: 'a negative level from another connection does not',
    happens: scene => scene.snapshot(RAIN, [], [[50, -1]], { connection: 1, seq: 1 }),
    states: ['fresh', 'fresh', 'fresh', 'fresh'],
    counts: { negative_level: 1 }
  },
  {
    what: 'a connection that closes takes its books and tickers with it',
    happens: scene => scene.tell(closed),
    states: ['stale', 'stale', 'stale', 'stale']
  },
  {
    what: 'a connection that fails does too',
    happens: scene => scene.tell(failed),
    states: ['stale', 'stale', 'stale', 'stale']
  },
  {
    what: 'a connection that closes leaves those of others',
    happens: scene => {
      scene.snapshot(SUN, [], [], { connection: 1, seq: 1 })
      scene.ticker(RAIN, {}, { connection: 1 })
      scene.tell(closed)
    },
    states: ['fresh', 'stale', 'stale', 'fresh']
  },
  {
    what: 'a second connection does not end the first',
    happens: scene => {
      scene.tell(opened, 1)
      scene.delta(SUN, 'yes', [40, 1], { connection: 1, seq: 1 })
    },
    states: ['fresh', 'fresh', 'fresh', 'fresh'],
    counts: { foreign_delta: 1 }
  },
  {
    what: 'a delta on another sid of the connection makes the book doubtful',
    happens: scene => scene.delta(SUN, 'yes', [40, 1], { sid: 9, seq: 1 }),
    states: ['stale', 'fresh', 'fresh', 'fresh'],
    counts: { foreign_delta: 1 }
  },
  {
    what: 'an unsubscribed sid leaves its books stale',
    happens: scene => scene.tell(unsubscribed(1)),
    states: ['stale', 'stale', 'fresh', 'fresh']
  },
  {
    what: 'the markets a client deletes get no more updates',
    happens: scene => scene.command(command('delete_markets')),
    states: ['stale', 'fresh', 'stale', 'fresh']
  },
  {
    what: 'the markets a client adds are as they were',
    happens: scene => scene.command(command('add_markets')),
    states: ['fresh', 'fresh', 'fresh', 'fresh']
  },
  {
    what: 'a command on another connection touches nothing',
    happens: scene => scene.command(command('delete_markets'), 1),
    states: ['fresh', 'fresh', 'fresh', 'fresh']
  },
  ...[10, 17, 25].map(code => ({
    what: `error ${code} ends its sid`,
    happens: (scene: Scene) => scene.error(code, { seq: 3 }),
    states: ['stale', 'stale', 'fresh', 'fresh'] as const,
    counts: { server_error: 1 }
  })),
  {
    what: 'error 27 does not',
    happens: scene => scene.error(27, { seq: 3 }),
    states: ['fresh', 'fresh', 'fresh', 'fresh'],
    counts: { server_error: 1 }
  },
  {
    what: 'a malformed delta that names its market costs one book',
    happens: scene => scene.malformed({ wireType: 'orderbook_delta', marketTicker: SUN }, { seq: 3 }),
    states: ['stale', 'fresh', 'fresh', 'fresh'],
    counts: { malformed: 1 }
  },
  {
    what: 'a malformed delta that names only its sid costs all of the sid',
    happens: scene => scene.malformed({ wireType: 'orderbook_delta', marketTicker: null }, { seq: 3 }),
    states: ['stale', 'stale', 'fresh', 'fresh'],
    counts: { malformed: 1 }
  },
  {
    what: 'a malformed frame of no type may have been a delta',
    happens: scene => scene.malformed({ wireType: null, marketTicker: SUN }, { sid: null }),
    states: ['stale', 'fresh', 'fresh', 'fresh'],
    counts: { malformed: 1 }
  },
  {
    what: 'a malformed ticker costs the ticker',
    happens: scene => scene.malformed({ wireType: 'ticker', marketTicker: SUN }, { sid: 2 }),
    states: ['fresh', 'fresh', 'stale', 'fresh'],
    counts: { malformed: 1 }
  },
  {
    what: 'a malformed trade costs nothing',
    happens: scene => scene.malformed({ wireType: 'trade', marketTicker: SUN }, { sid: 3 }),
    states: ['fresh', 'fresh', 'fresh', 'fresh'],
    counts: { malformed: 1 }
  },
  {
    what: 'a malformed delta of another connection costs nothing here',
    happens: scene => scene.malformed({ wireType: 'orderbook_delta', marketTicker: SUN }, { connection: 1 }),
    states: ['fresh', 'fresh', 'fresh', 'fresh'],
    counts: { malformed: 1 }
  }
]

test.each(CASES)('$what', ({ happens, states, counts = {} }) => {
  const scene = sceneOfTwoBooks()
  happens(scene)
  const [sun, rain] = [scene.market(SUN), scene.market(RAIN)]
  expect([sun.bookState, rain.bookState, sun.tickerState, rain.tickerState]).toEqual(states)
  const met = Object.entries(scene.tracker.counts).filter(([, count]) => count > 0)
  expect(Object.fromEntries(met)).toEqual(counts)
})
