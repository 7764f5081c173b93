import type { Series } from './series.ts'
import { SERIES } from './series.ts'

/** A place in which the events of a series follow one another; a series has one or several. */
export interface Slot {
  readonly series: Series
  readonly lane: number
  /** How many slots the series has: event n belongs to the lane n modulo that. */
  readonly lanes: number
  /** How many markets its events have. */
  readonly outcomes: number
  /** How long an event lasts, in rounds of the exchange. */
  readonly lifetime: number
  /** When the first event closes, in shares of a lifetime: the lanes of a series take turns. */
  readonly firstClose: number
}

/** With more lanes a series lists its events further ahead and does not end them more often. */
const LANES_PER_LIFETIME = 8

/** As many slots as it takes for a number of markets; one more of every series at a time, the most active series first. */
export function planSlots(markets: number): readonly Slot[] {
  const planned: { readonly series: Series; readonly lane: number; readonly outcomes: number }[] = []
  const lanesOf = new Map<Series, number>()
  for (let left = markets, turn = 0; left > 0; turn++) {
    const series = SERIES[turn % SERIES.length]
    if (series === undefined || (series.isSingle && turn >= SERIES.length)) continue
    const outcomes = Math.min(left, series.outcomes)
    const lane = lanesOf.get(series) ?? 0
    lanesOf.set(series, lane + 1)
    planned.push({ series, lane, outcomes })
    left -= outcomes
  }
  return planned.map(({ series, lane, outcomes }) => {
    const lanes = lanesOf.get(series) ?? 1
    const lifetime = series.rounds * Math.max(1, lanes / LANES_PER_LIFETIME)
    return { series, lane, lanes, outcomes, lifetime, firstClose: (lane + 1 - phaseOf(series)) / lanes }
  })
}

/** So that not all series turn over at once. */
function phaseOf(series: Series): number {
  return ((SERIES.indexOf(series) * 0.382) % 1) / 2
}
