import type { Frame } from '../../../src/core/frame.ts'
import { channelOf } from '../../../src/exchange/change.ts'
import { SyntheticExchange } from '../../../src/exchange/synthetic-exchange.ts'
import { encodeChange, encodeFrame } from '../../../src/exchange/wire.ts'
import { wireTime } from '../../../src/exchange/wire-time.ts'
import { frame, record, START } from '../../recording/frames.ts'
import { FoldedBook } from '../folded-book.ts'

export interface RecordedRun {
  readonly path: string
  readonly tickers: readonly string[]
  /** The frames that clients may be served, in their order. */
  readonly texts: readonly string[]
  /** The books after the last frame. */
  readonly books: ReadonlyMap<string, ReturnType<FoldedBook['pairs']>>
}

const CHANNELS = ['orderbook_delta', 'ticker', 'trade', 'market_lifecycle_v2'] as const
const SECONDS_APART = 0.01

/** A recording of synthetic markets on four channels, a frame every hundredth of a second. */
export async function recordMarkets({
  seed = 1,
  markets = 4,
  frames = 300,
  useYesPrice = false
} = {}): Promise<RecordedRun> {
  const exchange = new SyntheticExchange({ seed, markets, roundLength: 1e9 })
  const tickers = exchange.tickers()
  const rows: Frame[] = []
  const texts: string[] = []
  const seqs = [0, 0, 0, 0]
  const add = (payload: string, kind: Frame['kind'] = 'text', direction: Frame['direction'] = 'received') => {
    rows.push(frame({ at: rows.length * SECONDS_APART, kind, direction, payload }))
  }
  const tell = (change: Parameters<typeof encodeChange>[0]) => {
    const now = wireTime(START + BigInt(Math.round(rows.length * SECONDS_APART * 1e9)))
    const index = CHANNELS.indexOf(channelOf(change) as (typeof CHANNELS)[number])
    const seq = change.type === 'ticker' ? undefined : (seqs[index] = (seqs[index] ?? 0) + 1)
    const msg = encodeChange(change, { now, changesPerSecond: 100, useYesPrice, era: 'current' })
    const text = encodeFrame(change.type, now, { sid: 11 + index, seq }, msg)
    texts.push(text)
    add(text)
  }
  add('{"url":"ws://exchange"}', 'open')
  for (const [index, channel] of CHANNELS.entries()) {
    const params = { channels: [channel], market_tickers: tickers, use_yes_price: useYesPrice }
    add(JSON.stringify({ id: index + 1, cmd: 'subscribe', params }), 'text', 'sent')
    add(`{"id":${index + 1},"type":"subscribed","msg":{"channel":"${channel}","sid":${11 + index}}}\n`)
  }
  for (const ticker of tickers) {
    const book = exchange.find(ticker)?.book()
    if (book !== undefined) tell(book)
  }
  while (texts.length < frames) for (const change of exchange.advance()) tell(change)
  add('heartbeat', 'ping')
  const books = new Map(
    tickers.map(ticker => [ticker, new FoldedBook(exchange.find(ticker)?.book() ?? { yes: [], no: [] }).pairs()])
  )
  return { path: await record([rows]), tickers, texts, books }
}
