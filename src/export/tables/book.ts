import type { Count, Price } from '../../core/units.ts'
import type { Market } from '../../market/market.ts'
import type { Message } from '../../protocol/messages.ts'
import type { OrderbookDelta, OrderbookSnapshot } from '../../protocol/messages/market-data.ts'
import type { Side } from '../../protocol/messages/envelope.ts'
import type { FrameInHand } from '../frame-in-hand.ts'
import type { Follower } from '../table.ts'
import { defineTable, nullable, required } from '../table.ts'
import type { MarketSource } from './market-columns.ts'
import { MARKET_COLUMNS } from './market-columns.ts'
import { LevelSet } from './level-set.ts'

/** Why a row is there: what the exchange told, the end of the market, or that the table begins in the middle. */
type BookRowReason = 'snapshot' | 'delta' | 'settled' | 'opening'

interface LevelChange {
  readonly reason: BookRowReason
  readonly side: Side
  readonly price: Price
  /** What a delta adds; null elsewhere. */
  readonly delta: Count | null
  /** False where the tracker refused it. */
  readonly isTaken: boolean
}

interface BookSource extends MarketSource, LevelChange {
  /** What the level holds after the frame. */
  readonly count: Count
}

/**
 * Levels of the order books as they change. A row holds what the level holds from then on, and a level that is gone has
 * a row with zero: the last rows of all levels before a moment are the book of that moment.
 */
export const book = defineTable<BookSource>(
  [
    ...MARKET_COLUMNS,
    required('change', 'text', ({ reason }) => reason),
    required('side', 'text', ({ side }) => side),
    required('price', 'price', ({ price }) => price),
    nullable('delta', 'count', ({ delta }) => delta),
    required('count', 'count', ({ count }) => count),
    required('applied', 'boolean', ({ isTaken }) => isTaken)
  ],
  emit => new BookFollower(emit)
)

class BookFollower implements Follower {
  readonly #emit: (source: BookSource) => void
  /** The levels that the rows so far leave in each market's book, by its number. */
  readonly #told: (LevelSet | undefined)[] = []

  constructor(emit: (source: BookSource) => void) {
    this.#emit = emit
  }

  open(frame: FrameInHand): void {
    for (const market of frame.tracker.markets()) {
      if (market.bookState !== 'none') this.#tellAll(frame, market, 'opening')
    }
  }

  onFrame(frame: FrameInHand): void {
    const { message, isApplied, tracker } = frame
    if (!isApplied || !isOfBook(message)) return
    const market = tracker.market(message.market)
    if (market === undefined) return
    switch (message.type) {
      case 'orderbook_delta':
        this.#tellDelta(frame, market, message)
        break
      case 'orderbook_snapshot':
        if (isRefused(frame)) this.#tellRefused(frame, market, message)
        else this.#tellAll(frame, market, 'snapshot')
        break
      case 'market_lifecycle_v2':
      case 'multivariate_market_lifecycle':
        if (message.eventType === 'settled') this.#tellEnd(frame, market)
        break
    }
  }

  #tellDelta(frame: FrameInHand, market: Market, { side, price, delta }: OrderbookDelta): void {
    this.#tell(frame, market, { reason: 'delta', side, price, delta, isTaken: !isRefused(frame) })
  }

  #tellAll(frame: FrameInHand, market: Market, reason: BookRowReason): void {
    this.#tellGone(frame, market, reason)
    for (const side of SIDES) {
      for (const { price } of market.book.levels(side)) {
        this.#tell(frame, market, { reason, side, price, delta: null, isTaken: true })
      }
    }
  }

  #tellGone(frame: FrameInHand, market: Market, reason: BookRowReason): void {
    for (const { side, price } of this.#levelsOf(market).all()) {
      if (market.book.sizeAt(side, price) > 0) continue
      this.#tell(frame, market, { reason, side, price, delta: null, isTaken: true })
    }
  }

  #tellRefused(frame: FrameInHand, market: Market, message: OrderbookSnapshot): void {
    for (const side of SIDES) {
      for (const { price } of message[side]) {
        this.#tell(frame, market, { reason: 'snapshot', side, price, delta: null, isTaken: false })
      }
    }
  }

  /** The tracker has given up the book, so what was kept of it goes too. */
  #tellEnd(frame: FrameInHand, market: Market): void {
    this.#tellGone(frame, market, 'settled')
    this.#told[market.number] = undefined
  }

  #tell(frame: FrameInHand, market: Market, change: LevelChange): void {
    const { side, price } = change
    const count = market.book.sizeAt(side, price)
    this.#levelsOf(market).set(side, price, count > 0)
    this.#emit({ frame, market, seriesTicker: market.seriesTicker, count, ...change })
  }

  #levelsOf({ number }: Market): LevelSet {
    return (this.#told[number] ??= new LevelSet())
  }
}

const SIDES = ['yes', 'no'] as const

type BookMessage = Extract<
  Message,
  { type: 'orderbook_delta' | 'orderbook_snapshot' | 'market_lifecycle_v2' | 'multivariate_market_lifecycle' }
>

const BOOK_TYPES: ReadonlySet<string> = new Set<BookMessage['type']>([
  'orderbook_delta',
  'orderbook_snapshot',
  'market_lifecycle_v2',
  'multivariate_market_lifecycle'
])

function isOfBook(message: Message): message is BookMessage {
  return BOOK_TYPES.has(message.type)
}

const REFUSALS: ReadonlySet<string> = new Set([
  'delta_without_book',
  'delta_on_stale_book',
  'foreign_delta',
  'negative_level'
])

function isRefused({ irregularities }: FrameInHand): boolean {
  return irregularities.some(({ type }) => REFUSALS.has(type))
}
