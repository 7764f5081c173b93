import type { DecodedColumns, SequenceEnd } from '../../core/decoded-columns.ts'
import { NOTHING_TOLD } from '../../core/decoded-columns.ts'
import type { Message } from '../messages.ts'
import type { Level, OrderbookDelta, OrderbookSnapshot, Ticker, Trade } from '../messages/market-data.ts'
import { IS_BLOCK_TRADE, IS_NO, ROW } from './row-code.ts'

const NUMBERS = 1024
const UPPER = 2 ** 32

/** Columns for so many rows, filled row by row with what messages say. */
export class ColumnWriter {
  readonly #code: Uint8Array
  readonly #notes: Uint8Array
  readonly #market: Uint32Array
  readonly #sid: Uint32Array
  readonly #seq: Uint32Array
  readonly #price: Uint16Array
  readonly #delta: Int32Array
  readonly #exchangeTime: Uint32Array
  readonly #sentAt: Uint32Array
  readonly #numberOffsets: Int32Array
  #numbers = new Float64Array(NUMBERS)
  #length = 0

  constructor(rowsMax: number) {
    this.#code = new Uint8Array(rowsMax)
    this.#notes = new Uint8Array(rowsMax)
    this.#market = new Uint32Array(rowsMax)
    this.#sid = new Uint32Array(rowsMax)
    this.#seq = new Uint32Array(rowsMax)
    this.#price = new Uint16Array(rowsMax)
    this.#delta = new Int32Array(rowsMax)
    this.#exchangeTime = new Uint32Array(2 * rowsMax)
    this.#sentAt = new Uint32Array(2 * rowsMax)
    this.#numberOffsets = new Int32Array(rowsMax + 1)
  }

  get length(): number {
    return this.#length
  }

  /**
   * The next row, with the last `seq` before it if that is to be told. False where the columns cannot hold all of the
   * message, so that the frame's payload is needed.
   */
  append(message: Message, notes: number, lastSeq: number | undefined): boolean {
    const row = this.#length++
    this.#notes[row] = notes
    this.#numberOffsets[row + 1] = this.#numberOffsets[row] as number
    if (lastSeq !== undefined) this.#push(row, lastSeq)
    this.#market[row] = 'market' in message ? message.market : NOTHING_TOLD
    this.#price[row] = 0
    this.#delta[row] = 0
    const isTold = this.#appendEnvelope(row, message) && this.#appendMarketData(row, message)
    if (!isTold) this.#code[row] = ROW.payload
    return isTold
  }

  /** A row that tells its time alone. */
  appendTime(): void {
    const row = this.#length++
    this.#code[row] = ROW.time
    this.#notes[row] = 0
    this.#numberOffsets[row + 1] = this.#numberOffsets[row] as number
  }

