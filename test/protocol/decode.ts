import { existsSync, readFileSync } from 'node:fs'
import { batchOf } from '../../src/core/frame-batch-builder.ts'
import type { Direction, Frame, FrameKind } from '../../src/core/frame.ts'
import { Decoder } from '../../src/protocol/decoder.ts'
import { MarketTable } from '../../src/protocol/market-table.ts'
import type { Message } from '../../src/protocol/messages.ts'

/** A frame of connection 0 unless told otherwise. */
export function frameOf(payload: string | Uint8Array, options: Partial<Omit<Frame, 'payload'>> = {}): Frame {
  return {
    receivedAt: 0n,
    monotonic: 0n,
    connection: 0,
    kind: 'text',
    direction: 'received',
    ...options,
    payload: typeof payload === 'string' ? Buffer.from(payload) : payload
  }
}

export function sent(command: unknown, connection = 0): Frame {
  return frameOf(JSON.stringify(command), { direction: 'sent', connection })
}

export function received(frame: unknown, connection = 0): Frame {
  return frameOf(JSON.stringify(frame), { connection })
}

export function event(kind: FrameKind, payload = '', direction: Direction = 'received', connection = 0): Frame {
  return frameOf(payload, { kind, direction, connection })
}

/** The messages of frames in order, from one decoder. */
export function decodeAll(frames: readonly Frame[], markets = new MarketTable()): Message[] {
  const batch = batchOf(frames)
  const decoder = new Decoder(markets)
  return frames.map((_, row) => decoder.decode(batch, row))
}

/** The message of one server frame, given as text or as the object that it holds. */
export function decodeOne(frame: unknown): Message {
  const [message] = decodeAll([frameOf(typeof frame === 'string' ? frame : JSON.stringify(frame))])
  if (message === undefined) throw new Error('no message')
  return message
}

export function linesOf(path: string): string[] {
  return readFileSync(path, 'utf8').trimEnd().split('\n')
}

export const FIXTURES = linesOf('fixtures/frames.jsonl')

/** The captures and samples that are not part of the project. */
export const SHARED = '../shared'
export const hasShared = existsSync(SHARED)
