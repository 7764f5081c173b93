import type { Microseconds } from '../core/time.ts'
import type { Price } from '../core/units.ts'
import { ONE_DOLLAR, priceOf } from '../core/units.ts'
import type { Market } from './market.ts'

/** Captures of order books alone do not tell whether a market trades; that its book changes does. */
export function isTrading(market: Market, now: Microseconds): boolean {
  const status = market.statusAt(now)
  return status === 'active' || status === 'unknown'
}

/** What a YES contract pays by what has been told so far (protocol reference, section 16), else null. */
export function payoutOf({ settlementValue, result }: Market): Price | null {
  if (settlementValue !== null) return settlementValue
  if (result === 'yes') return ONE_DOLLAR
  return result === 'no' ? priceOf(0) : null
}
