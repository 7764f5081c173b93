import type { Microseconds } from '../core/time.ts'
import type { MarketTable } from '../protocol/market-table.ts'
import type { Message } from '../protocol/messages.ts'
import type { OrderbookDelta, OrderbookSnapshot, Ticker, TickerV2, Trade } from '../protocol/messages/market-data.ts'
import { applyDelta, applySnapshot } from './book-changes.ts'
import { applyControl } from './control-changes.ts'
import type { Deviation, Irregularity, IrregularityCounts } from './irregularity.ts'
import { noIrregularities } from './irregularity.ts'
import { applyLifecycle } from './lifecycle-changes.ts'
import type { MarketEvent } from './market-event.ts'
import { applyListing } from './listing-changes.ts'
import type { Forgotten, OnForgotten } from './market-index.ts'
import { MarketIndex } from './market-index.ts'
import type { Market } from './market.ts'
import type { MoverOrder } from './movers.ts'
import { rankMovers } from './movers.ts'
import { applyTicker, applyTickerV2, applyTrade } from './price-changes.ts'
import { RecentTrades } from './recent-trades.ts'
import type { Subscription } from './subscriptions.ts'
import { Subscriptions } from './subscriptions.ts'

export interface MarketTrackerOptions {
  /** Connections whose `seq` may jump, because the capture was cut down to some markets. Default: none. */
  readonly isFiltered?: (connection: number) => boolean
  readonly onIrregularity?: (irregularity: Irregularity) => void
  /**
   * How many markets are known at a time. Beyond it the settled ones are forgotten, the longest idle first, then the
   * others in the same order: one that is heard of again is a new one. Default: no limit.
   */
  readonly maxMarkets?: number
  /** Called in the middle of a message: not to look at the tracker from here. */
  readonly onForgotten?: OnForgotten
}

/**
 * The state of all markets after the frames so far, and a pure function of them. It works from data frames alone:
 * commands, acknowledgements and connection events need not have been recorded; those that were make it know more.
 */
export class MarketTracker {
  readonly #markets: MarketIndex
  readonly #subscriptions: Subscriptions
  readonly #trades = new RecentTrades()
  readonly #counts = noIrregularities()
  readonly #onIrregularity: ((irregularity: Irregularity) => void) | undefined

  /** `markets` is the table in which the decoder numbers them. */
  constructor(
    markets: MarketTable,
    { isFiltered = () => false, onIrregularity, maxMarkets = Infinity, onForgotten }: MarketTrackerOptions = {}
  ) {
    this.#markets = new MarketIndex(markets, maxMarkets, onForgotten)
    this.#subscriptions = new Subscriptions(isFiltered)
    this.#onIrregularity = onIrregularity
  }

  /** How often each irregularity was met. */
  get counts(): Readonly<IrregularityCounts> {
    return this.#counts
  }

  /** How many markets were forgotten because there were too many: settled ones, and others. */
  get forgotten(): Readonly<Forgotten> {
    return this.#markets.forgotten
  }

  market(number: number): Market | undefined {
    return this.#markets.at(number)
  }

  byTicker(ticker: string): Market | undefined {
    return this.#markets.find(ticker)
  }

  event(eventTicker: string): MarketEvent | undefined {
    return this.#markets.events.event(eventTicker)
  }

  byEvent(eventTicker: string): readonly Market[] {
    return this.#markets.events.event(eventTicker)?.markets ?? []
  }

  bySeries(seriesTicker: string): readonly Market[] {
    return this.#markets.events.bySeries(seriesTicker)
  }

  /** All markets, in the order of their numbers. */
  markets(): Iterable<Market> {
    return this.#markets.all()
  }

