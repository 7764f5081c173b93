import type { FrameBatch } from '../core/frame.ts'
import type { Nanoseconds } from '../core/time.ts'
import type { Irregularity } from '../market/irregularity.ts'
import type { MarketTracker } from '../market/market-tracker.ts'
import type { Message } from '../protocol/messages.ts'

/** A frame when the tracker has seen it, and what it made of it. Valid until the next one. */
export interface FrameInHand {
  /** Counts the frames of the run from 1. */
  readonly number: number
  readonly receivedAt: Nanoseconds
  readonly connection: number
  readonly message: Message
  /** False for a duplicate, and for a market that was not asked for. */
  readonly isApplied: boolean
  /** What the tracker found in this frame that is not as it should be. */
  readonly irregularities: readonly Irregularity[]
  readonly tracker: MarketTracker
  /** The frame itself. */
  readonly batch: FrameBatch
  readonly row: number
}

export function hasIrregularity({ irregularities }: FrameInHand, type: Irregularity['type']): boolean {
  return irregularities.some(irregularity => irregularity.type === type)
}
