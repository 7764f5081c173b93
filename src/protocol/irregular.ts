import type { Envelope } from './messages/envelope.ts'
import type { Malformed, Unknown } from './messages/control.ts'
import { microseconds } from '../core/time.ts'

/** Of every message whose fields are all known. */
export const NO_FIELDS: readonly string[] = Object.freeze([])

/** Of a message that is no server frame. */
export const NO_ENVELOPE: Envelope = Object.freeze({
  sid: null,
  seq: null,
  id: null,
  sentAt: null,
  unknownFields: NO_FIELDS
})

/** A message for a frame that cannot be decoded, with whatever can still be read from what it holds. */
export function malformed(wire: unknown, reason: string): Malformed {
  return {
    type: 'malformed',
    wireType: stringAt(wire, 'type') ?? stringAt(wire, 'cmd'),
    reason: oneLine(reason),
    marketTicker: salvageTicker(wire),
    ...salvageEnvelope(wire)
  }
}

/** A message for a frame of a type that the reference does not have. It uses up a `seq` like any other. */
export function unknown(wire: object, wireType: string, reason: string): Unknown {
  return {
    type: 'unknown',
    wireType,
    reason: oneLine(reason),
    marketTicker: salvageTicker(wire),
    ...salvageEnvelope(wire)
  }
}

function salvageEnvelope(wire: unknown): Envelope {
  const sentAt = integerAt(wire, 'sending_ts_ms')
  return {
    sid: integerAt(wire, 'sid'),
    seq: integerAt(wire, 'seq'),
    id: integerAt(wire, 'id'),
    sentAt: sentAt === null || !Number.isSafeInteger(sentAt * 1000) ? null : microseconds(sentAt * 1000),
    unknownFields: NO_FIELDS
  }
}

function salvageTicker(wire: unknown): string | null {
  const msg = valueAt(wire, 'msg')
  return stringAt(msg, 'market_ticker') ?? stringAt(msg, 'ticker')
}

function integerAt(wire: unknown, key: string): number | null {
  const value = valueAt(wire, key)
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null
}

function stringAt(wire: unknown, key: string): string | null {
  const value = valueAt(wire, key)
  return typeof value === 'string' ? value : null
}

function valueAt(wire: unknown, key: string): unknown {
  if (typeof wire !== 'object' || wire === null) return undefined
  return Object.getOwnPropertyDescriptor(wire, key)?.value
}

const REASON_LENGTH_MAX = 200

/** Reasons may quote the frame, which may hold anything. */
function oneLine(reason: string): string {
  return reason.replaceAll(/[\s\p{Cc}]+/gu, ' ').slice(0, REASON_LENGTH_MAX)
}
