import type { Microseconds, Nanoseconds } from '../../core/time.ts'
import type { Money, Price, TwiceMid } from '../../core/units.ts'
import { moneyOfMillionths } from '../../core/units.ts'
import type { FeeSchedule } from '../../market/fees.ts'
import type { Market } from '../../market/market.ts'
import type { Side } from '../../protocol/messages/envelope.ts'
import type { Signal } from '../../scan/signal.ts'
import { chargePerContract, profitOf } from './charge.ts'
import { directionOf } from './direction.ts'
import type { Moment } from './moment.ts'
import { buyingPrice, sellingPrice } from './moment.ts'
import type { Outcome } from './outcome.ts'

/** A signal of which some horizon is still to come, and its market as it was then. */
export interface OpenSignal {
  readonly number: number
  readonly of: Outcome['of']
  readonly side: Side | null
  /** As it was known then: it keeps its result even when the tracker has forgotten it. */
  readonly market: Market | undefined
  readonly now: Microseconds
  readonly twiceMid: TwiceMid | null
  readonly bought: Price | null
  readonly charge: Money | null
}

export interface Occasion {
  readonly number: number
  readonly market: Market | undefined
  readonly now: Microseconds
  readonly moment: Moment
  readonly schedule: FeeSchedule | null
}

export function openSignal(signal: Signal, { number, market, now, moment, schedule }: Occasion): OpenSignal {
  const { time, scanner, market: ticker, kind } = signal
  const side = directionOf(signal)
  const bought = side === null ? null : buyingPrice(moment, side)
  const charge = bought === null || schedule === null ? null : chargePerContract(bought, 'buy', schedule)
  return {
    number,
    of: { time, scanner, market: ticker, kind },
    side,
    market,
    now,
    twiceMid: moment.twiceMid,
    bought,
    charge
  }
}

export function outcomeOf(
  open: OpenSignal,
  horizon: string,
  at: Nanoseconds,
  moment: Moment,
  schedule: FeeSchedule | null
): Outcome {
  const { number, of, side, bought, charge } = open
  const { twiceMid, spread, payout, isSettled } = moment
  const sold = side === null ? null : sellingPrice(moment, side)
  const exit = sold === null ? null : payout === null ? chargeOf(sold, schedule) : NOTHING
  const fees = charge === null || exit === null ? null : moneyOfMillionths(charge + exit)
  return {
    signal: number,
    of,
    side,
    horizon,
    at,
    twiceMidBefore: open.twiceMid,
    twiceMid,
    spread,
    bought,
    sold,
    move: moveOf(open, twiceMid),
    fees,
    net: bought === null || sold === null || fees === null ? null : profitOf(bought, sold, fees),
    payout,
    final: payout === null ? null : isSettled
  }
}

const NOTHING = moneyOfMillionths(0)

function chargeOf(sold: Price, schedule: FeeSchedule | null): Money | null {
  return schedule === null ? null : chargePerContract(sold, 'sell', schedule)
}

function moveOf({ side, twiceMid: before }: OpenSignal, after: TwiceMid | null): TwiceMid | null {
  if (before === null || after === null) return null
  const change = after - before
  return (side === null ? Math.abs(change) : side === 'yes' ? change : 0 - change) as TwiceMid
}
