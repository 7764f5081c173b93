import { ratioFromText } from '../core/units.ts'
import type { FeeSchedule } from '../market/fees.ts'
import { USUAL_FEES } from '../market/fees.ts'
import type { Strike } from './change.ts'
import type { TickGrid } from './tick-grid.ts'
import { CENT_GRID, CENTI_GRID, DECI_GRID, TAPERED_GRID } from './tick-grid.ts'

/** A family of events that follow one another. All are invented. */
export interface Series {
  readonly ticker: string
  readonly title: string
  readonly grid: TickGrid
  readonly fees: FeeSchedule
  /** How many rounds of the exchange an event lasts. */
  readonly rounds: number
  /** How many markets an event has. */
  readonly outcomes: number
  /** Whether exactly one of an event's markets resolves to yes. */
  readonly isExclusive: boolean
  /** Whether only one event can be open at a time; else as many as there is room for. */
  readonly isSingle: boolean
  /** What distinguishes the ticker of the n-th event. */
  eventSuffix(event: number): string
  outcome(event: number, index: number): Outcome
}

interface Outcome {
  /** What distinguishes the ticker of the market. */
  readonly code: string
  readonly title: string
  readonly strike: Strike | null
}

const FIRST_EVENT = Date.UTC(2026, 10, 24, 15, 0)
const QUARTER = 15 * 60_000
const DAY = 24 * 60 * 60_000

const HALF = ratioFromText('0.5')

const COINS = ['BTC bitcoin', 'ETH ether', 'SOL solana', 'XRP ripple', 'DOGE dogecoin']
const CITIES = ['NY New York', 'CHI Chicago', 'MIA Miami', 'AUS Austin', 'DEN Denver', 'LAX Los Angeles']
const SPORTS = ['GAME football', 'HOOPS basketball', 'PUCK hockey', 'BAT baseball']
const FIGURES = ['RATE interest rate', 'CPI inflation', 'JOBS unemployment', 'GDP growth']
const CONTESTS = ['AWARD film award', 'MAYOR mayoral election', 'SONG song of the year', 'CUP cup winner']
const TEAMS = [
  'OAK',
  'ELM',
  'ASH',
  'FIR',
  'YEW',
  'BAY',
  'FIG',
  'GUM',
  'NUT',
  'FEN',
  'MOS',
  'HOP',
  'IVY',
  'RYE',
  'OAT',
  'PEA'
]

/** The most active first: of each kind the first, of each kind the second, and so on. */
export const SERIES: readonly Series[] = Array.from({ length: CITIES.length }, (_, index) => [
  ...one(COINS, index, minutesOf),
  ...one(CITIES, index, temperaturesOf),
  ...one(SPORTS, index, gamesOf),
  ...one(FIGURES, index, figuresOf),
  ...one(CONTESTS, index, contestsOf),
  ...one(['COMBO combination'], index, combinationsOf)
]).flat()

type Template = (code: string, name: string) => Series

function one(names: readonly string[], index: number, template: Template): readonly Series[] {
  const name = names[index]
  if (name === undefined) return []
  const space = name.indexOf(' ')
  return [template(name.slice(0, space), name.slice(space + 1))]
}

/** Its strike is known when it opens only. */
function minutesOf(code: string, name: string): Series {
  return {
    ticker: `KXPRAC${code}15M`,
    title: `Practice ${name} price in 15 minutes`,
    grid: TAPERED_GRID,
    fees: USUAL_FEES,
    rounds: 1,
    outcomes: 1,
    isExclusive: false,
    isSingle: true,
    eventSuffix: event => minuteSuffix(FIRST_EVENT + event * QUARTER),
    outcome: () => ({ code: 'T0', title: 'TBD', strike: { type: 'greater_or_equal', floor: null, cap: null } })
  }
}

function temperaturesOf(code: string, name: string): Series {
  return {
    ticker: `KXPRACHIGH${code}`,
    title: `Practice highest temperature in ${name}`,
    grid: CENT_GRID,
    fees: USUAL_FEES,
    rounds: 4,
    outcomes: 6,
    isExclusive: true,
    isSingle: false,
    eventSuffix: event => daySuffix(FIRST_EVENT + event * DAY),
    outcome: (event, index) => {
      const floor = 40 + (event % 30) + 2 * index
      const strike = { type: 'between', floor, cap: floor + 1 }
      return { code: `B${floor}.5`, title: `${floor} to ${floor + 1} degrees`, strike }
    }
  }
}

function gamesOf(code: string, name: string): Series {
  const gamesPerDay = TEAMS.length / 2
  const team = (event: number, index: number): string => TEAMS[2 * (event % gamesPerDay) + index] ?? ''
  return {
    ticker: `KXPRAC${code}`,
    title: `Practice ${name} game`,
    grid: CENT_GRID,
    fees: { ...USUAL_FEES, type: 'quadratic_with_maker_fees' },
    rounds: 10,
    outcomes: 2,
    isExclusive: true,
    isSingle: false,
    eventSuffix: event => {
      return daySuffix(FIRST_EVENT + Math.floor(event / gamesPerDay) * DAY) + team(event, 0) + team(event, 1)
    },
    outcome: (event, index) => ({ code: team(event, index), title: team(event, index), strike: null })
  }
}

function figuresOf(code: string, name: string): Series {
  return {
    ticker: `KXPRAC${code}`,
    title: `Practice ${name} decision`,
    grid: CENT_GRID,
    fees: { ...USUAL_FEES, multiplier: HALF },
    rounds: 100,
    outcomes: 5,
    isExclusive: false,
    isSingle: false,
    eventSuffix: event => daySuffix(FIRST_EVENT + event * 42 * DAY),
    outcome: (_, index) => {
      const floor = 3 + index / 4
      return { code: `T${floor}`, title: `Above ${floor}%`, strike: { type: 'greater', floor, cap: null } }
    }
  }
}

function contestsOf(code: string, name: string): Series {
  return {
    ticker: `KXPRAC${code}`,
    title: `Practice ${name}`,
    grid: DECI_GRID,
    fees: { type: 'quadratic_with_maker_fees', multiplier: HALF },
    rounds: 40,
    outcomes: 8,
    isExclusive: true,
    isSingle: false,
    eventSuffix: event => daySuffix(FIRST_EVENT + event * 7 * DAY),
    outcome: (event, index) => {
      const code = TEAMS[(event + index) % TEAMS.length] ?? ''
      return { code, title: code, strike: null }
    }
  }
}

function combinationsOf(code: string, name: string): Series {
  return {
    ticker: `KXPRAC${code}`,
    title: `Practice ${name} of games`,
    grid: CENTI_GRID,
    fees: { ...USUAL_FEES, type: 'quadratic_with_combo_maker_fees' },
    rounds: 20,
    outcomes: 1,
    isExclusive: false,
    isSingle: false,
    eventSuffix: event => daySuffix(FIRST_EVENT + event * DAY),
    outcome: () => ({ code: 'ALL', title: 'All of them', strike: null })
  }
}

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
