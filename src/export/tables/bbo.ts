import type { Market, Quote } from '../../market/market.ts'
import type { Message } from '../../protocol/messages.ts'
import type { FrameInHand } from '../frame-in-hand.ts'
import { hasIrregularity } from '../frame-in-hand.ts'
import type { Follower } from '../table.ts'
import { defineTable, nullable } from '../table.ts'
import type { MarketSource } from './market-columns.ts'
import { MARKET_COLUMNS } from './market-columns.ts'

interface QuoteSource extends MarketSource {
  readonly quote: Quote | null
}

/**
 * The tracker's quote of each market whenever it changes: that of the fresh book, else of the fresh ticker. It is null
 * from the moment on at which neither can be relied on.
 */
export const bbo = defineTable<QuoteSource>(
  [
    ...MARKET_COLUMNS,
    nullable('source', 'text', ({ quote }) => quote?.source ?? null),
    nullable('bid', 'price', ({ quote }) => quote?.bid ?? null),
    nullable('bid_size', 'count', ({ quote }) => quote?.bidSize ?? null),
    nullable('ask', 'price', ({ quote }) => quote?.ask ?? null),
    nullable('ask_size', 'count', ({ quote }) => quote?.askSize ?? null)
  ],
  emit => new QuoteFollower(emit)
)

class QuoteFollower implements Follower {
  readonly #emit: (source: QuoteSource) => void
  /** By the market's number. */
  readonly #told: (Quote | null)[] = []

  constructor(emit: (source: QuoteSource) => void) {
    this.#emit = emit
  }

  open(frame: FrameInHand): void {
    this.#tellAll(frame)
  }

  onFrame(frame: FrameInHand): void {
    const { message, isApplied, tracker } = frame
    if (mayCostAnyQuote(frame)) {
      this.#tellAll(frame)
    } else if (isApplied && 'marketTicker' in message && message.marketTicker !== null) {
      const market = tracker.byTicker(message.marketTicker)
      if (market !== undefined) this.#tell(frame, market)
    }
  }

  #tellAll(frame: FrameInHand): void {
    for (const market of frame.tracker.markets()) this.#tell(frame, market)
  }

  #tell(frame: FrameInHand, market: Market): void {
    const { quote } = market
    if (areEqual(quote, this.#told[market.number] ?? null)) return
    this.#told[market.number] = quote
    this.#emit({ frame, market, seriesTicker: market.seriesTicker, quote })
  }
}

/** Whether quotes of markets that the message does not name may be gone. Rare, so that all may be looked at then. */
function mayCostAnyQuote(frame: FrameInHand): boolean {
  const { message } = frame
  if (hasIrregularity(frame, 'gap') || ENDS.has(message.type)) return true
  if (message.type === 'command') return message.command.cmd === 'update_subscription'
  return message.type === 'malformed' && message.marketTicker === null
}

const ENDS: ReadonlySet<string> = new Set<Message['type']>([
  'connection_closed',
  'connection_failed',
  'error',
  'unsubscribed'
])

function areEqual(a: Quote | null, b: Quote | null): boolean {
  if (a === null || b === null) return a === b
  return (
    a.source === b.source && a.bid === b.bid && a.ask === b.ask && a.bidSize === b.bidSize && a.askSize === b.askSize
  )
}
