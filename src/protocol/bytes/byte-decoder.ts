import type { FrameBatch } from '../../core/frame.ts'
import type { MarketTable } from '../market-table.ts'
import type { Message } from '../messages.ts'
import { TickerIndex } from './ticker-index.ts'
import { tolerantMessageAt } from './tolerant-frame.ts'
import { usualDeltaAt } from './usual-delta.ts'
import { usualSnapshotAt } from './usual-snapshot.ts'
import { usualTickerAt } from './usual-ticker.ts'
import { usualTradeAt } from './usual-trade.ts'
import { window } from './window.ts'

const { view, show } = window

/**
 * Reads the frames that are nearly all there are, order books, tickers and trades, from their bytes: no text and no
 * object is made but the message. There are three tiers, and what one does not understand falls to the next.
 *
 * - `usual-*`: frames just as the exchange writes them today. What stands between the values is compared as a whole,
 *   8 bytes at a time; values are read in the one form that they have. Every byte is looked at, and the whole is right
 *   only if the last byte is where the frame ends.
 * - `tolerant-*`: any order of fields, any white space, all eras, and fields nobody knows.
 * - the general way, `server-text.ts`: parse all, check all, say what is wrong.
 *
 * The first two take a frame or leave it; they never say that one is bad. What they take, they take for just what the
 * general way does.
 *
 * How it is written follows from what the compiler does. State is in constants of the module, whose addresses are
 * known to it: those that come from another module are made its own, `const view = window`. Functions are small
 * enough to be compiled into those that call them.
 */
export class ByteDecoder {
  readonly #tickers: TickerIndex

  constructor(markets: MarketTable) {
    this.#tickers = new TickerIndex(markets)
  }

  /** The message of a text frame of the exchange; null if it is left to the general way. */
  decode(batch: FrameBatch, row: number): Message | null {
    const from = batch.offsets[row] as number
    const length = (batch.offsets[row + 1] as number) - from
    const at = show(batch, from, from + length)
    if (at < 0) return null
    return usualMessageAt(at, at + length, this.#tickers) ?? tolerantMessageAt(at, at + length, this.#tickers)
  }
}

const TYPE = '{"type":"'.length
const BOOK_TYPE = '{"type":"orderbook_'.length
const [D, O, R, S, T] = [0x64, 0x6f, 0x72, 0x73, 0x74]

/** Which it may be, a few letters tell; they are looked at again with the others. */
function usualMessageAt(at: number, end: number, tickers: TickerIndex): Message | null {
  const first = view.getUint8(at + TYPE)
  if (first === O) {
    const kind = view.getUint8(at + BOOK_TYPE)
    if (kind === D) return usualDeltaAt(at, end, tickers)
    return kind === S ? usualSnapshotAt(at, end, tickers) : null
  }
  if (first !== T) return null
  return view.getUint8(at + TYPE + 1) === R ? usualTradeAt(at, end, tickers) : usualTickerAt(at, end, tickers)
}
