import { describe, expect, it } from 'vitest'
import { describeMarkets, TableView } from '../../src/cli/table-view.ts'
import { microseconds } from '../../src/core/time.ts'
import { FrameBatchBuilder } from '../../src/core/frame-batch-builder.ts'
import { Pipeline } from '../../src/pipeline.ts'

const TABLE = {
  columns: ['market', 'change', 'data'],
  rows: [
    ['KXSKY-26NOV22-SUN', '0.0200', 'book'],
    ['KXSKY-26NOV22-RAIN', '0.1000', 'stale'],
    ['KXSEA-26NOV22-HIGH', '-', 'ticker']
  ]
}

function markets(view: TableView): string[] {
  return view.apply(TABLE).rows.map(row => row.slice(0, 2).join(' '))
}

describe('table view', () => {
  it('numbers the rows in the order of the scanner', () => {
    expect(markets(new TableView())).toEqual(['1 KXSKY-26NOV22-SUN', '2 KXSKY-26NOV22-RAIN', '3 KXSEA-26NOV22-HIGH'])
  })

  it('sorts by one column after the other, numbers from the largest, and returns to the first order', () => {
    const view = new TableView()
    const orders = TABLE.columns.map(() => {
      view.sortByNext(TABLE)
      return [view.sortedBy, markets(view)[0]]
    })
    expect(orders).toEqual([
      ['market', '1 KXSEA-26NOV22-HIGH'],
      ['change', '1 KXSKY-26NOV22-RAIN'],
      ['data', '1 KXSKY-26NOV22-SUN']
    ])
    view.sortByNext(TABLE)
    expect(view.sortedBy).toBeNull()
  })

  it('leaves rows without a number last, and the table it was given as it was', () => {
    const view = new TableView()
    view.sortByNext(TABLE)
    view.sortByNext(TABLE)
    expect(markets(view).at(-1)).toBe('3 KXSEA-26NOV22-HIGH')
    expect(TABLE.rows[0]?.[0]).toBe('KXSKY-26NOV22-SUN')
  })

  it('filters by any cell, in capitals or not', () => {
    const view = new TableView()
    view.setFilter('kxsky')
    expect(markets(view)).toEqual(['1 KXSKY-26NOV22-SUN', '2 KXSKY-26NOV22-RAIN'])
    view.setFilter('stale')
    expect(markets(view)).toEqual(['1 KXSKY-26NOV22-RAIN'])
  })
})

describe('tables of markets', () => {
  it('get the title, the spread and the age of the data', async () => {
    const pipeline = new Pipeline({ scanners: [], sinks: [] })
    const builder = new FrameBatchBuilder()
    const prices = { yes_bid_dollars: '0.4000', yes_ask_dollars: '0.4300' }
    const listed = { ticker: 'KXSKY-26NOV22-SUN', status: 'active', title: 'Will the sun shine on Sunday in November?' }
    const body = JSON.stringify({ markets: [{ ...listed, ...prices }], cursor: '' })
    builder.append(1_790_000_000_000_000_000n, 1n, 0, 'rest', 'received', Buffer.from(body))
    await pipeline.accept(builder.batch())
    const now = microseconds(1_790_000_002_500_000)
    const { columns, rows } = describeMarkets(TABLE, pipeline.tracker, now)
    expect(columns).toEqual(['market', 'title', 'change', 'data', 'spread', 'age'])
    expect(rows[0]).toEqual(['KXSKY-26NOV22-SUN', 'Will the sun shine on Sunda…', '0.0200', 'book', '0.0300', '2.5s'])
    expect(rows[1]).toEqual(['KXSKY-26NOV22-RAIN', '', '0.1000', 'stale', '-', '-'])
  })

  it('that are none of markets stay as they are', () => {
    const other = { columns: ['event', 'n'], rows: [['KXSKY', '1']] }
    expect(describeMarkets(other, new Pipeline({ scanners: [], sinks: [] }).tracker, microseconds(0))).toBe(other)
  })
})
