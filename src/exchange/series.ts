import type { TickGrid } from './tick-grid.ts'
import { CENT_GRID, TAPERED_GRID } from './tick-grid.ts'

/** A family of events that follow one another. All are invented. */
export interface Series {
  readonly ticker: string
  readonly title: string
  readonly grid: TickGrid
  /** How many rounds of the exchange an event lasts. */
  readonly rounds: number
  /** What distinguishes the ticker of the n-th event. */
  eventSuffix(event: number): string
}

const FIRST_EVENT = Date.UTC(2026, 10, 24, 15, 0)
const QUARTER = 15 * 60_000
const DAY = 24 * 60 * 60_000

/** The most active first. */
export const SERIES: readonly Series[] = [
  {
    ticker: 'KXPRACBTC15M',
    title: 'Practice bitcoin price in 15 minutes',
    grid: TAPERED_GRID,
    rounds: 1,
    eventSuffix: event => minuteSuffix(FIRST_EVENT + event * QUARTER)
  },
  {
    ticker: 'KXPRACHIGHNY',
    title: 'Practice highest temperature in New York',
    grid: CENT_GRID,
    rounds: 4,
    eventSuffix: event => daySuffix(FIRST_EVENT + event * DAY)
  },
  {
    ticker: 'KXPRACGAME',
    title: 'Practice game of the week',
    grid: CENT_GRID,
    rounds: 10,
    eventSuffix: event => daySuffix(FIRST_EVENT + event * 7 * DAY)
  },
  {
    ticker: 'KXPRACRATE',
    title: 'Practice interest rate decision',
    grid: CENT_GRID,
    rounds: 100,
    eventSuffix: event => daySuffix(FIRST_EVENT + event * 42 * DAY)
  }
]

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']

/** `26NOV24` */
function daySuffix(time: number): string {
  const date = new Date(time)
  const year = String(date.getUTCFullYear() % 100).padStart(2, '0')
  return `${year}${MONTHS[date.getUTCMonth()] ?? ''}${String(date.getUTCDate()).padStart(2, '0')}`
}

/** `26NOV241500` */
function minuteSuffix(time: number): string {
  return daySuffix(time) + new Date(time).toISOString().slice(11, 16).replace(':', '')
}
