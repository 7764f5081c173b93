import { Decoder } from '../dist/protocol/decoder.js'
import { MarketTable } from '../dist/protocol/market-table.js'
import { heldBatches } from './held-frames.mjs'

/** The snapshots and deltas of a recording, decoded, and how many markets they are of. */
export async function heldChanges(recording) {
  const decoder = new Decoder(new MarketTable())
  const changes = []
  for (const batch of await heldBatches(recording)) {
    for (let row = 0; row < batch.length; row++) {
      const message = decoder.decode(batch, row)
      if (message.type === 'orderbook_delta' || message.type === 'orderbook_snapshot') changes.push(message)
    }
  }
  return { changes, markets: changes.reduce((markets, { market }) => Math.max(markets, market + 1), 0) }
}

/** A sum of the best prices after each change, of YES; in units of 1e-4 dollar, −1 where there is none. */
export class BestSum {
  #sum = 0

  add(bid, ask) {
    this.#sum = (this.#sum * 3 + bid * 7 + ask) % 1_000_000_007
  }

  toString() {
    return `best prices ${this.#sum}`
  }
}
