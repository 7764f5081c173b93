import { z } from 'zod'
import { FieldError, nullIfOneDollar, nullIfZero, readCount, readPrice, timeFromText } from '../eras.ts'
import type { JsonObject } from '../json.ts'
import type { MarketTable } from '../market-table.ts'
import type { ListedMarket, MarketsPage } from '../messages/rest.ts'
import { decimal, integer, text, ticker } from './wire.ts'

/** REST bodies have many fields that nobody here asks for, and get new ones often: these are not looked at. */
const market = z.object({
  ticker,
  event_ticker: text,
  title: text,
  yes_sub_title: text,
  status: text,
  open_time: text,
  close_time: text,
  yes_bid_dollars: decimal,
  yes_ask_dollars: decimal,
  yes_bid: integer,
  yes_ask: integer,
  yes_bid_size_fp: decimal,
  yes_ask_size_fp: decimal,
  last_price_dollars: decimal,
  last_price: integer,
  volume_fp: decimal,
  volume: integer,
  open_interest_fp: decimal,
  open_interest: integer,
  result: text,
  price_level_structure: text
})

const page = z.object({ markets: z.array(market), cursor: text })

/** Reads the body of `GET /markets`. A string says what is wrong with it. */
export function readMarketsPage(json: JsonObject, table: MarketTable): MarketsPage | string {
  const parsed = page.safeParse(json)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    return `${issue?.path.join('.') ?? 'it'}: ${issue?.message ?? 'is no page of markets'}`
  }
  try {
    return { markets: parsed.data.markets.map(wire => toMarket(wire, table)), cursor: parsed.data.cursor ?? '' }
  } catch (error) {
    if (error instanceof FieldError) return error.message
    throw error
  }
}

function toMarket(wire: z.infer<typeof market>, table: MarketTable): ListedMarket {
  return {
    market: table.add(wire.ticker),
    marketTicker: wire.ticker,
    eventTicker: wire.event_ticker ?? null,
    title: wire.title ?? null,
    yesSubTitle: wire.yes_sub_title ?? null,
    status: wire.status ?? null,
    openTime: timeFromText('open_time', wire.open_time),
    closeTime: timeFromText('close_time', wire.close_time),
    yesBid: nullIfZero(readPrice('yes_bid', wire.yes_bid_dollars, wire.yes_bid)),
    yesAsk: nullIfOneDollar(readPrice('yes_ask', wire.yes_ask_dollars, wire.yes_ask)),
    yesBidSize: readCount('yes_bid_size', wire.yes_bid_size_fp),
    yesAskSize: readCount('yes_ask_size', wire.yes_ask_size_fp),
    lastPrice: nullIfZero(readPrice('last_price', wire.last_price_dollars, wire.last_price)),
    volume: readCount('volume', wire.volume_fp, wire.volume),
    openInterest: readCount('open_interest', wire.open_interest_fp, wire.open_interest),
    result: wire.result === '' ? null : (wire.result ?? null),
    priceLevelStructure: wire.price_level_structure === '' ? null : (wire.price_level_structure ?? null)
  }
}