  /** Looks at all markets. Those that have not moved are left out. */
  topMovers(top: number, by: MoverOrder): readonly Market[] {
    return rankMovers(this.#markets.all(), top, by)
  }

  /** `now` is the receive time of the frame. False where the message is a duplicate and was ignored. */
  apply(message: Message, connection: number, now: Microseconds): boolean {
    if (message.type === 'orderbook_delta') return this.applyDelta(message, connection, now)
    const subscription = this.#subscriptions.of(connection, message.sid)
    if (!this.#isNew(message, message.seq, subscription, now)) return false
    this.#note(this.#apply(message, subscription, now), message.unknownFields, message, connection, now)
    return true
  }

  /** `apply` for a delta, as nearly all messages are: by themselves they are objects of one shape, which saves much. */
  applyDelta(message: OrderbookDelta, connection: number, now: Microseconds): boolean {
    const subscription = this.#subscriptions.of(connection, message.sid)
    if (!this.#isNew(message, message.seq, subscription, now)) return false
    const deviation = applyDelta(this.#markets, message, subscription, now)
    this.#note(deviation, message.unknownFields, message, connection, now)
    return true
  }

  /**
   * Takes note of a message's place in the sequence and of nothing else, as is due to a market that nobody asked for.
   * False where the message is a duplicate, which is ignored whatever its type.
   */
  follow(message: Message, connection: number, now: Microseconds): boolean {
    return this.#isNew(message, message.seq, this.#subscriptions.of(connection, message.sid), now)
  }

  #isNew(message: Message, seq: number | null, subscription: Subscription, now: Microseconds): boolean {
    if (seq === null || subscription.sid === null) return true
    const step = subscription.sequence.observe(seq)
    if (step.type === 'first' || step.type === 'next') return true
    if (step.type === 'gap') subscription.invalidate()
    this.#surface(step, message, subscription.connection, now)
    return step.type === 'gap'
  }

  #note(
    deviation: Deviation | null,
    unknownFields: readonly string[],
    message: Message,
    connection: number,
    now: Microseconds
  ): void {
    if (deviation !== null) this.#surface(deviation, message, connection, now)
    if (unknownFields.length === 0) return
    this.#surface(
      { type: 'unknown_fields', messageType: message.type, fields: unknownFields },
      message,
      connection,
      now
    )
  }

  #apply(message: Message, subscription: Subscription, now: Microseconds): Deviation | null {
    let deviation: Deviation | null = null
    switch (message.type) {
      case 'orderbook_delta':
        deviation = applyDelta(this.#markets, message, subscription, now)
        break
      case 'orderbook_snapshot':
      case 'ticker':
      case 'ticker_v2':
      case 'trade':
        deviation = this.#applyMarketData(message, subscription, now)
        break
      case 'event_fee_update':
      case 'event_lifecycle':
      case 'market_lifecycle_v2':
      case 'multivariate_market_lifecycle':
        applyLifecycle(message, this.#markets, now)
        break
      case 'rest':
        if (message.page !== null) applyListing(message.page.markets, subscription, this.#markets, now)
        break
      case 'command':
      case 'connection_closed':
      case 'connection_failed':
      case 'error':
      case 'malformed':
      case 'unknown':
      case 'unsubscribed':
        deviation = applyControl(message, subscription, this.#subscriptions, this.#markets)
        break
      case 'cfbenchmarks_value':
      case 'cfbenchmarks_value_5hz':
      case 'cfbenchmarks_value_5hz_indexlist':
      case 'cfbenchmarks_value_indexlist':
      case 'connection_opened':
      case 'fill':
      case 'heartbeat':
      case 'market_position':
      case 'multivariate_lookup':
      case 'ok':
      case 'order_group_updates':
      case 'pyth_value':
      case 'pyth_value_underlying_list':
      case 'quote_accepted':
      case 'quote_created':
      case 'quote_executed':
      case 'rfq_created':
      case 'rfq_deleted':
      case 'subscribed':
      case 'user_order':
        break
    }
    return deviation
  }

  #applyMarketData(message: MarketData, subscription: Subscription, now: Microseconds): Deviation | null {
    const market = this.#markets.of(message, now)
    let deviation: Deviation | null = null
    switch (message.type) {
      case 'orderbook_snapshot':
        deviation = applySnapshot(this.#markets.ladders, market, message, subscription)
        break
      case 'ticker':
        applyTicker(market, message, subscription)
        break
      case 'ticker_v2':
        applyTickerV2(market, message, subscription)
        break
      case 'trade':
        deviation = applyTrade(market, message, this.#trades, now)
        break
    }
    return deviation
  }

  #surface(deviation: Deviation, message: Message, connection: number, now: Microseconds): void {
    this.#counts[deviation.type]++
    if (this.#onIrregularity === undefined) return
    const marketTicker = 'marketTicker' in message ? message.marketTicker : null
    this.#onIrregularity({ ...deviation, time: now, connection, sid: message.sid, marketTicker })
  }
}

type MarketData = OrderbookSnapshot | Ticker | TickerV2 | Trade
