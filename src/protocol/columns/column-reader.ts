import type { DecodedColumns } from '../../core/decoded-columns.ts'
import { NOTE, NOTHING_TOLD } from '../../core/decoded-columns.ts'
import type { FrameBatch } from '../../core/frame.ts'
import { PayloadMemory } from '../../core/payload-memory.ts'
import type { Microseconds } from '../../core/time.ts'
import type { Count, Price } from '../../core/units.ts'
import { NO_FIELDS } from '../irregular.ts'
import type { MarketTable } from '../market-table.ts'
import type { Message } from '../messages.ts'
import type { Level, OrderbookDelta, OrderbookSnapshot, Ticker, Trade } from '../messages/market-data.ts'
import { IS_BLOCK_TRADE, IS_NO, ROW, ROW_MASK } from './row-code.ts'

const { delta: DELTA, snapshot: SNAPSHOT, ticker: TICKER, trade: TRADE } = ROW
const UPPER = 2 ** 32

/** Makes of decoded columns the messages that the frames would have made. */
export class ColumnReader {
  readonly #markets: MarketTable
  #tickers: readonly string[] = []
  /** Numbers in the table by the place of the ticker among those of the columns. */
  readonly #numbers: number[] = []
  readonly #memory = new PayloadMemory()

  constructor(markets: MarketTable) {
    this.#markets = markets
  }

  /** Gives the tickers that the batch is the first to speak of their numbers, in the order in which its frames do. */
  meet({ tickers, tickersSeen }: DecodedColumns): void {
    if (tickers !== this.#tickers) {
      this.#tickers = tickers
      this.#numbers.length = 0
    }
    for (let at = this.#numbers.length; at < tickersSeen; at++) {
      this.#numbers.push(this.#markets.add(tickers[at] as string))
    }
  }

  /** Null where the payload tells. */
  messageAt(batch: FrameBatch, columns: DecodedColumns, row: number): Message | null {
    const code = columns.code[row] as number
    const kind = code & ROW_MASK
    if (kind === DELTA) return this.#delta(columns, row, code)
    if (kind === TICKER) return this.#ticker(columns, row)
    if (kind === TRADE) return this.#trade(batch, columns, row, code)
    return kind === SNAPSHOT ? this.#snapshot(columns, row) : null
  }

  #delta(columns: DecodedColumns, row: number, code: number): OrderbookDelta {
    const place = columns.market[row] as number
    return {
      type: 'orderbook_delta',
      market: this.#numbers[place] as number,
      marketTicker: this.#tickers[place] as string,
      side: (code & IS_NO) === 0 ? 'yes' : 'no',
      price: columns.price[row] as Price,
      delta: columns.delta[row] as Count,
      exchangeTime: timeAt(columns.exchangeTime, row),
      clientOrderId: null,
      subaccount: null,
      sid: numberAt(columns.sid, row),
      seq: numberAt(columns.seq, row),
      id: null,
      sentAt: timeAt(columns.sentAt, row),
      unknownFields: NO_FIELDS
    }
  }

  #snapshot(columns: DecodedColumns, row: number): OrderbookSnapshot {
    const place = columns.market[row] as number
    const { numbers } = columns
    const first = firstNumber(columns, row)
    const yes = first + 1 + 2 * (numbers[first] as number)
    return {
      type: 'orderbook_snapshot',
      market: this.#numbers[place] as number,
      marketTicker: this.#tickers[place] as string,
      yes: levelsOf(numbers, first + 1, yes),
      no: levelsOf(numbers, yes, columns.numberOffsets[row + 1] as number),
      sid: numberAt(columns.sid, row),
      seq: numberAt(columns.seq, row),
      id: null,
      sentAt: timeAt(columns.sentAt, row),
      unknownFields: NO_FIELDS
    }
  }

  #ticker(columns: DecodedColumns, row: number): Ticker {
    const place = columns.market[row] as number
    const { numbers } = columns
    const first = firstNumber(columns, row)
    return {
      type: 'ticker',
      market: this.#numbers[place] as number,
      marketTicker: this.#tickers[place] as string,
      price: nullable(numbers, first) as Price | null,
      yesBid: nullable(numbers, first + 1) as Price | null,
      yesAsk: nullable(numbers, first + 2) as Price | null,
      yesBidSize: nullable(numbers, first + 3) as Count | null,
      yesAskSize: nullable(numbers, first + 4) as Count | null,
      lastTradeSize: nullable(numbers, first + 5) as Count | null,
      volume: nullable(numbers, first + 6) as Count | null,
      openInterest: nullable(numbers, first + 7) as Count | null,
      dollarVolume: nullable(numbers, first + 8),
      dollarOpenInterest: nullable(numbers, first + 9),
      exchangeTime: timeAt(columns.exchangeTime, row),
      sid: numberAt(columns.sid, row),
      seq: numberAt(columns.seq, row),
      id: null,
      sentAt: timeAt(columns.sentAt, row),
      unknownFields: NO_FIELDS
    }
  }

  #trade(batch: FrameBatch, columns: DecodedColumns, row: number, code: number): Trade {
    const place = columns.market[row] as number
    const first = firstNumber(columns, row)
    return {
      type: 'trade',
      market: this.#numbers[place] as number,
      marketTicker: this.#tickers[place] as string,
      tradeId: this.#tradeIdAt(batch, row),
      yesPrice: columns.price[row] as Price,
      noPrice: columns.numbers[first] as Price,
      count: columns.numbers[first + 1] as Count,
      takerSide: (code & IS_NO) === 0 ? 'yes' : 'no',
      isBlockTrade: (code & IS_BLOCK_TRADE) !== 0,
      exchangeTime: timeAt(columns.exchangeTime, row),
      sid: numberAt(columns.sid, row),
      seq: numberAt(columns.seq, row),
      id: null,
      sentAt: timeAt(columns.sentAt, row),
      unknownFields: NO_FIELDS
    }
  }

  /** An empty id stays in its frame's payload. */
  #tradeIdAt(batch: FrameBatch, row: number): string | null {
    const [from, to] = [batch.offsets[row] as number, batch.offsets[row + 1] as number]
    return from === to ? null : this.#memory.of(batch).toString('latin1', from, to)
  }
}

/** Behind the last `seq`, where that is told. */
function firstNumber(columns: DecodedColumns, row: number): number {
  const at = columns.numberOffsets[row] as number
  return ((columns.notes[row] as number) & NOTE.jumps) === 0 ? at : at + 1
}

function levelsOf(numbers: Float64Array, from: number, to: number): Level[] {
  const levels: Level[] = []
  for (let at = from; at < to; at += 2) levels.push({ price: numbers[at] as Price, count: numbers[at + 1] as Count })
  return levels
}

function nullable(numbers: Float64Array, at: number): number | null {
  const number = numbers[at] as number
  return Number.isNaN(number) ? null : number
}

function numberAt(column: Uint32Array, row: number): number | null {
  const number = column[row] as number
  return number === NOTHING_TOLD ? null : number
}

function timeAt(halves: Uint32Array, row: number): Microseconds | null {
  const time = (halves[2 * row + 1] as number) * UPPER + (halves[2 * row] as number)
  return time === 0 ? null : (time as Microseconds)
}
