import type { Microseconds } from '../core/time.ts'
import { formatTime, SECOND } from '../core/time.ts'
import type { Market } from '../market/market.ts'
import type { Finding, RankTable, ScanContext, Scanner } from './scanner.ts'
import { TimeQueue } from './time-queue.ts'

/**
 * Markets that come into being while they are watched. `created` is emitted when the exchange tells of a new one, and
 * `opened` when it begins to trade: at the time that was told, to which no frame belongs, or when it is no longer paused.
 * A market that was there before is not new, whenever it is first heard of. Each signal comes once for a market, as long
 * as that is not forgotten.
 */
export function newMarkets(): Scanner {
  /** By market number. */
  const stages: (Stage | undefined)[] = []
  const waiting = new TimeQueue<Market>()
  let latest: Newcomer[] = []

  const open = (market: Market, { now, emit }: ScanContext) => {
    if (stages[market.number] !== 'created' || market.statusAt(now) !== 'active') return
    stages[market.number] = 'opened'
    emit({ market: market.ticker, kind: 'opened', values: describe(market, now) })
  }

  return {
    name: 'new-markets',
    channels: ['market_lifecycle_v2'],
    timerEvery: SECOND,
    onMessage(message, context) {
      if (!('eventType' in message) || !('market' in message)) return
      const { tracker, now, emit } = context
      const market = tracker.market(message.market)
      if (market === undefined) return
      if (message.eventType === 'created' && stages[market.number] === undefined) {
        stages[market.number] = 'created'
        latest.push({ market, createdAt: now })
        if (latest.length > 2 * LATEST_MIN) latest = latest.slice(-LATEST_MIN)
        emit({ market: market.ticker, kind: 'created', values: describe(market, now) })
        if (market.openTime !== null && market.openTime > now) waiting.add(market.openTime, market)
      }
      open(market, context)
    },
    onTimer(context) {
      for (const market of waiting.takeUntil(context.now)) open(market, context)
    },
    onForgotten(markets) {
      const forgotten = new Set(markets)
      for (const { number } of markets) stages[number] = undefined
      waiting.remove(market => forgotten.has(market))
      latest = latest.filter(({ market }) => !forgotten.has(market))
    },
    rank({ now }, top) {
      return table(latest, now, top)
    }
  }
}

type Stage = 'created' | 'opened'

interface Newcomer {
  readonly market: Market
  readonly createdAt: Microseconds
}

/** So many are kept for the table at least, and twice as many at most. */
const LATEST_MIN = 1_000

function describe(market: Market, now: Microseconds): Finding['values'] {
  return {
    event: market.eventTicker,
    title: market.title,
    opens: market.openTime === null ? null : textOf(market.openTime),
    closes: market.closeTime === null ? null : textOf(market.closeTime),
    secondsToOpen: market.openTime === null ? null : Math.max(0, Math.ceil((market.openTime - now) / SECOND))
  }
}

function textOf(time: Microseconds): string {
  return formatTime(BigInt(time) * 1000n)
}

/** The latest first. */
function table(newcomers: readonly Newcomer[], now: Microseconds, top: number): RankTable {
  const rows = newcomers
    .slice(-top)
    .toReversed()
    .map(({ market, createdAt }) => {
      const { opens, closes, title } = describe(market, now)
      const times = [textOf(createdAt), opens, closes].map(time =>
        String(time ?? '-').slice(0, 'YYYY-MM-DDTHH:MM:SS'.length)
      )
      return [market.ticker, market.statusAt(now), ...times, String(title ?? '-')]
    })
  return { columns: ['market', 'status', 'created', 'opens', 'closes', 'title'], rows }
}
