import type { Microseconds } from '../../core/time.ts'
import { NO_FIELDS } from '../irregular.ts'
import { literals } from './literal.ts'
import { numbers } from './numbers.ts'
import { window } from './window.ts'

const { isMedium, isTiny, medium, tiny } = literals
const { cursor, integerAt, MILLISECONDS_LENGTH, millisecondsAt, NONE } = numbers
const { view } = window

const SENDING = medium(',"sending_ts_ms":')
const SID = tiny(',"sid":')
const SEQ = tiny(',"seq":')
const MSG = tiny(',"msg":{')
const END = 0x7d7d
const NEWLINE = 0x0a

const NO_UNKNOWN = NO_FIELDS

/** What the frame in hand says before its `msg`, but for `sentAt`: NONE where it has no `seq`. */
const envelope = { sid: 0, seq: 0 }
/** In microseconds; NaN where the frame does not tell. A number always, which is overwritten in its place. */
const sending = { time: 0.5 }

const sentAt = (): Microseconds | null => (Number.isNaN(sending.time) ? null : (sending.time as Microseconds))

/** Reads `,"sending_ts_ms":…,"sid":…,"seq":…,"msg":{` (the first and the third may be missing) and gives the place behind it, or NONE. */
const envelopeAt = (from: number): number => {
  let at = from
  sending.time = Number.NaN
  if (isMedium(at, SENDING)) {
    const milliseconds = millisecondsAt(at + SENDING.length)
    if (milliseconds === NONE) return NONE
    sending.time = milliseconds * 1000
    at += SENDING.length + MILLISECONDS_LENGTH
  }
  if (!isTiny(at, SID)) return NONE
  envelope.sid = integerAt(at + SID.length)
  if (envelope.sid === NONE) return NONE
  at = cursor.at
  envelope.seq = NONE
  if (isTiny(at, SEQ)) {
    envelope.seq = integerAt(at + SEQ.length)
    if (envelope.seq === NONE) return NONE
    at = cursor.at
  }
  return isTiny(at, MSG) ? at + MSG.length : NONE
}

/** Whether the frame ends here: with two braces, and maybe the newline that the exchange puts behind every frame. */
const isEnd = (at: number, end: number): boolean => {
  if (view.getUint16(at) !== END) return false
  return at + 2 === end || (at + 3 === end && view.getUint8(at + 2) === NEWLINE)
}

export const usualEnvelope = { NO_UNKNOWN, envelope, envelopeAt, isEnd, sentAt }
