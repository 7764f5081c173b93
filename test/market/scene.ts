import type { Microseconds } from '../../src/core/time.ts'
import { microseconds } from '../../src/core/time.ts'
import type { Count, Price } from '../../src/core/units.ts'
import { countFromContracts, priceFromCents } from '../../src/core/units.ts'
import type { Irregularity } from '../../src/market/irregularity.ts'
import type { MarketTrackerOptions } from '../../src/market/market-tracker.ts'
import { MarketTracker } from '../../src/market/market-tracker.ts'
import type { Market } from '../../src/market/market.ts'
import type { Command } from '../../src/protocol/commands.ts'
import { MarketTable } from '../../src/protocol/market-table.ts'
import type { Message } from '../../src/protocol/messages.ts'
import type { Malformed } from '../../src/protocol/messages/control.ts'
import type { Side } from '../../src/protocol/messages/envelope.ts'
import type { MarketLifecycle, MarketMetadata } from '../../src/protocol/messages/lifecycle.ts'
import type { Level, Ticker, TickerV2 } from '../../src/protocol/messages/market-data.ts'

/** Where a message comes from. */
export interface Place {
  readonly connection?: number
  readonly sid?: number | null
  readonly seq?: number | null
}

/** `[cents, contracts]` */
export type Bid = readonly [number, number]

export const START = microseconds(1_790_000_000_000_000)
export const SUN = 'KXSKY-26NOV22-SUN'
export const RAIN = 'KXSKY-26NOV22-RAIN'

export function level([cents, contracts]: Bid): Level {
  return { price: priceFromCents(cents), count: countFromContracts(contracts) }
}

/** A tracker and messages to tell it, one a second. */
export class Scene {
  readonly tracker: MarketTracker
  readonly irregularities: Irregularity[] = []
  now: Microseconds = START
  readonly #markets = new MarketTable()

