import type { RestClient } from './rest-client.ts'
import type { Universe } from './universe.ts'

/** Which markets REST is asked for. */
export type ListingScope =
  | { readonly type: 'universe'; readonly universe: Universe }
  | { readonly type: 'named'; readonly markets: Iterable<string> }
  /** All that trade, and combinations of markets (`KXMVE…`) too if wanted: these are many. */
  | { readonly type: 'all'; readonly multivariate: boolean }

/** Words that `status` is asked with; one request takes one of them (protocol reference, section 14). */
const STATUSES = ['open', 'unopened', 'paused'] as const
/** What a URL has room for. */
const TICKERS_PER_REQUEST = 100

/**
 * Asks REST for markets, once: of a universe those of its series that trade or are going to, all of its events, and what
 * has become of those that it holds already. What comes back is recorded by the client, and told by its frames.
 */
export async function listMarkets(rest: RestClient, scope: ListingScope, signal: AbortSignal): Promise<void> {
  for (const parameters of queriesOf(scope)) {
    if (signal.aborted) return
    await rest.readMarkets(parameters, signal)
  }
}

function* queriesOf(scope: ListingScope): Generator<Readonly<Record<string, string>>> {
  switch (scope.type) {
    case 'universe': {
      const { series, events, markets } = scope.universe
      const held = [...markets]
      for (const one of series) for (const status of STATUSES) yield { series_ticker: one, status }
      for (const one of events) yield { event_ticker: one }
      yield* byTicker(held)
      break
    }
    case 'named':
      yield* byTicker([...scope.markets])
      break
    case 'all':
      yield { status: 'open', ...(scope.multivariate ? {} : { mve_filter: 'exclude' }) }
      break
  }
}

function* byTicker(tickers: readonly string[]): Generator<Readonly<Record<string, string>>> {
  for (let from = 0; from < tickers.length; from += TICKERS_PER_REQUEST) {
    yield { tickers: tickers.slice(from, from + TICKERS_PER_REQUEST).join(',') }
  }
}
