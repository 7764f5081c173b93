import type { MarketTable } from '../market-table.ts'
import { NONE } from './numbers.ts'
import { isPlain, QUOTE } from './plain.ts'
import { TEXT_MAX, TextTable } from './text-table.ts'
import { view as window } from './window.ts'

const view = window

/** Of a UUID, which is what the exchange's ids are. */
export const ID_LENGTH = 36
const ROOM = 40
const ENTRIES = 64

/** The markets of a table by the bytes of their tickers, and the `market_id` that stood beside each. */
export class TickerIndex {
  readonly #markets: MarketTable
  readonly #tickers = new TextTable()
  #numbers = new Int32Array(ENTRIES)
  /** Of each the id and the quote behind it. No number equals what is there at first, so that no text does. */
  #ids = new DataView(new Uint8Array(ENTRIES * ROOM).fill(0xff).buffer)
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
    const known = this.#ids
    const start = entry * ROOM
    return (
      (view.getFloat64(at, true) === known.getFloat64(start, true) &&
        view.getFloat64(at + 8, true) === known.getFloat64(start + 8, true) &&
        view.getFloat64(at + 16, true) === known.getFloat64(start + 16, true) &&
        view.getFloat64(at + 24, true) === known.getFloat64(start + 24, true) &&
        view.getFloat64(at + 29, true) === known.getFloat64(start + 29, true)) ||
      this.#learnId(at, start)
    )
  }

  #add(ticker: string): number {
    const number = this.#markets.add(ticker)
    if (ticker.length > TEXT_MAX) return number
    if (this.#size === this.#numbers.length) this.#grow()
    this.#numbers[this.#tickers.add(ticker)] = number
    this.#size++
    return number
  }

  #learnId(at: number, start: number): boolean {
    if (!isPlain(at, ID_LENGTH) || view.getUint8(at + ID_LENGTH) !== QUOTE) return false
    for (let offset = 0; offset <= ID_LENGTH; offset++) this.#ids.setUint8(start + offset, view.getUint8(at + offset))
    return true
  }

  #grow(): void {
    const numbers = new Int32Array(this.#numbers.length * 2)
    numbers.set(this.#numbers)
    this.#numbers = numbers
    const ids = new Uint8Array(numbers.length * ROOM).fill(0xff)
    ids.set(new Uint8Array(this.#ids.buffer))
    this.#ids = new DataView(ids.buffer)
  }
}
