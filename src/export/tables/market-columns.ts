import type { Microseconds, Nanoseconds } from '../../core/time.ts'
import type { Market } from '../../market/market.ts'
import type { Message } from '../../protocol/messages.ts'
import type { ColumnOf, RowSource } from '../table.ts'
import { nullable, required } from '../table.ts'

/** What a row about a market is made of. */
export interface MarketSource extends RowSource {
  readonly market: Market
}

/** Where and when a row's frame came. */
export const FRAME_COLUMNS: readonly ColumnOf<RowSource>[] = [
  required('received_at', 'time', ({ frame }) => frame.receivedAt),
  required('frame', 'whole', ({ frame }) => frame.number),
  required('connection', 'whole', ({ frame }) => frame.connection),
  nullable('sid', 'whole', ({ frame }) => frame.message.sid),
  nullable('seq', 'whole', ({ frame }) => frame.message.seq)
]

/** What every row about a market begins with: its frame, and the market as the tracker has it after the frame. */
export const MARKET_COLUMNS: readonly ColumnOf<MarketSource>[] = [
  ...FRAME_COLUMNS,
  nullable('exchange_time', 'time', ({ frame }) => exchangeTimeOf(frame.message)),
  required('market_ticker', 'text', ({ market }) => market.ticker),
  required('event_ticker', 'text', ({ market }) => market.eventTicker),
  required('series_ticker', 'text', ({ market }) => market.seriesTicker),
  required('book_state', 'text', ({ market }) => market.bookState)
]

export function toNanoseconds(time: Microseconds | null): Nanoseconds | null {
  return time === null ? null : BigInt(time) * 1000n
}

function exchangeTimeOf(message: Message): Nanoseconds | null {
  return 'exchangeTime' in message ? toNanoseconds(message.exchangeTime) : null
}
