// What `kws bench` compares: a row is one contestant of ours, one of others, and how many times as fast it has to be.

const OBVIOUS = 'JSON lines, readline, JSON.parse, zod, Map books'

/** How many frames each corpus has. The lines of the largest take 0.8 GB of disk. */
export const CORPORA = {
  warm: { markets: 3000, frames: 500_000, lines: true, deribit: true },
  whole: { markets: 3000, frames: 2_000_000, lines: true },
  books: { markets: 100, frames: 300_000 }
}

/** `needs` is the peer that must be installed; `isWhole`: cold processes, start and all. */
export const ROWS = [
  {
    name: 'raw replay into books',
    peer: OBVIOUS,
    target: 12,
    corpus: 'warm',
    files: ['raw-replay', 'jsonl-zod']
  },
  {
    name: 'the same, whole processes over 2 million frames',
    peer: 'the same',
    target: 9,
    corpus: 'whole',
    files: ['raw-replay', 'jsonl-zod'],
    isWhole: true
  },
  {
    name: 'raw replay with movers and opportunities',
    peer: 'the same, with both',
    target: 8,
    corpus: 'warm',
    files: ['raw-replay', 'jsonl-zod'],
    options: { scanners: true }
  },
  {
    name: 'raw replay into books',
    peer: 'tardis-dev, its offline cache, normalised, books',
    target: 10,
    corpus: 'warm',
    files: ['raw-replay', 'tardis-replay'],
    needs: 'tardis-dev'
  },
  {
    name: 'raw replay into books',
    peer: "pmxt-core's Kalshi book",
    target: 5,
    corpus: 'warm',
    files: ['raw-replay', 'pmxt-book'],
    needs: 'pmxt-core'
  },
  { name: 'decode', peer: 'JSON.parse', target: 4, corpus: 'warm', files: ['decode', 'json-parse'] },
  {
    name: 'order book, update and best prices',
    peer: 'OrderBook of tardis-dev',
    target: 1.5,
    corpus: 'books',
    files: ['book', 'tardis-book'],
    needs: 'tardis-dev'
  }
]
