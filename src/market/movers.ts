import type { Market } from './market.ts'

/** `volume`: contracts; `change`: how far the price has moved, up or down. */
export type MoverOrder = 'volume' | 'change'

/** The markets that moved most. Equal ones follow their tickers, so that the ranking never depends on who came first. */
export function rankMovers(markets: Iterable<Market>, top: number, by: MoverOrder): Market[] {
  const movers: Mover[] = []
  for (const market of markets) {
    const weight = by === 'volume' ? market.volume : Math.abs(market.change ?? 0)
    if (weight > 0) movers.push({ market, weight })
  }
  return movers
    .sort(byWeight)
    .slice(0, top)
    .map(mover => mover.market)
}

interface Mover {
  readonly market: Market
  readonly weight: number
}

function byWeight(a: Mover, b: Mover): number {
  if (a.weight !== b.weight) return b.weight - a.weight
  return a.market.ticker < b.market.ticker ? -1 : 1
}
