import { beforeAll, describe, expect, it } from 'vitest'
import type { RecordingInfo } from '../../src/audit/recording-info.ts'
import { inspectRecording } from '../../src/audit/recording-info.ts'
import type { Price } from '../../src/core/units.ts'
import { formatCount, formatPrice } from '../../src/core/units.ts'
import type { Market } from '../../src/market/market.ts'
import { openRecording } from '../../src/recording/recording.ts'
import { temporaryFolder } from '../temporary.ts'
import { queryDuckdb } from './readers.ts'
import { exportSample, SAMPLE } from './sample.ts'

let info: RecordingInfo

beforeAll(async () => {
  info = await inspectRecording(await openRecording(SAMPLE))
})

/** By ticker, as query results come in the order of their first column. */
function byTicker(markets: Iterable<Market>, rowOf: (market: Market) => readonly unknown[]): unknown[][] {
  return [...markets]
    .map(market => [market.ticker, ...rowOf(market)])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
}

function textOf(price: Price | null): string | null {
  return price === null ? null : formatPrice(price)
}

describe('what DuckDB computes on an export of the sample', () => {
  it('is as many frames of each type, and as many bytes, as the recording holds', async () => {
    const folder = temporaryFolder()
    await exportSample(folder, 'frames', 'parquet')
    const types = await queryDuckdb(`select type, count(*)::int from '${folder}/frames.parquet' group by type`)
    expect(Object.fromEntries(types)).toEqual(info.types)
    const [[frames, bytes] = []] = await queryDuckdb(
      `select max(frame)::int, sum(strlen(payload))::int from '${folder}/frames.parquet'`
    )
    expect([frames, bytes]).toEqual([info.frames, info.payloadBytes])
  })

  it('is the number of trades, and of each market the contracts and the last price', async () => {
    const folder = temporaryFolder()
    const { tracker } = await exportSample(folder, 'trades', 'parquet')
    const rows = await queryDuckdb(
      `select market_ticker, count(*)::int, sum(count)::varchar, last(yes_price order by frame)::varchar
       from '${folder}/trades.parquet' group by market_ticker order by market_ticker`
    )
    expect(rows.reduce((sum, row) => sum + Number(row[1]), 0)).toBe(info.types['trade'])
    const traded = [...tracker.markets()].filter(({ lastTrade }) => lastTrade !== null)
    expect(rows.map(([ticker, , contracts, price]) => [ticker, contracts, price])).toEqual(
      byTicker(traded, ({ tradedVolume, lastTrade }) => [
        formatCount(tradedVolume),
        lastTrade === null ? null : formatPrice(lastTrade.price)
      ])
    )
  })

  it('is the number of tickers, and of each market the latest volume', async () => {
    const folder = temporaryFolder()
    const { tracker, rows: told } = await exportSample(folder, 'tickers', 'parquet')
    expect(told).toBe(info.types['ticker'])
    const rows = await queryDuckdb(
      `select market_ticker, arg_max(volume, frame)::varchar from '${folder}/tickers.parquet'
       group by market_ticker order by market_ticker`
    )
    expect(rows).toEqual(byTicker(tracker.markets(), ({ volume }) => [formatCount(volume)]))
  })

  it("is the tracker's book of each market, by the last row of each level", async () => {
    const folder = temporaryFolder()
    const { tracker } = await exportSample(folder, 'book', 'parquet')
    const rows = await queryDuckdb(
      `select market_ticker, side, price::varchar, arg_max(count, frame)::varchar as contracts
       from '${folder}/book.parquet' group by all having contracts <> '0.00' order by all`
    )
    const levels = [...tracker.markets()].flatMap(({ ticker, book }) =>
      (['no', 'yes'] as const).flatMap(side =>
        book.levels(side).map(({ price, count }) => [ticker, side, formatPrice(price), formatCount(count)])
      )
    )
    expect(levels.length).toBeGreaterThan(20)
    expect(rows).toEqual(levels.map(level => level.join(' ')).sort().map(text => text.split(' '))) // prettier-ignore
  })

  it("is the tracker's last quote of each market", async () => {
    const folder = temporaryFolder()
    const { tracker } = await exportSample(folder, 'bbo', 'parquet')
    const rows = await queryDuckdb(
      `select market_ticker, arg_max(bid::varchar, frame), arg_max(ask::varchar, frame) from
       (select * from '${folder}/bbo.parquet' where source = 'book') group by market_ticker order by market_ticker`
    )
    expect(rows).toEqual(
      byTicker(tracker.markets(), ({ lastQuote }) => [textOf(lastQuote?.bid ?? null), textOf(lastQuote?.ask ?? null)])
    )
  })
})
