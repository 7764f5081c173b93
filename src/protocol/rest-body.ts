import { malformed, NO_ENVELOPE } from './irregular.ts'
import { parseObject } from './json.ts'
import type { MarketTable } from './market-table.ts'
import type { Message } from './messages.ts'
import { readMarketsPage } from './schemas/markets-page.ts'
import { readSeriesList } from './schemas/series-list.ts'

/**
 * The body of a REST response. Pages of markets and series are read; of the others it is enough that they were recorded.
 */
export function readRestBody(body: string, markets: MarketTable): Message {
  const json = parseObject(body)
  if (typeof json === 'string') return malformed({ type: 'rest' }, json)
  const page = 'markets' in json ? readMarketsPage(json, markets) : null
  const series = page === null && 'series' in json ? readSeriesList(json) : null
  if (typeof page === 'string') return malformed({ type: 'rest' }, page)
  if (typeof series === 'string') return malformed({ type: 'rest' }, series)
  return { type: 'rest', body, page, series, ...NO_ENVELOPE }
}
