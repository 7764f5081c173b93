import {
  readQuoteAccepted,
  readQuoteCreated,
  readQuoteExecuted,
  readRfqCreated,
  readRfqDeleted
} from './communications.ts'
import {
  readCfbenchmarks5hzValue,
  readCfbenchmarksValue,
  readIndexList,
  readPythValue,
  readUnderlyingList
} from './index-feeds.ts'
import { readEventFeeUpdate, readEventLifecycle, readMarketLifecycle, readMultivariateLookup } from './lifecycle.ts'
import { readOrderbookDelta, readOrderbookSnapshot } from './order-book.ts'
import { readFill, readMarketPosition, readOrderGroupUpdate, readUserOrder } from './private.ts'
import type { ReadMessage } from './reader.ts'
import { readError, readOk, readSubscribed, readUnsubscribed } from './replies.ts'
import { readTicker, readTickerV2 } from './ticker.ts'
import { readTrade } from './trade.ts'

/** The reader of each type of server frame. A union of all schemas would try one after the other. */
export const READERS: ReadonlyMap<string, ReadMessage> = new Map([
  ['orderbook_snapshot', readOrderbookSnapshot],
  ['orderbook_delta', readOrderbookDelta],
  ['ticker', readTicker],
  ['ticker_v2', readTickerV2],
  ['trade', readTrade],
  ['market_lifecycle_v2', readMarketLifecycle],
  ['multivariate_market_lifecycle', readMarketLifecycle],
  ['event_lifecycle', readEventLifecycle],
  ['event_fee_update', readEventFeeUpdate],
  ['multivariate_lookup', readMultivariateLookup],
  ['fill', readFill],
  ['user_order', readUserOrder],
  ['market_position', readMarketPosition],
  ['order_group_updates', readOrderGroupUpdate],
  ['rfq_created', readRfqCreated],
  ['rfq_deleted', readRfqDeleted],
  ['quote_created', readQuoteCreated],
  ['quote_accepted', readQuoteAccepted],
  ['quote_executed', readQuoteExecuted],
  ['cfbenchmarks_value', readCfbenchmarksValue],
  ['cfbenchmarks_value_indexlist', readIndexList],
  ['cfbenchmarks_value_5hz', readCfbenchmarks5hzValue],
  ['cfbenchmarks_value_5hz_indexlist', readIndexList],
  ['pyth_value', readPythValue],
  ['pyth_value_underlying_list', readUnderlyingList],
  ['subscribed', readSubscribed],
  ['ok', readOk],
  ['unsubscribed', readUnsubscribed],
  ['error', readError]
])
