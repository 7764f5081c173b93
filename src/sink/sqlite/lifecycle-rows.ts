import type Database from 'libsql'
import type { FrameBatch } from '../../core/frame.ts'
import { payloadAt } from '../../core/frame.ts'
import type { Market } from '../../market/market.ts'
import type { EventFeeUpdate, EventLifecycle, MarketLifecycle } from '../../protocol/messages/lifecycle.ts'
import type { FrameIdentity } from './frame-identity.ts'
import { RowBuffer } from './row-buffer.ts'

const COLUMNS = ['received_at', 'connection', 'checksum', 'type', 'event_type', 'market_id', 'event_ticker', 'payload']

/** What happened in the lives of markets and events, with the frame itself: its fields differ from type to type. */
export class LifecycleRows {
  readonly rows: RowBuffer

  constructor(database: Database.Database) {
    this.rows = new RowBuffer(database, 'lifecycle', COLUMNS)
  }

  addOfMarket(
    marketId: number,
    { eventTicker }: Market,
    { type, eventType }: MarketLifecycle,
    { receivedAt, connection, checksum }: FrameIdentity,
    batch: FrameBatch,
    row: number
  ): void {
    const payload = textOf(batch, row)
    this.rows.add(receivedAt, connection, checksum, type, eventType, marketId, eventTicker, payload)
  }

  addOfEvent(
    { type, eventTicker }: EventLifecycle | EventFeeUpdate,
    { receivedAt, connection, checksum }: FrameIdentity,
    batch: FrameBatch,
    row: number
  ): void {
    this.rows.add(receivedAt, connection, checksum, type, null, null, eventTicker, textOf(batch, row))
  }
}

function textOf(batch: FrameBatch, row: number): string {
  return Buffer.from(payloadAt(batch, row)).toString('utf8').trim()
}
