import { Distribution } from './distribution.ts'
import type { Outcome } from './outcome.ts'

/** What has become of the signals of one scanner at one horizon. */
export class Score {
  readonly scanner: string
  readonly horizon: string
  /** Signals whose horizon was reached. */
  reached = 0
  /** Of these, signals whose move cannot be told. */
  missing = 0
  /** Towards the side of the signal, of twice the mid. Hits are those above zero. */
  readonly moves = new Distribution()
  /** Up or down, of signals without a side. */
  readonly distances = new Distribution()
  /** Of one contract in 1e-6 dollar, after spread and fees. */
  readonly nets = new Distribution()

  constructor(scanner: string, horizon: string) {
    this.scanner = scanner
    this.horizon = horizon
  }

  add({ side, move, net }: Outcome): void {
    this.reached++
    if (move === null) this.missing++
    else (side === null ? this.distances : this.moves).add(move)
    if (net !== null) this.nets.add(net)
  }
}

const DOLLARS_PER_TWICE_MID = 5e-5
const DOLLARS_PER_MONEY = 1e-6

/** Statistics in dollars, as plain numbers: no decision of a scanner depends on them. */
export function scoreToJson({ horizon, reached, missing, moves, distances, nets }: Score): object {
  return {
    horizon,
    reached,
    missing,
    directed: {
      number: moves.number,
      hits: moves.above,
      hitRate: shareOf(moves),
      move: { ...statistics(moves, DOLLARS_PER_TWICE_MID), t: rounded(moves.tStatistic, 4) }
    },
    undirected: { number: distances.number, move: statistics(distances, DOLLARS_PER_TWICE_MID) },
    net: {
      number: nets.number,
      wins: nets.above,
      winRate: shareOf(nets),
      ...statistics(nets, DOLLARS_PER_MONEY),
      t: rounded(nets.tStatistic, 4)
    }
  }
}

/** The same as cells of a table. */
export const SCORE_COLUMNS = [
  'scanner',
  'horizon',
  'reached',
  'measured',
  'hits',
  'mean move',
  'median',
  't',
  'traded',
  'won',
  'mean net',
  'net t'
] as const

/** A row for the signals with a side and one for those without, as far as there are any. */
export function scoreToCells({ scanner, horizon, reached, moves, distances, nets }: Score): string[][] {
  const directed = [
    ...cellsOf(moves, percent(shareOf(moves))),
    number(moves.tStatistic, 2),
    String(nets.number),
    percent(shareOf(nets)),
    number(dollars(nets.mean, DOLLARS_PER_MONEY), 5),
    number(nets.tStatistic, 2)
  ]
  const undirected = [...cellsOf(distances, '-'), '-', '-', '-', '-', '-']
  const rows = distances.number === 0 ? [directed] : moves.number === 0 ? [undirected] : [directed, undirected]
  return rows.map(cells => [scanner, horizon, String(reached), ...cells])
}

function cellsOf(moves: Distribution, hits: string): string[] {
  const { mean, median } = moves
  const inDollars = [mean, median].map(value => number(dollars(value, DOLLARS_PER_TWICE_MID), 5))
  return [String(moves.number), hits, ...inDollars]
}

function statistics({ mean, median }: Distribution, unit: number): { mean: number | null; median: number | null } {
  return { mean: rounded(dollars(mean, unit), 8), median: rounded(dollars(median, unit), 8) }
}

function shareOf({ number, above }: Distribution): number | null {
  return number === 0 ? null : rounded(above / number, 4)
}

function dollars(value: number | null, unit: number): number | null {
  return value === null ? null : value * unit
}

/** A −0 is written as 0. */
function rounded(value: number | null, decimals: number): number | null {
  return value === null ? null : Number(value.toFixed(decimals)) + 0
}

function number(value: number | null, decimals: number): string {
  return value === null ? '-' : value.toFixed(decimals)
}

function percent(share: number | null): string {
  return share === null ? '-' : `${(100 * share).toFixed(1)}%`
}
