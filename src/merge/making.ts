import type { Level, OrderbookSnapshot } from '../protocol/messages/market-data.ts'
import type { Market } from '../market/market.ts'
import type { UpdateSubscriptionCommand } from '../protocol/commands.ts'
import type { Books } from './books.ts'
import type { Line } from './line.ts'
import type { MergeCounts } from './merge-counts.ts'
import type { Output } from './output.ts'
import { snapshotText } from './snapshot-text.ts'

interface Made {
  readonly text: string
  readonly message: OrderbookSnapshot
}

/** Makes the frames with which a book passes from one line of the result to another, or to none. */
export class Making {
  readonly #books: Books
  readonly #output: Output
  readonly #counts: MergeCounts

  constructor(books: Books, output: Output, counts: MergeCounts) {
    this.#books = books
    this.#output = output
    this.#counts = counts
  }

  /** From now on a line tells the book, which is as the other recorder knows it. */
  snapshot(market: Market, line: Line): void {
    if (line.sid !== null) this.give(this.textOf(market, line), line)
  }

  /** The book as it is now, to be given later. */
  textOf(market: Market, { sid, usesYesPrice }: Line): Made {
    const { book, number, ticker } = market
    const [yes, no] = [copyOf(book.levels('yes')), copyOf(book.levels('no'))]
    const envelope = { sid, seq: null, id: null, sentAt: null, unknownFields: [] }
    return {
      text: snapshotText(ticker, { sid, usesYesPrice, yes, no }),
      message: { type: 'orderbook_snapshot', market: number, marketTicker: ticker, yes, no, ...envelope }
    }
  }

  give({ text, message }: Made, line: Line): void {
    this.#counts.made++
    this.#output.make(text, line.target, 'received')
    this.#books.lend(message, line, this.#output.time)
  }

  /**
   * Nobody tells these books as they are: the lines that did must be known not to. What says so is the command that ends
   * the updates of a market.
   */
  doubt(markets: readonly number[]): void {
    for (const market of markets) {
      const line = this.#books.teller(market)
      const ticker = this.#books.tickerOf(market)
      if (line === undefined || line.sid === null || ticker === undefined) continue
      const params = { sid: line.sid, action: 'delete_markets', market_tickers: [ticker] }
      const command: UpdateSubscriptionCommand = { cmd: 'update_subscription', params }
      this.#counts.doubted++
      this.#output.make(JSON.stringify(command), line.target, 'sent')
      const envelope = { sid: null, seq: null, id: null, sentAt: null, unknownFields: [] }
      this.#books.write({ type: 'command', command, ...envelope }, line, this.#output.time)
    }
  }
}

function copyOf(levels: readonly Level[]): readonly Level[] {
  return [...levels]
}
