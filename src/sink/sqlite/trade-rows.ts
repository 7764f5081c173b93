import type Database from 'libsql'
import type { Trade } from '../../protocol/messages/market-data.ts'
import type { FrameIdentity } from './frame-identity.ts'
import { nanosecondsOf } from './frame-identity.ts'
import { RowBuffer } from './row-buffer.ts'

const COLUMNS = [
  'market_id',
  'received_at',
  'connection',
  'checksum',
  'exchange_time',
  'trade_id',
  'yes_price',
  'no_price',
  'count',
  'taker_side',
  'is_block_trade'
]

/** Every trade once, by its id, whoever tells it again. */
export class TradeRows {
  readonly rows: RowBuffer

  constructor(database: Database.Database) {
    this.rows = new RowBuffer(database, 'trades', COLUMNS)
  }

  add(marketId: number, trade: Trade, { receivedAt, connection, checksum }: FrameIdentity): void {
    const { exchangeTime, tradeId, yesPrice, noPrice, count, takerSide, isBlockTrade } = trade
    this.rows.add(
      marketId,
      receivedAt,
      connection,
      checksum,
      nanosecondsOf(exchangeTime),
      tradeId,
      yesPrice,
      noPrice,
      count,
      takerSide,
      Number(isBlockTrade)
    )
  }
}
