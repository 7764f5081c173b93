import type { LostFrames } from './fault-entry.ts'
import { FrameText } from './frame-text.ts'

/** Counts what is lost, by sid. */
export class LostTally {
  readonly #lost = new Map<number | undefined, LostFrames>()

  add(frame: string): void {
    const { sid, seq } = new FrameText(frame)
    const { frames = 0, first = seq, last = seq } = this.#lost.get(sid) ?? {}
    const isSequenced = seq !== undefined && first !== undefined && last !== undefined
    const range = isSequenced ? { first: Math.min(first, seq), last: Math.max(last, seq) } : { first, last }
    this.#lost.set(sid, { sid, frames: frames + 1, ...range })
  }

  /** What was counted; the count begins anew. */
  take(): readonly LostFrames[] {
    const lost = [...this.#lost.values()]
    this.#lost.clear()
    return lost
  }
}

export function lostAlone({ sid, seq }: FrameText): readonly LostFrames[] {
  return [{ sid, frames: 1, first: seq, last: seq }]
}
