import { isUtf8 } from 'node:buffer'
import type { Nanoseconds } from '../../core/time.ts'
import { DIRECTIONS, FRAME_KINDS, payloadAt } from '../../core/frame.ts'
import type { FrameInHand } from '../frame-in-hand.ts'
import type { FollowOptions, RowSource } from '../table.ts'
import { defineTable, nullable, required } from '../table.ts'
import { FRAME_COLUMNS, toNanoseconds } from './market-columns.ts'

interface FrameSource extends RowSource {
  readonly marketTicker: string | null
  readonly eventTicker: string | null
  readonly payload: Buffer
  readonly isText: boolean
}

/** The raw frames, beside what the decoder and the tracker make of each. */
export const frames = defineTable<FrameSource>(
  [
    ...FRAME_COLUMNS,
    required('monotonic', 'whole', ({ frame }) => monotonicOf(frame)),
    nullable('sent_at', 'time', ({ frame }) => toNanoseconds(frame.message.sentAt)),
    required('kind', 'text', ({ frame: { batch, row } }) => FRAME_KINDS[batch.kind[row] ?? -1] ?? 'unknown'),
    required('direction', 'text', ({ frame: { batch, row } }) => DIRECTIONS[batch.direction[row] ?? -1] ?? 'unknown'),
    required('type', 'text', ({ frame }) => frame.message.type),
    nullable('market_ticker', 'text', ({ marketTicker }) => marketTicker),
    nullable('event_ticker', 'text', ({ eventTicker }) => eventTicker),
    nullable('series_ticker', 'text', ({ seriesTicker }) => seriesTicker),
    nullable('irregularities', 'text', ({ frame }) => irregularitiesOf(frame)),
    nullable('payload', 'text', ({ payload, isText }) => (isText ? payload.toString('utf8') : null)),
    nullable('payload_base64', 'text', ({ payload, isText }) => (isText ? null : payload.toString('base64')))
  ],
  (emit, options) => ({
    onFrame(frame) {
      const source = sourceOf(frame)
      if (isAskedFor(source.marketTicker, options)) emit(source)
    }
  })
)

function sourceOf(frame: FrameInHand): FrameSource {
  const { message, tracker, batch, row } = frame
  const bytes = payloadAt(batch, row)
  const payload = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const marketTicker = 'marketTicker' in message ? message.marketTicker : null
  const market = marketTicker === null ? undefined : tracker.byTicker(marketTicker)
  const eventTicker = market?.eventTicker ?? ('eventTicker' in message ? message.eventTicker : null)
  const event = eventTicker === null ? undefined : tracker.event(eventTicker)
  return {
    frame,
    marketTicker,
    eventTicker,
    seriesTicker: market?.seriesTicker ?? event?.seriesTicker ?? null,
    payload,
    isText: isUtf8(payload)
  }
}

function isAskedFor(ticker: string | null, { markets }: FollowOptions): boolean {
  return markets === undefined || (ticker !== null && markets.has(ticker))
}

function monotonicOf({ batch, row }: FrameInHand): Nanoseconds {
  return batch.monotonic[row] ?? 0n
}

function irregularitiesOf({ irregularities }: FrameInHand): string | null {
  return irregularities.length === 0 ? null : irregularities.map(({ type }) => type).join(',')
}
