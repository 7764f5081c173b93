import type { Microseconds } from '../core/time.ts'
import { formatPrice, spreadOf } from '../core/units.ts'
import type { MarketTracker } from '../market/market-tracker.ts'
import type { RankTable } from '../scan/scanner.ts'

const TITLE_LENGTH = 28

/** How a person looks at the tables of scanners: in which order, and at which rows. */
export class TableView {
  #sortedBy: string | null = null
  #filter = ''

  /** Null for the scanner's own order. */
  get sortedBy(): string | null {
    return this.#sortedBy
  }

  get filter(): string {
    return this.#filter
  }

  /** Goes on to the next column of a table, and from the last to the scanner's own order. */
  sortByNext({ columns }: RankTable): void {
    const at = this.#sortedBy === null ? -1 : columns.indexOf(this.#sortedBy)
    this.#sortedBy = columns[at + 1] ?? null
  }

  /** Only rows that hold the text, in capitals or not. */
  setFilter(text: string): void {
    this.#filter = text
  }

  /** The rows to be shown, each with its number. */
  apply({ columns, rows }: RankTable): RankTable {
    const column = this.#sortedBy === null ? -1 : columns.indexOf(this.#sortedBy)
    const wanted = this.#filter.toLowerCase()
    const shown = rows.filter(row => row.some(cell => cell.toLowerCase().includes(wanted)))
    if (column >= 0) shown.sort((a, b) => compare(a[column] ?? '', b[column] ?? ''))
    return { columns: ['#', ...columns], rows: shown.map((row, index) => [String(index + 1), ...row]) }
  }
}

/** Adds to a table of markets what every reader of one wants to know: title, spread, and the age of the data. */
export function describeMarkets(table: RankTable, tracker: MarketTracker, now: Microseconds): RankTable {
  if (table.columns[0] !== 'market') return table
  const hasSpread = table.columns.includes('spread')
  const [first = 'market', ...others] = table.columns
  return {
    columns: [first, 'title', ...others, ...(hasSpread ? [] : ['spread']), 'age'],
    rows: table.rows.map(([ticker = '', ...cells]) => {
      const market = tracker.byTicker(ticker)
      const quote = market?.lastQuote ?? null
      const spread = quote?.bid == null || quote.ask == null ? '-' : formatPrice(spreadOf(quote.bid, quote.ask))
      const age = market === undefined ? '-' : `${((now - market.updatedAt) / 1e6).toFixed(1)}s`
      return [ticker, shorten(market?.title ?? ''), ...cells, ...(hasSpread ? [] : [spread]), age]
    })
  }
}

function shorten(title: string): string {
  return title.length <= TITLE_LENGTH ? title : `${title.slice(0, TITLE_LENGTH - 1)}…`
}

/** Numbers before text and the largest first, as who sorts a ranking means it. */
function compare(a: string, b: string): number {
  const [one, other] = [Number.parseFloat(a), Number.parseFloat(b)]
  if (Number.isNaN(one) || Number.isNaN(other)) {
    return Number.isNaN(one) && Number.isNaN(other)
      ? a.localeCompare(b)
      : Number(Number.isNaN(one)) - Number(Number.isNaN(other))
  }
  return other - one
}
