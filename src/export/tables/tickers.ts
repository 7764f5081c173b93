import type { Ticker, TickerV2 } from '../../protocol/messages/market-data.ts'
import type { LatestTicker } from '../../market/market.ts'
import { defineTable, nullable, required } from '../table.ts'
import type { MarketSource } from './market-columns.ts'
import { MARKET_COLUMNS } from './market-columns.ts'

interface TickerSource extends MarketSource {
  readonly message: Ticker | TickerV2
  readonly ticker: LatestTicker
}

/** What is known of a market after each of its tickers: a partial one is put on top of those before it. */
export const tickers = defineTable<TickerSource>(
  [
    ...MARKET_COLUMNS,
    required('type', 'text', ({ message }) => message.type),
    nullable('price', 'price', ({ ticker }) => ticker.price),
    nullable('yes_bid', 'price', ({ ticker }) => ticker.yesBid),
    nullable('yes_ask', 'price', ({ ticker }) => ticker.yesAsk),
    nullable('yes_bid_size', 'count', ({ ticker }) => ticker.yesBidSize),
    nullable('yes_ask_size', 'count', ({ ticker }) => ticker.yesAskSize),
    nullable('last_trade_size', 'count', ({ message }) => (message.type === 'ticker' ? message.lastTradeSize : null)),
    nullable('volume', 'count', ({ ticker }) => ticker.volume),
    nullable('open_interest', 'count', ({ ticker }) => ticker.openInterest),
    nullable('dollar_volume', 'whole', ({ message }) => (message.type === 'ticker' ? message.dollarVolume : null)),
    nullable('dollar_open_interest', 'whole', ({ message }) =>
      message.type === 'ticker' ? message.dollarOpenInterest : null
    )
  ],
  emit => ({
    onFrame(frame) {
      const { message, isApplied, tracker } = frame
      if ((message.type !== 'ticker' && message.type !== 'ticker_v2') || !isApplied) return
      const market = tracker.market(message.market)
      const ticker = market?.latestTicker ?? null
      if (market !== undefined && ticker !== null) {
        emit({ frame, market, seriesTicker: market.seriesTicker, message, ticker })
      }
    }
  })
)
