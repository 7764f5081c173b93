import type { RestClient } from './rest-client.ts'
import type { Universe } from './universe.ts'

/** Words that `status` is asked with; one request takes one of them (protocol reference, section 14). */
const STATUSES = ['open', 'unopened', 'paused'] as const
/** What a URL has room for. */
const TICKERS_PER_REQUEST = 100

/**
 * Asks REST for the markets of a universe, once: those of its series that trade or are going to, all of its events, and
 * what has become of those that it holds already. What comes back is recorded, and told by the frames.
 */
export async function listUniverse(rest: RestClient, universe: Universe, signal: AbortSignal): Promise<void> {
  const before = [...universe.markets]
  for (const series of universe.series) {
    for (const status of STATUSES) await drain(rest.markets({ series_ticker: series, status }, signal))
  }
  for (const event of universe.events) await drain(rest.markets({ event_ticker: event }, signal))
  for (let from = 0; from < before.length && !signal.aborted; from += TICKERS_PER_REQUEST) {
    const tickers = before.slice(from, from + TICKERS_PER_REQUEST).join(',')
    await drain(rest.markets({ tickers }, signal))
  }
}

async function drain(pages: AsyncIterable<void>): Promise<void> {
  for await (const _ of pages);
}
