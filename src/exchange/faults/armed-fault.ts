import type { FrameText } from './frame-text.ts'

/** One fault on one connection. */
export interface ArmedFault {
  /** Whether nothing will come of it any more. */
  readonly isSpent: boolean
  /** Its time has come: it is done now, or to the next frame that it can be done to. */
  fire(): void
  /** What becomes of a frame, from the session or from the fault before, goes to `next`. */
  take(frame: FrameText, next: Next): void
  /** The connection is over. */
  end(): void
}

/** The fault after, or the way out. */
export type Next = (frame: FrameText) => void