  constructor(options: MarketTrackerOptions = {}) {
    this.tracker = new MarketTracker(this.#markets, {
      ...options,
      onIrregularity: irregularity => this.irregularities.push(irregularity)
    })
  }

  market(ticker: string = SUN): Market {
    const market = this.tracker.byTicker(ticker)
    if (market === undefined) throw new Error(`${ticker} is not known`)
    return market
  }

  /** Types of the irregularities so far. */
  get types(): Irregularity['type'][] {
    return this.irregularities.map(irregularity => irregularity.type)
  }

  tell(message: Message, connection = 0): void {
    this.now = microseconds(this.now + 1_000_000)
    this.tracker.apply(message, connection, this.now)
  }

  snapshot(ticker: string, yes: readonly Bid[], no: readonly Bid[], place: Place = {}): void {
    const message = { yes: yes.map(level), no: no.map(level) } as const
    this.tell({ ...envelope(place), ...this.#of(ticker), type: 'orderbook_snapshot', ...message }, place.connection)
  }

  delta(ticker: string, side: Side, [cents, contracts]: Bid, place: Place = {}): void {
    this.tell(
      {
        ...envelope(place),
        ...this.#of(ticker),
        type: 'orderbook_delta',
        side,
        price: priceFromCents(cents),
        delta: countFromContracts(contracts),
        exchangeTime: null,
        clientOrderId: null,
        subaccount: null
      },
      place.connection
    )
  }

  ticker(ticker: string, fields: Partial<Ticker>, place: Place = {}): void {
    this.tell(
      {
        ...envelope({ sid: 2, ...place }),
        ...this.#of(ticker),
        type: 'ticker',
        price: null,
        yesBid: null,
        yesAsk: null,
        yesBidSize: null,
        yesAskSize: null,
        lastTradeSize: null,
        volume: null,
        openInterest: null,
        dollarVolume: null,
        dollarOpenInterest: null,
        exchangeTime: null,
        ...fields
      },
      place.connection
    )
  }

  tickerV2(ticker: string, fields: Partial<TickerV2>, place: Place = {}): void {
    this.tell(
      {
        ...envelope({ sid: 2, ...place }),
        ...this.#of(ticker),
        type: 'ticker_v2',
        price: null,
        yesBid: null,
        yesAsk: null,
        volumeDelta: null,
        openInterestDelta: null,
        dollarVolumeDelta: null,
        dollarOpenInterestDelta: null,
        exchangeTime: null,
        ...fields
      },
      place.connection
    )
  }

  trade(ticker: string, [cents, contracts]: Bid, tradeId: string | null, place: Place = {}): void {
    this.tell(
      {
        ...envelope({ sid: 3, ...place }),
        ...this.#of(ticker),
        type: 'trade',
        tradeId,
        yesPrice: priceFromCents(cents),
        noPrice: priceFromCents(100 - cents),
        count: countFromContracts(contracts),
        takerSide: 'yes',
        isBlockTrade: false,
        exchangeTime: null
      },
      place.connection
    )
  }

  eventLifecycle(eventTicker: string, seriesTicker: string | null): void {
    this.tell({
      ...envelope({ sid: 4 }),
      type: 'event_lifecycle',
      eventTicker,
      exchangeIndex: null,
      title: 'The sky tomorrow',
      subtitle: null,
      collateralReturnType: 'MECNET',
      seriesTicker,
      strikeDate: null,
      strikePeriod: null
    })
  }

  /** The client sent a command. */
  command(command: Command, connection = 0): void {
    this.tell({ ...envelope({ sid: null }), type: 'command', command }, connection)
  }

  malformed(fields: Pick<Malformed, 'wireType' | 'marketTicker'>, place: Place = {}): void {
    this.tell({ ...envelope(place), type: 'malformed', reason: 'is not JSON', ...fields }, place.connection)
  }

  error(code: number, place: Place = {}): void {
    this.tell({ ...envelope(place), type: 'error', code, reason: 'no', marketTickers: [] }, place.connection)
  }

  lifecycle(ticker: string, eventType: string, fields: Partial<MarketLifecycle> = {}): void {
    this.tell({
      ...envelope({ sid: 4 }),
      ...this.#of(ticker),
      type: 'market_lifecycle_v2',
      exchangeIndex: null,
      openTime: null,
      closeTime: null,
      determinationTime: null,
      settledTime: null,
      result: null,
      settlementValue: null,
      isDeactivated: null,
      fractionalTradingEnabled: null,
      priceLevelStructure: null,
      priceRanges: null,
      strikeType: null,
      floorStrike: null,
      capStrike: null,
      customStrike: null,
      yesSubTitle: null,
      metadata: null,
      ...fields,
      eventType
    })
  }

  #of(ticker: string) {
    return { market: this.#markets.add(ticker), marketTicker: ticker }
  }
}

/** Two books of sid 1 and their tickers of sid 2, all fresh, on connection 0. */
export function sceneOfTwoBooks(isFiltered = false): Scene {
  const scene = new Scene({ isFiltered: () => isFiltered })
  scene.snapshot(SUN, [[40, 10]], [[50, 10]], { seq: 1 })
  scene.snapshot(RAIN, [[20, 10]], [[70, 10]], { seq: 2 })
  for (const ticker of [SUN, RAIN]) scene.ticker(ticker, { yesBid: cents(30), yesAsk: cents(35) })
  return scene
}

export function envelope({ sid = 1, seq = null }: Place) {
  return { sid, seq, id: null, sentAt: null, unknownFields: [] }
}

export function metadata(fields: Partial<MarketMetadata>): MarketMetadata {
  return {
    name: null,
    title: null,
    yesSubTitle: null,
    noSubTitle: null,
    rulesPrimary: null,
    rulesSecondary: null,
    canCloseEarly: null,
    eventTicker: null,
    expectedExpirationTime: null,
    ...fields
  }
}

export function cents(count: number): Price {
  return priceFromCents(count)
}

export function contracts(count: number): Count {
  return countFromContracts(count)
}
