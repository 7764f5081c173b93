import type { Command } from '../protocol/commands.ts'
import type { Item, Line, Lines } from './line.ts'

/** Which markets the connections of a recorder asked for, by the commands that were recorded. */
export class Coverage {
  readonly #lines: Lines
  readonly #asked = new Map<string, Set<string> | 'all'>()

  constructor(lines: Lines) {
    this.#lines = lines
  }

  note(command: Command, connection: number): void {
    if (command.cmd === 'subscribe') {
      const tickers = tickersOf(command.params)
      for (const channel of command.params.channels) this.#add(`${connection} ${channel}`, tickers)
    } else if (command.cmd === 'update_subscription') {
      const { action, sid, sids = [] } = command.params
      for (const changed of sid === undefined ? sids : [sid, ...sids]) {
        const line = this.#lines.of(connection, changed)
        if (action === 'add_markets') this.#add(`${connection} ${line.channel}`, tickersOf(command.params))
        if (action === 'delete_markets') this.#remove(line, tickersOf(command.params) ?? [])
      }
    }
  }

  /**
   * Whether a line would have got what the other recorder got. True only where that is certain: it has told of the
   * market before, or was asked to, which of books is not yet certain.
   */
  includes(line: Line, { message }: Item): boolean {
    if (!('marketTicker' in message) || message.marketTicker === null) return false
    return this.tells(line, message.marketTicker)
  }

  tells(line: Line, ticker: string): boolean {
    if (line.told.has(ticker)) return true
    if (line.channel === 'orderbook_delta') return false
    const asked = this.#asked.get(`${line.connection} ${line.channel}`)
    return asked === 'all' || asked?.has(ticker) === true
  }

  #add(key: string, tickers: readonly string[] | null): void {
    const asked = this.#asked.get(key)
    if (tickers === null || asked === 'all') this.#asked.set(key, 'all')
    else this.#asked.set(key, new Set([...(asked ?? []), ...tickers]))
  }

  #remove(line: Line, tickers: readonly string[]): void {
    const asked = this.#asked.get(`${line.connection} ${line.channel}`)
    for (const ticker of tickers) {
      line.told.delete(ticker)
      if (asked !== 'all') asked?.delete(ticker)
    }
  }
}

interface MarketParameters {
  readonly market_ticker?: string | undefined
  readonly market_tickers?: readonly string[] | undefined
  readonly market_id?: string | undefined
  readonly market_ids?: readonly string[] | undefined
}

/** Null for all markets. Those that are named by an id, which no frame explains, are none. */
function tickersOf(parameters: MarketParameters): readonly string[] | null {
  const { market_ticker: ticker, market_tickers: tickers, market_id: id, market_ids: ids } = parameters
  if (ticker === undefined && tickers === undefined) return id === undefined && ids === undefined ? null : []
  return ticker === undefined ? (tickers ?? []) : [ticker, ...(tickers ?? [])]
}
