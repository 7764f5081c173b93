import { join } from 'node:path'
import fc from 'fast-check'
import type { Clock } from '../../src/core/clock.ts'
import { systemClock } from '../../src/core/clock.ts'
import { batchOf } from '../../src/core/frame-batch-builder.ts'
import type { Frame, FrameBatch } from '../../src/core/frame.ts'
import { DIRECTIONS, FRAME_KINDS, framesOf } from '../../src/core/frame.ts'
import type { SessionInfo } from '../../src/recording/manifest.ts'
import type { RecordingWriterOptions } from '../../src/recording/recording-writer-options.ts'
import { RecordingWriter } from '../../src/recording/recording-writer.ts'
import { temporaryFolder } from '../temporary.ts'

export const START = 1_791_833_400_000_000_000n
export const SECOND = 1_000_000_000n

/** A frame of which a test says only what matters to it; `at` is in seconds after `START`. */
export function frame({
  at = 0,
  payload = '{}',
  ...rest
}: Partial<Omit<Frame, 'payload' | 'receivedAt'>> & { at?: number; payload?: string | Uint8Array } = {}): Frame {
  return {
    receivedAt: START + BigInt(Math.round(at * 1e9)),
    monotonic: 0n,
    connection: 0,
    kind: 'text',
    direction: 'received',
    ...rest,
    payload: typeof payload === 'string' ? new TextEncoder().encode(payload) : payload
  }
}

/** Bytes as they come: text, bytes that are none, and the two parts of a code point that was cut. */
const payload = fc.oneof(
  fc.string({ unit: 'binary' }).map(text => new TextEncoder().encode(text)),
  fc.uint8Array({ maxLength: 20 }),
  fc.constantFrom([0xe2], [0xe2, 0x82], [0x82, 0xac], [0xac], []).map(bytes => Uint8Array.from(bytes))
)

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })

export const frames: fc.Arbitrary<Frame[]> = fc.array(
  fc.record({
    receivedAt: fc.oneof(int64, fc.bigInt({ min: START, max: START + SECOND })),
    monotonic: int64,
    connection: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    kind: fc.constantFrom(...FRAME_KINDS),
    direction: fc.constantFrom(...DIRECTIONS),
    payload
  }),
  { maxLength: 20 }
)

export const SESSION: SessionInfo = {
  version: '1.2.3',
  source: { type: 'live', url: 'ws://127.0.0.1:1/trade-api/ws/v2', environment: 'demo' },
  filtered: false,
  channels: ['ticker'],
  markets: [],
  counters: {}
}

/** Records batches of frames, each flushed at once, and gives the recording's path. */
export async function record(
  batches: readonly (readonly Frame[])[],
  options: Partial<RecordingWriterOptions> & { readonly clock?: Clock } = {},
  directory = join(temporaryFolder(), 'recording')
): Promise<string> {
  const writer = await RecordingWriter.create(directory, {
    clock: systemClock(),
    session: SESSION,
    flushSeconds: 0,
    fsync: 'none',
    batchBytesMax: 64 * 1024,
    ...options
  })
  for (const batch of batches) await writer.accept(batchOf(batch))
  await writer.close()
  return directory
}

/** All frames, copied while their batch is valid. */
export async function framesIn(batches: AsyncIterable<FrameBatch>): Promise<Frame[]> {
  const all: Frame[] = []
  for await (const batch of batches) all.push(...framesOf(batch))
  return all
}
