import type { Nanoseconds } from '../../core/time.ts'
import { formatTime } from '../../core/time.ts'
import type { Money, Price, TwiceMid } from '../../core/units.ts'
import { formatMoney, formatPrice, moneyOfMillionths } from '../../core/units.ts'
import type { Side } from '../../protocol/messages/envelope.ts'
import type { Signal } from '../../scan/signal.ts'

/** What had become of a signal's market at one of its horizons. Null is what cannot be told. */
export interface Outcome {
  /** Counts the signals of the run from 1. */
  readonly signal: number
  readonly of: Pick<Signal, 'time' | 'scanner' | 'market' | 'kind'>
  /** What the signal says to buy. */
  readonly side: Side | null
  readonly horizon: string
  /** Receive time of the frame at which the horizon was reached. */
  readonly at: Nanoseconds
  /** At the signal. */
  readonly twiceMidBefore: TwiceMid | null
  readonly twiceMid: TwiceMid | null
  readonly spread: Price | null
  /** What a contract of the side cost at the signal, and what it brings at the horizon. */
  readonly bought: Price | null
  readonly sold: Price | null
  /** Of twice the mid, towards the side; without a side, up or down. */
  readonly move: TwiceMid | null
  /** Of one contract, for both trades. */
  readonly fees: Money | null
  readonly net: Money | null
  /** Of a YES contract, where the market has its result. */
  readonly payout: Price | null
  /** False while the result may still be amended; null without a result. */
  readonly final: boolean | null
}

/** One line of JSON, without the newline, its keys in a fixed order. Mids have six decimals, since they halve a price. */
export function outcomeToJson(outcome: Outcome): string {
  const { signal, of, side, horizon, at, spread, bought, sold, fees, net, payout, final } = outcome
  return JSON.stringify({
    type: 'outcome',
    signal,
    time: formatTime(of.time),
    scanner: of.scanner,
    market: of.market,
    kind: of.kind,
    side,
    horizon,
    at: formatTime(at),
    before: textOfMid(outcome.twiceMidBefore),
    mid: textOfMid(outcome.twiceMid),
    move: textOfMid(outcome.move),
    spread: spread === null ? null : formatPrice(spread),
    bought: bought === null ? null : formatPrice(bought),
    sold: sold === null ? null : formatPrice(sold),
    fees: fees === null ? null : formatMoney(fees),
    net: net === null ? null : formatMoney(net),
    payout: payout === null ? null : formatPrice(payout),
    final
  })
}

function textOfMid(twiceMid: TwiceMid | null): string | null {
  return twiceMid === null ? null : formatMoney(moneyOfMillionths(twiceMid * MILLIONTHS))
}

/** A half of 1e-4 dollar. */
const MILLIONTHS = 50
