import type { Count, Price } from '../core/units.ts'
import { complement, formatCount, formatPrice } from '../core/units.ts'
import type { Level } from '../protocol/messages/market-data.ts'

interface Told {
  readonly sid: number | null
  /** NO prices are on the YES leg there. */
  readonly usesYesPrice: boolean
  /** Best first, each on its own leg. */
  readonly yes: readonly Level[]
  readonly no: readonly Level[]
}

/** A snapshot as the exchange writes them today, but without `seq`: it takes no place in the run of its `sid`. */
export function snapshotText(ticker: string, { sid, usesYesPrice, yes, no }: Told): string {
  return JSON.stringify({
    type: 'orderbook_snapshot',
    sid,
    msg: {
      market_ticker: ticker,
      ...(yes.length === 0 ? {} : { yes_dollars_fp: levelsOf(yes, price => price) }),
      ...(no.length === 0 ? {} : { no_dollars_fp: levelsOf(no, usesYesPrice ? complement : price => price) })
    }
  })
}

function levelsOf(levels: readonly Level[], priceOf: (price: Price) => Price): readonly (readonly [string, string])[] {
  return levels.map(({ price, count }) => levelText(priceOf(price), count)).reverse()
}

function levelText(price: Price, count: Count): readonly [string, string] {
  return [formatPrice(price), formatCount(count)]
}
