import type { Side } from '../messages/envelope.ts'
import { view as window } from './window.ts'

const view = window

const YES = 0x22736579
const NO = 0x00226f6e
const THREE_BYTES = 0xffffff

/** The side that stands here, with the quote behind it; null where it is none. */
export function sideAt(at: number): Side | null {
  const word = view.getInt32(at, true)
  if (word === YES) return 'yes'
  return (word & THREE_BYTES) === NO ? 'no' : null
}
