import { z } from 'zod'
import type { JsonObject } from '../json.ts'
import type { ListedSeries } from '../messages/rest.ts'
import { describeIssue } from './reader.ts'
import { decimal, decimalText, text, ticker } from './wire.ts'

/** As of markets, fields that nobody here asks for are not looked at. */
const series = z.object({ ticker, fee_type: text, fee_multiplier: decimal })

/** Without a series, Go writes null for the list. */
const list = z.object({ series: z.array(series).nullable() })
const single = z.object({ series })

/** Reads the body of `GET /series/TICKER`, or of `GET /series`, which has them all. A string says what is wrong with it. */
export function readSeriesList(json: JsonObject): readonly ListedSeries[] | string {
  const isList = json['series'] === null || Array.isArray(json['series'])
  const parsed = isList ? list.safeParse(json) : single.safeParse(json)
  if (!parsed.success) return describeIssue(parsed.error)
  return [parsed.data.series ?? []].flat().map(wire => ({
    ticker: wire.ticker,
    feeType: wire.fee_type === '' ? null : (wire.fee_type ?? null),
    feeMultiplier: decimalText(wire.fee_multiplier)
  }))
}
