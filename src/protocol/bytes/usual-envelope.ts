import type { Microseconds } from '../../core/time.ts'
import { NO_FIELDS } from '../irregular.ts'
import { literals } from './literal.ts'
import { numbers } from './numbers.ts'
import { window } from './window.ts'

const { isAt, isWord, literal, wordOf } = literals
const { cursor, integerAt, MILLISECONDS_LENGTH, millisecondsAt, NONE } = numbers
const { view } = window

const SENDING = literal(',"sending_ts_ms":')
const SID = literal(',"sid":')
const SEQ = literal(',"seq":')
const MSG = literal(',"msg":{')
const ZERO = 0x30
const END = 0x7d7d
const NEWLINE = 0x0a

/** By the digit of a `sid` below 10: the words that begin with its key and with itself, where a `seq` follows. */
const SIDS = Float64Array.from('0123456789', digit => wordOf(`,"sid":${digit}`))
const SEQS = Float64Array.from('0123456789', digit => wordOf(`${digit},"seq":`))
const SEQ_BEHIND_SID = SID.length + 1 + SEQ.length

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
  if (isWord(at, SENDING.first) && isWord(at + 8, SENDING.second) && isWord(at + SENDING.last, SENDING.final)) {
    const milliseconds = millisecondsAt(at + SENDING.length)
    if (milliseconds === NONE) return NONE
    sending.time = milliseconds * 1000
    at += SENDING.length + MILLISECONDS_LENGTH
  }
  const digit = view.getUint8(at + SID.length) - ZERO
  if (view.getFloat64(at, true) === SIDS[digit] && view.getFloat64(at + SID.length, true) === SEQS[digit]) {
    envelope.sid = digit
    envelope.seq = integerAt(at + SEQ_BEHIND_SID)
    return envelope.seq !== NONE && isWord(cursor.at, MSG.first) ? cursor.at + MSG.length : NONE
  }
  return anyNumbersAt(at)
}

const anyNumbersAt = (at: number): number => {
  if (!isAt(at, SID)) return NONE
  envelope.sid = integerAt(at + SID.length)
  if (envelope.sid === NONE) return NONE
  envelope.seq = NONE
  if (isAt(cursor.at, SEQ)) {
    envelope.seq = integerAt(cursor.at + SEQ.length)
    if (envelope.seq === NONE) return NONE
  }
  return isWord(cursor.at, MSG.first) ? cursor.at + MSG.length : NONE
}

/** Whether the frame ends here: with two braces, and maybe the newline that the exchange puts behind every frame. */
const isEnd = (at: number, end: number): boolean => {
  if (view.getUint16(at) !== END) return false
  return at + 2 === end || (at + 3 === end && view.getUint8(at + 2) === NEWLINE)
}

export const usualEnvelope = { NO_UNKNOWN, envelope, envelopeAt, isEnd, sentAt }
