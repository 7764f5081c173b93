import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { FrameBatchBuilder } from '../../src/core/frame-batch-builder.ts'
import { microseconds } from '../../src/core/time.ts'
import { MarketTracker } from '../../src/market/market-tracker.ts'
import { Decoder } from '../../src/protocol/decoder.ts'
import { MarketTable } from '../../src/protocol/market-table.ts'

const FOLDER = '../shared/real'
const captures = existsSync(FOLDER) ? readdirSync(FOLDER).filter(name => name.startsWith('gold15m_')) : []

interface Wire {
  readonly type: string
  readonly sid: number
  readonly seq: number
  readonly msg: Record<'market_ticker' | 'side' | 'price_dollars' | 'delta_fp' | 'count_fp', string> &
    Partial<Record<'yes_dollars_fp' | 'no_dollars_fp', [string, string][]>>
}

/** Folds the frames of one market in the plainest way, sharing nothing with the code under test. */
class Fold {
  yes = new Map<number, number>()
  no = new Map<number, number>()
  traded = 0

  apply({ type, msg }: Wire): void {
    if (type === 'trade') this.traded += scale(msg.count_fp, 100)
    if (type === 'orderbook_snapshot') {
      this.yes = new Map(msg.yes_dollars_fp?.map(([price, count]) => [scale(price, 10_000), scale(count, 100)]))
      this.no = new Map(msg.no_dollars_fp?.map(([price, count]) => [scale(price, 10_000), scale(count, 100)]))
    }
    if (type === 'orderbook_delta') {
      const side = msg.side === 'yes' ? this.yes : this.no
      const price = scale(msg.price_dollars, 10_000)
      side.set(price, (side.get(price) ?? 0) + scale(msg.delta_fp, 100))
      if (side.get(price) === 0) side.delete(price)
    }
  }
}

function scale(decimal: string, factor: number): number {
  return Math.round(Number(decimal) * factor)
}

describe.skipIf(captures.length === 0)(`real captures (skipped where ${FOLDER} is absent)`, () => {
  test.each(captures)('%s: the tracker agrees with a plain fold after every frame', name => {
    const lines = gunzipSync(readFileSync(`${FOLDER}/${name}`))
      .toString('utf8')
      .trim()
      .split('\n')
    const markets = new MarketTable()
    const decoder = new Decoder(markets)
    const tracker = new MarketTracker(markets, { isFiltered: () => true })
    const builder = new FrameBatchBuilder()
    const fold = new Fold()
    let connection = 0
    let last = 0
    let differences = 0
    for (const line of lines) {
      const { raw, recv_ns: received } = JSON.parse(line) as { raw: string; recv_ns: string }
      const wire = JSON.parse(raw) as Wire
      // The collector reconnected where the book's counter falls.
      if (wire.sid === 1 && wire.seq < last) connection++
      if (wire.sid === 1) last = wire.seq
      builder.clear()
      builder.append(BigInt(received), 0n, connection, 'text', 'received', Buffer.from(raw))
      tracker.apply(decoder.decode(builder.batch(), 0), connection, microseconds(Number(received.slice(0, -3))))
      fold.apply(wire)

      const market = tracker.byTicker(wire.msg.market_ticker)
      const levels = (['yes', 'no'] as const).map(side =>
        market?.book.levels(side).map(({ price, count }) => [price, count])
      )
      const ought = [fold.yes, fold.no].map(side => [...side].sort(([a], [b]) => b - a))
      if (JSON.stringify([levels, market?.tradedVolume]) !== JSON.stringify([ought, fold.traded])) differences++
    }
    expect(lines.length).toBeGreaterThan(20_000)
    expect(differences).toBe(0)
    expect(Object.entries(tracker.counts).filter(([, count]) => count > 0)).toEqual([])
  })
})
