import type { Speed } from '../replay/schedule.ts'
import type { Audience } from './audience.ts'
import type { BookTruth } from './book-truth.ts'
import type { MarketSource } from './market-source.ts'
import type { RestDirectory } from './rest/rest-directory.ts'

/** Markets in motion: what they are now, and what happens on them, which an audience is told. */
export interface Playback extends MarketSource {
  readonly directory: RestDirectory
  /** Tells the audience what happens until the signal aborts. */
  run(audience: Audience, signal: AbortSignal): Promise<void>
  /** When it returns, nothing further happens until `resume`. */
  pause(): void
  resume(): void
  /** Pauses, and lets one more thing happen; resolves when it has. */
  step(): Promise<void>
  setSpeed(speed: Speed): void
  /** Goes to another time, as people write it, and tells all books anew. */
  seek(to: string): Promise<void>
  /** The true book; undefined where none is known. */
  truth(ticker: string): BookTruth | undefined
  /** For whoever looks on: JSON. */
  status(): PlaybackStatus
  close(): Promise<void>
}

export interface PlaybackStatus {
  readonly source: 'synthetic' | 'recording'
  /** RFC 3339. */
  readonly position: string | null
  readonly speed: string
  readonly isPaused: boolean
  /** Whether there is nothing more to come. */
  readonly isOver: boolean
  /** Whatever is counted, by name. */
  readonly counters: Readonly<Record<string, number>>
}
