import type { MarketTable } from '../market-table.ts'
import { numbers } from './numbers.ts'
import { plain } from './plain.ts'
import { TEXT_LENGTH_MAX, TextTable } from './text-table.ts'
import { window } from './window.ts'

const { NONE } = numbers
const { isPlain, ID_LENGTH, QUOTE } = plain
const { view } = window

const ENTRIES = 64

/** The markets of a table by the bytes of their tickers. With each lies the `market_id` that came with it. */
export class TickerIndex {
  readonly #markets: MarketTable
  readonly #tickers = new TextTable()
  #numbers = new Int32Array(ENTRIES)
  #size = 0

  constructor(markets: MarketTable) {
    this.#markets = markets
  }

  /** The entry of the ticker that begins here; NONE if it is not known. Leaves the cursor at its quote, if that is near. */
  find(from: number): number {
    return this.#tickers.find(from)
  }

  /** The number of the market whose ticker, plain ASCII, begins here, given to it now if it is new. */
  numberAt(from: number, ticker: string): number {
    const entry = this.#tickers.find(from)
    return entry === NONE ? this.#add(ticker) : this.numberOf(entry)
  }

  numberOf(entry: number): number {
    return this.#numbers[entry] as number
  }

  tickerOf(entry: number): string {
    return this.#tickers.textOf(entry)
  }

  /** Whether the 36 bytes here and the quote behind them are the text of an id: mostly the one known. */
  isIdAt(at: number, entry: number): boolean {
    const known = this.#tickers.records
    const start = this.#tickers.recordOf(entry)
    return (
      (view.getFloat64(at, true) === known.getFloat64(start, true) &&
        view.getFloat64(at + 8, true) === known.getFloat64(start + 8, true) &&
        view.getFloat64(at + 16, true) === known.getFloat64(start + 16, true) &&
        view.getFloat64(at + 24, true) === known.getFloat64(start + 24, true) &&
        view.getFloat64(at + 29, true) === known.getFloat64(start + 29, true)) ||
      this.#learnId(at, entry)
    )
  }

  #add(ticker: string): number {
    const number = this.#markets.add(ticker)
    if (ticker.length > TEXT_LENGTH_MAX) return number
    if (this.#size === this.#numbers.length) this.#grow()
    this.#numbers[this.#tickers.add(ticker)] = number
    this.#size++
    return number
  }

  #learnId(at: number, entry: number): boolean {
    if (!isPlain(at, ID_LENGTH) || view.getUint8(at + ID_LENGTH) !== QUOTE) return false
    for (let offset = 0; offset <= ID_LENGTH; offset++) {
      this.#tickers.records.setUint8(this.#tickers.recordOf(entry) + offset, view.getUint8(at + offset))
    }
    return true
  }

  #grow(): void {
    const numbers = new Int32Array(this.#numbers.length * 2)
    numbers.set(this.#numbers)
    this.#numbers = numbers
  }
}
