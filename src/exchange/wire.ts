import type { Change } from './change.ts'
import { encodeDelta, encodeSnapshot, encodeTicker, encodeTrade } from './current-wire.ts'
import type { Era } from './era.ts'
import { encodeEventCreated, encodeMarketLifecycle } from './lifecycle-wire.ts'
import { encodePastDelta, encodePastSnapshot, encodePastTicker, encodePastTrade } from './past-wire.ts'
import type { WireTime } from './wire-time.ts'

export type { Era } from './era.ts'

export interface EnvelopeFields {
  /** Echo of the command's id. */
  readonly id?: number | undefined
  readonly sid?: number | undefined
  readonly seq?: number | undefined
}

/**
 * A whole frame. Every frame of the exchange ends in a newline. Replies have their numbers before the type, all others
 * behind it; when the exchange sent a frame is told in the current era only.
 */
export function encodeFrame(
  type: string,
  now: WireTime,
  { id, sid, seq }: EnvelopeFields,
  msg?: string,
  era: Era = 'current'
): string {
  const number = `${sid === undefined ? '' : `"sid":${sid},`}${seq === undefined ? '' : `"seq":${seq},`}`
  const isReply = type === 'ok' || type === 'unsubscribed'
  let frame = `{${id === undefined ? '' : `"id":${id},`}`
  if (isReply) frame += number
  frame += `"type":"${type}"`
  if (era === 'current') frame += `,"sending_ts_ms":${now.milliseconds}`
  if (!isReply && number !== '') frame += `,${number.slice(0, -1)}`
  if (msg !== undefined) frame += era === 'legacy' && type === 'ok' ? legacyLists(msg) : `,"msg":${msg}`
  return `${frame}}\n`
}

/** Until February 2026 the lists of an `ok` stood at the top level (section 6). */
function legacyLists(msg: string): string {
  if (msg.startsWith('[')) return `,"subscriptions":${msg}`
  return msg === '{}' ? '' : `,${msg.slice(1, -1)}`
}

export interface ChangeContext {
  /** When the change happened. */
  readonly now: WireTime
  /** How fast the exchange goes, from which times to come are foretold. */
  readonly changesPerSecond: number
  /** Prices of the NO side on the YES leg (section 12). */
  readonly useYesPrice: boolean
  readonly era: Era
}

/** The `msg` of the frame that tells of a change. */
export function encodeChange(change: Change, { now, changesPerSecond, useYesPrice, era }: ChangeContext): string {
  switch (change.type) {
    case 'orderbook_delta':
      return era === 'current'
        ? encodeDelta(change, now, useYesPrice)
        : encodePastDelta(change, now, useYesPrice, era === 'dual')
    case 'orderbook_snapshot':
      return era === 'current'
        ? encodeSnapshot(change, useYesPrice)
        : encodePastSnapshot(change, useYesPrice, era === 'dual')
    case 'ticker':
      return era === 'current' ? encodeTicker(change, now) : encodePastTicker(change, now, era === 'dual')
    case 'trade':
      return era === 'current' ? encodeTrade(change, now) : encodePastTrade(change, now, era === 'dual')
    case 'event_lifecycle':
      return encodeEventCreated(change, era)
    case 'market_lifecycle_v2':
      return encodeMarketLifecycle(change, { now, changesPerSecond, era })
  }
}
