import { malformed, NO_ENVELOPE } from './irregular.ts'
import { parseObject } from './json.ts'
import type { MarketTable } from './market-table.ts'
import type { Message } from './messages.ts'
import { readMarketsPage } from './schemas/markets-page.ts'

/** The body of a REST response. A page of markets is read; of the others it is enough that they were recorded. */
export function readRestBody(body: string, markets: MarketTable): Message {
  const json = parseObject(body)
  if (typeof json === 'string') return malformed({ type: 'rest' }, json)
  if (!('markets' in json)) return { type: 'rest', body, page: null, ...NO_ENVELOPE }
  const page = readMarketsPage(json, markets)
  return typeof page === 'string' ? malformed({ type: 'rest' }, page) : { type: 'rest', body, page, ...NO_ENVELOPE }
}
