import type { Nanoseconds } from '../core/time.ts'
import { exchangeTimeOf, isRecord, receiveTimeOf } from './capture-time.ts'

/**
 * How a line of a capture holds its frame: `raw` as a string, `event` as an object (so that its bytes are lost), or
 * `bare`, as it is. A line of `other` JSON, and one that is no JSON at all, is taken as a frame itself.
 */
export type LineForm = 'raw' | 'event' | 'bare' | 'other' | 'not JSON'

export interface CapturedFrame {
  readonly form: LineForm
  readonly payload: Uint8Array
  /** As the line says. */
  readonly receivedAt: Nanoseconds | undefined
  /** As the frame itself says. */
  readonly exchangeTime: Nanoseconds | undefined
  readonly sid: number | undefined
  readonly seq: number | undefined
}

export function parseLine(line: Buffer): CapturedFrame {
  const text = line.toString()
  const json = parseJson(text)
  if (json === undefined) return describe('not JSON', line, undefined, undefined)
  if (!isRecord(json)) return describe('other', line, undefined, undefined)
  const receivedAt = receiveTimeOf(json, text)
  const content = json['raw'] ?? json['event'] ?? (typeof json['type'] === 'string' ? undefined : json['msg'])
  if (typeof content === 'string') return describe('raw', Buffer.from(content), parseJson(content), receivedAt)
  if (isRecord(content)) return describe('event', Buffer.from(JSON.stringify(content)), content, receivedAt)
  return describe(typeof json['type'] === 'string' ? 'bare' : 'other', line, json, receivedAt)
}

function describe(
  form: LineForm,
  payload: Uint8Array,
  frame: unknown,
  receivedAt: Nanoseconds | undefined
): CapturedFrame {
  const { sid, seq } = isRecord(frame) ? frame : {}
  return {
    form,
    payload,
    receivedAt,
    exchangeTime: isRecord(frame) ? exchangeTimeOf(frame) : undefined,
    sid: typeof sid === 'number' ? sid : undefined,
    seq: typeof seq === 'number' ? seq : undefined
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
