import type { Microseconds } from '../core/time.ts'
import type { Price } from '../core/units.ts'
import type { Message } from '../protocol/messages.ts'
import type { Side } from '../protocol/messages/envelope.ts'

/** Anything in the data that is not as it should be, with its frame: counted and surfaced, never hidden. */
export type Irregularity = Deviation & Occasion

/** The frame in hand: its receive time, its connection, and what it tells of itself. */
interface Occasion {
  readonly time: Microseconds
  readonly connection: number
  readonly sid: number | null
  readonly marketTicker: string | null
}

export type Deviation =
  /** Frames were lost: all books of the `sid` are stale now. */
  | { readonly type: 'gap'; readonly expected: number; readonly received: number }
  /** A `seq` that was used up already; the frame is ignored. */
  | { readonly type: 'duplicate'; readonly last: number; readonly received: number }
  /** A trade that another subscription has told already, as happens where two recorders are merged. */
  | { readonly type: 'repeated_trade'; readonly tradeId: string }
  | { readonly type: 'delta_without_book' }
  | { readonly type: 'delta_on_stale_book' }
  /** Not from the subscription that gave the book's snapshot. */
  | { readonly type: 'foreign_delta' }
  /** The count, in 1e-2 contract, that the level would have held; refused, and the book is stale. */
  | { readonly type: 'negative_level'; readonly side: Side; readonly price: Price; readonly count: number }
  /** The book became crossed or locked. It stays in use. */
  | { readonly type: 'crossed_book'; readonly bid: Price; readonly ask: Price }
  | { readonly type: 'malformed'; readonly wireType: string | null; readonly reason: string }
  | { readonly type: 'unknown_type'; readonly wireType: string; readonly reason: string }
  /** The exchange has begun to send something the protocol reference does not know. */
  | { readonly type: 'unknown_fields'; readonly messageType: Message['type']; readonly fields: readonly string[] }
  | { readonly type: 'server_error'; readonly code: number; readonly reason: string }

export type IrregularityCounts = Record<Irregularity['type'], number>

export function noIrregularities(): IrregularityCounts {
  return {
    gap: 0,
    duplicate: 0,
    repeated_trade: 0,
    delta_without_book: 0,
    delta_on_stale_book: 0,
    foreign_delta: 0,
    negative_level: 0,
    crossed_book: 0,
    malformed: 0,
    unknown_type: 0,
    unknown_fields: 0,
    server_error: 0
  }
}