  /** The given row of other columns. */
  appendRow(columns: DecodedColumns, from: number): void {
    const row = this.#length++
    this.#code[row] = columns.code[from] as number
    this.#notes[row] = columns.notes[from] as number
    this.#market[row] = columns.market[from] as number
    this.#sid[row] = columns.sid[from] as number
    this.#seq[row] = columns.seq[from] as number
    this.#price[row] = columns.price[from] as number
    this.#delta[row] = columns.delta[from] as number
    copyPair(this.#exchangeTime, row, columns.exchangeTime, from)
    copyPair(this.#sentAt, row, columns.sentAt, from)
    this.#numberOffsets[row + 1] = this.#numberOffsets[row] as number
    const end = columns.numberOffsets[from + 1] as number
    for (let at = columns.numberOffsets[from] as number; at < end; at++) this.#push(row, columns.numbers[at] as number)
  }

  addNote(row: number, note: number): void {
    this.#notes[row] = (this.#notes[row] as number) | note
  }

  clear(): void {
    this.#length = 0
  }

  /** The rows so far, without a copy: the next `append` or `clear` may overwrite them. */
  columns(
    tickers: readonly string[],
    tickersSeen: number,
    ends: readonly SequenceEnd[] = [],
    isThinned = false
  ): DecodedColumns {
    return {
      code: this.#code,
      notes: this.#notes,
      market: this.#market,
      sid: this.#sid,
      seq: this.#seq,
      price: this.#price,
      delta: this.#delta,
      exchangeTime: this.#exchangeTime,
      sentAt: this.#sentAt,
      numberOffsets: this.#numberOffsets,
      numbers: this.#numbers,
      tickers,
      tickersSeen,
      isThinned,
      ends
    }
  }

  /** What all messages have. */
  #appendEnvelope(row: number, { sid, seq, id, sentAt, unknownFields }: Message): boolean {
    this.#sid[row] = sid ?? NOTHING_TOLD
    this.#seq[row] = seq ?? NOTHING_TOLD
    setTime(this.#sentAt, row, isTime(sentAt) ? sentAt : null)
    setTime(this.#exchangeTime, row, null)
    const isTold = isOrdinal(sid) && isOrdinal(seq) && isTime(sentAt)
    return isTold && id === null && unknownFields.length === 0
  }

  #appendMarketData(row: number, message: Message): boolean {
    if (message.type === 'orderbook_delta') return this.#appendDelta(row, message)
    if (message.type === 'orderbook_snapshot') return this.#appendSnapshot(row, message)
    if (message.type === 'ticker') return this.#appendTicker(row, message)
    return message.type === 'trade' && this.#appendTrade(row, message)
  }

  #appendDelta(row: number, message: OrderbookDelta): boolean {
    const { side, price, delta, exchangeTime, clientOrderId, subaccount } = message
    const isTold = Object.is(delta | 0, delta) && isPrice(price) && isTime(exchangeTime)
    if (!isTold || clientOrderId !== null || subaccount !== null) return false
    this.#code[row] = ROW.delta | (side === 'no' ? IS_NO : 0)
    this.#price[row] = price
    this.#delta[row] = delta
    setTime(this.#exchangeTime, row, exchangeTime)
    return true
  }

  #appendSnapshot(row: number, { yes, no }: OrderbookSnapshot): boolean {
    this.#code[row] = ROW.snapshot
    this.#push(row, yes.length)
    this.#pushLevels(row, yes)
    this.#pushLevels(row, no)
    return true
  }

  #appendTicker(row: number, message: Ticker): boolean {
    const { price, yesBid, yesAsk, yesBidSize, yesAskSize, lastTradeSize } = message
    const { volume, openInterest, dollarVolume, dollarOpenInterest, exchangeTime } = message
    if (!isTime(exchangeTime)) return false
    this.#code[row] = ROW.ticker
    const sizes = [yesBidSize, yesAskSize, lastTradeSize]
    const totals = [volume, openInterest, dollarVolume, dollarOpenInterest]
    for (const number of [price, yesBid, yesAsk, ...sizes, ...totals]) this.#push(row, number ?? Number.NaN)
    setTime(this.#exchangeTime, row, exchangeTime)
    return true
  }

  /** The id becomes the row's payload. */
  #appendTrade(row: number, message: Trade): boolean {
    const { tradeId, yesPrice, noPrice, count, takerSide, isBlockTrade, exchangeTime } = message
    if (!isTime(exchangeTime) || !isPrice(yesPrice) || (tradeId !== null && !ASCII.test(tradeId))) return false
    this.#code[row] = ROW.trade | (takerSide === 'no' ? IS_NO : 0) | (isBlockTrade ? IS_BLOCK_TRADE : 0)
    this.#price[row] = yesPrice
    this.#push(row, noPrice)
    this.#push(row, count)
    setTime(this.#exchangeTime, row, exchangeTime)
    return true
  }

  #pushLevels(row: number, levels: readonly Level[]): void {
    for (const { price, count } of levels) {
      this.#push(row, price)
      this.#push(row, count)
    }
  }

  #push(row: number, number: number): void {
    const at = this.#numberOffsets[row + 1] as number
    if (at === this.#numbers.length) {
      const larger = new Float64Array(2 * at)
      larger.set(this.#numbers)
      this.#numbers = larger
    }
    this.#numbers[at] = number
    this.#numberOffsets[row + 1] = at + 1
  }
}

/** Not empty, which stands for none. */
const ASCII = /^[ -~]+$/
const UINT16_MAX = 0xffff

function isPrice(price: number): boolean {
  return Object.is(price & UINT16_MAX, price)
}

function isOrdinal(number: number | null): boolean {
  return number === null || (Object.is(number >>> 0, number) && number !== NOTHING_TOLD)
}

function isTime(time: number | null): boolean {
  return time === null || (time > 0 && Number.isSafeInteger(time))
}

function setTime(halves: Uint32Array, row: number, time: number | null): void {
  halves[2 * row] = (time ?? 0) % UPPER
  halves[2 * row + 1] = (time ?? 0) / UPPER
}

function copyPair(to: Uint32Array, row: number, halves: Uint32Array, from: number): void {
  to[2 * row] = halves[2 * from] as number
  to[2 * row + 1] = halves[2 * from + 1] as number
}
