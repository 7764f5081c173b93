const TEMPLATE = `import { formatPrice, priceFromDollars, type Price, type Scanner } from 'kws'

const TIGHT = priceFromDollars('0.01')

/** Tells when a market's spread has closed to a cent. Put your own idea in its place. */
export default function build(): Scanner {
  // What is remembered of each market, by its number.
  const wasTight = new Map<number, boolean>()

  return {
    name: 'NAME',

    // What it needs subscribed to when it runs live.
    channels: ['ticker', 'orderbook_delta'],

    // Called for every message, when the tracker has taken it in already.
    onMessage(message, { tracker, emit }) {
      if (!('market' in message)) return
      const market = tracker.market(message.market)

      // The best prices that can be relied on; null while the data are stale.
      const quote = market?.quote
      if (market === undefined || quote?.bid == null || quote.ask == null) return

      // Prices are integers, of $0.0001.
      const isTight = quote.ask - quote.bid <= TIGHT
      const closes = isTight && wasTight.get(market.number) === false
      wasTight.set(market.number, isTight)
      if (!closes) return

      emit({
        market: market.ticker,
        kind: 'spread-closed',
        values: { bid: formatPrice(quote.bid), ask: formatPrice(quote.ask) }
      })
    },

    // Called when the tracker has forgotten markets, since it knows so many at a time only.
    onForgotten(markets) {
      for (const { number } of markets) wasTight.delete(number)
    },

    // The table at the end, and on the screen while it runs.
    rank({ tracker }, top) {
      const spreads = [...tracker.markets()].flatMap(({ ticker, lastQuote }) =>
        lastQuote?.bid == null || lastQuote.ask == null ? [] : [{ ticker, spread: lastQuote.ask - lastQuote.bid }]
      )
      const ranked = spreads.sort((a, b) => a.spread - b.spread || (a.ticker < b.ticker ? -1 : 1))
      return {
        columns: ['market', 'spread'],
        rows: ranked.slice(0, top).map(({ ticker, spread }) => [ticker, formatPrice(spread as Price)])
      }
    }
  }
}
`

/** A scanner that runs as it is, to be replaced by an idea of one's own. */
export function scannerTemplate(name: string): string {
  return TEMPLATE.replace('NAME', name)
}
