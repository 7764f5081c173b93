import type { Microseconds } from '../core/time.ts'
import type { MarketTracker } from '../market/market-tracker.ts'
import type { Market } from '../market/market.ts'
import type { Channel } from '../protocol/channels.ts'
import type { Message } from '../protocol/messages.ts'
import type { Signal } from './signal.ts'

/** What a scanner says of a market; the engine adds the time and the scanner's name. */
export type Finding = Pick<Signal, 'market' | 'kind' | 'values'>

/** What a scanner sees at a frame. */
export interface ScanContext {
  /** All markets after the frame in hand (before it, in `onTimer`). */
  readonly tracker: MarketTracker
  /** Receive time of the frame in hand, in microseconds since the Unix epoch. The only clock a scanner has. */
  readonly now: Microseconds
  readonly emit: (finding: Finding) => void
}

/** A ranking for screens: column titles and rows of text. */
export interface RankTable {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/**
 * A strategy that watches the tracker and emits signals. It must depend on nothing but what it is given: then live and
 * replayed signals are equal byte for byte.
 */
export interface Scanner {
  readonly name: string
  /** What it needs subscribed when it runs live. */
  readonly channels: readonly Channel[]
  /** How often `onTimer` is called, in frame time: at the first frame at or after each whole multiple of it. */
  readonly timerEvery?: Microseconds
  onMessage?(message: Message, context: ScanContext): void
  onTimer?(context: ScanContext): void
  /**
   * The tracker has forgotten markets (`maxMarkets`) at the frame in hand, before whose `onMessage` this is called: time
   * to forget what is kept of them. What they were can still be read, but no book and no quote; one that is heard of
   * again, maybe at this very frame, is another `Market` with the same number.
   */
  onForgotten?(markets: readonly Market[], context: ScanContext): void
  /** The best `top` rows at this moment. */
  rank?(context: ScanContext, top: number): RankTable
}
