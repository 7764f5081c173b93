import { onTestFinished } from 'vitest'
import { parseFault } from '../src/exchange/faults/fault-language.ts'
import type { PracticeExchange } from '../src/exchange/practice-exchange.ts'
import type { KalshiWebSocketOptions, LiveEvent } from '../src/index.ts'
import { KalshiWebSocket } from '../src/index.ts'
import { startExchange } from './exchange/practice-client.ts'

/** Of a wait that ends as soon as it can. */
export const SOON = { interval: 1, timeout: 10_000 }

/** A socket that is closed with the test. It comes back at once. */
export function socketTo({ url }: { readonly url: string }, options: KalshiWebSocketOptions = {}): KalshiWebSocket {
  const socket = new KalshiWebSocket({ url, random: () => 0, ...options })
  onTestFinished(() => socket.close())
  return socket
}

export async function startFaulty(...faults: readonly string[]): Promise<PracticeExchange> {
  return await startExchange({ faults: { faults: faults.map(parseFault), seed: 1, log: () => {} } })
}

export function eventsOf(events: readonly LiveEvent[], type: LiveEvent['type']): readonly LiveEvent[] {
  return events.filter(event => event.type === type)
}

/** The book that the socket holds, if it is fresh; to be held against the exchange's own. */
export function bookOf(socket: KalshiWebSocket, ticker: string): unknown {
  const market = socket.tracker.byTicker(ticker)
  if (market?.bookState !== 'fresh') return undefined
  const side = (name: 'yes' | 'no') => [...market.book.levels(name)].map(({ price, count }) => [price, count]).reverse()
  return { yes: side('yes'), no: side('no') }
}
