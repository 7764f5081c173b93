import type { Command } from '../protocol/commands.ts'
import type { Lines } from './line.ts'

/** Which markets the connections of a recorder asked for, by the commands that were recorded. */
export class Coverage {
  readonly #asked = new Map<string, Set<string> | 'all'>()

  note(command: Command, connection: number, lines: Lines): void {
    if (command.cmd === 'subscribe') {
      const tickers = tickersOf(command.params)
      for (const channel of command.params.channels) this.#add(`${connection} ${channel}`, tickers)
    } else if (command.cmd === 'update_subscription') {
      const { action, sid, sids = [] } = command.params
      for (const changed of sid === undefined ? sids : [sid, ...sids]) {
        const key = `${connection} ${lines.of(connection, changed).channel}`
        if (action === 'add_markets') this.#add(key, tickersOf(command.params))
        if (action === 'delete_markets') this.#remove(key, tickersOf(command.params) ?? [])
      }
    }
  }

  /** True where nothing was recorded that tells. */
  includes(connection: number, channel: string, ticker: string): boolean {
    const asked = this.#asked.get(`${connection} ${channel}`)
    return asked === undefined || asked === 'all' || asked.has(ticker)
  }

  #add(key: string, tickers: readonly string[] | null): void {
    const asked = this.#asked.get(key)
    if (tickers === null || asked === 'all') this.#asked.set(key, 'all')
    else this.#asked.set(key, new Set([...(asked ?? []), ...tickers]))
  }

  #remove(key: string, tickers: readonly string[]): void {
    const asked = this.#asked.get(key)
    if (asked === undefined || asked === 'all') return
    for (const ticker of tickers) asked.delete(ticker)
  }
}

interface MarketParameters {
  readonly market_ticker?: string | undefined
  readonly market_tickers?: readonly string[] | undefined
  readonly market_id?: string | undefined
  readonly market_ids?: readonly string[] | undefined
}

/** Null for all markets, and for those that are named by an id, which no frame explains. */
function tickersOf(parameters: MarketParameters): readonly string[] | null {
  const { market_ticker: ticker, market_tickers: tickers } = parameters
  if (ticker === undefined && tickers === undefined) return null
  return ticker === undefined ? (tickers ?? []) : [ticker, ...(tickers ?? [])]
}
