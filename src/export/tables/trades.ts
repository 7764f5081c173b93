import type { Trade } from '../../protocol/messages/market-data.ts'
import { hasIrregularity } from '../frame-in-hand.ts'
import { defineTable, nullable, required } from '../table.ts'
import type { MarketSource } from './market-columns.ts'
import { MARKET_COLUMNS } from './market-columns.ts'

interface TradeSource extends MarketSource {
  readonly trade: Trade
}

/** Every trade once, whoever repeats it. */
export const trades = defineTable<TradeSource>(
  [
    ...MARKET_COLUMNS,
    nullable('trade_id', 'text', ({ trade }) => trade.tradeId),
    required('yes_price', 'price', ({ trade }) => trade.yesPrice),
    required('no_price', 'price', ({ trade }) => trade.noPrice),
    required('count', 'count', ({ trade }) => trade.count),
    required('taker_side', 'text', ({ trade }) => trade.takerSide),
    required('is_block_trade', 'boolean', ({ trade }) => trade.isBlockTrade)
  ],
  emit => ({
    onFrame(frame) {
      const { message, isApplied, tracker } = frame
      if (message.type !== 'trade' || !isApplied || hasIrregularity(frame, 'repeated_trade')) return
      const market = tracker.market(message.market)
      if (market !== undefined) emit({ frame, market, seriesTicker: market.seriesTicker, trade: message })
    }
  })
)
