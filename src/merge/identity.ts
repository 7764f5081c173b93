import type { Frame } from '../core/frame.ts'
import { channelOf } from '../protocol/channel-messages.ts'
import { parseObject } from '../protocol/json.ts'
import type { Message } from '../protocol/messages.ts'
import type { Role } from './line.ts'

/** Frames that answer one connection's commands. */
const REPLIES: ReadonlySet<Message['type']> = new Set([
  'subscribed',
  'ok',
  'unsubscribed',
  'error',
  'cfbenchmarks_value_indexlist',
  'cfbenchmarks_value_5hz_indexlist',
  'pyth_value_underlying_list'
])

/** `lastSeq` is the highest that was read on the frame's line. */
export function roleOf(frame: Frame, message: Message, lastSeq: number | null): Role {
  if (frame.kind !== 'text' || frame.direction === 'sent') return 'control'
  if (message.type === 'malformed' && message.wireType === null) return 'control'
  if (message.seq !== null && message.sid !== null && lastSeq !== null && message.seq <= lastSeq) return 'repeated'
  if (message.type === 'orderbook_snapshot') return 'snapshot'
  return REPLIES.has(message.type) ? 'control' : 'content'
}

/**
 * What is equal of two frames in which two recorders got the same: of content all but what each connection has of its own
 * (`sid`, `seq`, `id`, `sending_ts_ms`, and the marks of one's own orders). Everything else has a twin only where it is
 * the very same frame, as in a copy of a recording.
 */
export function keyOf(frame: Frame, message: Message, role: Role): string {
  if (role !== 'content') return `${frame.receivedAt} ${frame.kind} ${frame.direction} ${frame.payload.length}`
  if (message.type === 'orderbook_delta') {
    const { market, side, price, delta, exchangeTime } = message
    return `delta ${market} ${side} ${price} ${delta} ${exchangeTime}`
  }
  if (message.type === 'trade' && message.tradeId !== null) return `trade ${message.tradeId}`
  const wire = parseObject(Buffer.from(frame.payload).toString())
  if (typeof wire === 'string') return wire
  const { sid: _sid, seq: _seq, id: _id, sending_ts_ms: _sentAt, ...content } = wire
  return JSON.stringify(content)
}

/** Whether two frames with equal keys are twins. */
export function areTwins(role: Role, frame: Frame, other: Frame): boolean {
  return role === 'content' || Buffer.compare(frame.payload, other.payload) === 0
}

/** The channel of a message, or its type where it is of none that is known. */
export function channelName(message: Message): string | null {
  if (message.type === 'subscribed') return null
  if (message.type === 'unknown') return message.wireType
  return channelOf(message.type) ?? null
}
