import type { Frame } from '../../src/core/frame.ts'
import { batchOf } from '../../src/core/frame-batch-builder.ts'
import { toMicroseconds } from '../../src/core/time.ts'
import type { Market } from '../../src/market/market.ts'
import { MarketTracker } from '../../src/market/market-tracker.ts'
import { keyOf, roleOf } from '../../src/merge/identity.ts'
import { Decoder } from '../../src/protocol/decoder.ts'
import { MarketTable } from '../../src/protocol/market-table.ts'
import { audited } from '../audit/audited.ts'

/** A frame in one line, so that lists of them are compared fast. */
export function lineOf({ receivedAt, monotonic, connection, kind, direction, payload }: Frame): string {
  return `${receivedAt} ${monotonic} ${connection} ${kind} ${direction} ${Buffer.from(payload).toString()}`
}

/** A frame that says something to everybody, or is of one book, and the book after it. */
interface Told {
  /** Null of a snapshot, and of what says that a book is not to be relied on. */
  readonly key: string | null
  readonly type: string
  readonly at: bigint
  readonly market: string | null
  /** Null where the book is not fresh. */
  readonly book: string | null
}

export function toldIn(frames: readonly Frame[]): Told[] {
  const markets = new MarketTable()
  const decoder = new Decoder(markets)
  const tracker = new MarketTracker(markets)
  const batch = batchOf(frames)
  const all: Told[] = []
  for (const [row, frame] of frames.entries()) {
    const message = decoder.decode(batch, row)
    const isNew = tracker.apply(message, frame.connection, toMicroseconds(frame.receivedAt))
    const role = isNew ? roleOf(frame, message, null) : 'repeated'
    if (role !== 'content' && role !== 'snapshot') continue
    const ticker = 'marketTicker' in message ? message.marketTicker : null
    const key = role === 'snapshot' ? null : keyOf(frame, message, role)
    all.push({
      // The number of a market is the decoder's own.
      key: message.type === 'orderbook_delta' ? (key?.replace(/ \d+/, ` ${ticker}`) ?? null) : key,
      type: message.type,
      at: frame.receivedAt,
      market: ticker,
      book: bookOf(tracker.byTicker(ticker ?? ''))
    })
  }
  return all
}

function bookOf(market: Market | undefined): string | null {
  return market?.bookState === 'fresh' ? JSON.stringify([market.book.levels('yes'), market.book.levels('no')]) : null
}

export function countsOf(told: readonly Told[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { key } of told) if (key !== null) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}

/** All books that ever were, of each market in their order, and where the changes that occur once stand in that. */
class History {
  readonly books = new Map<string, (string | null)[]>()
  readonly places = new Map<string, number | null>()

  constructor(truth: readonly Told[]) {
    for (const { key, type, market, book } of truth) {
      if (market === null || !type.startsWith('orderbook_')) continue
      const books = this.books.get(market) ?? []
      this.books.set(market, books)
      if (key !== null) this.places.set(key, this.places.has(key) ? null : books.length)
      books.push(book)
    }
  }
}

interface Verdict {
  /** Fresh books that never were, or not after all that had been told of their market. */
  readonly wrong: readonly string[]
  /** Changes, by key, after which the book was fresh. */
  readonly fresh: ReadonlySet<string>
}

/** Holds what frames told against what was. */
function judgeBooks(told: readonly Told[], truth: readonly Told[]): Verdict {
  const { books, places } = new History(truth)
  const latest = new Map<string, number>()
  const wrong: string[] = []
  const fresh = new Set<string>()
  for (const { key, type, market, book } of told) {
    if (market === null || !type.startsWith('orderbook_')) continue
    const place = key === null ? null : (places.get(key) ?? null)
    const from = Math.max(latest.get(market) ?? 0, place ?? 0)
    latest.set(market, from)
    if (book === null) continue
    if (place !== null && key !== null) fresh.add(key)
    if (books.get(market)?.indexOf(book, from) === -1) wrong.push(`${key ?? type} ${market} is ${book}`)
  }
  return { wrong, fresh }
}

/** Kinds of findings of which a merge must not add any. */
const NEVER = new Set([
  'book_mismatch',
  'negative_level',
  'crossed_book',
  'duplicate',
  'repeated_trade',
  'malformed',
  'time_backwards',
  'clock_step'
])

export interface Judged {
  readonly faults: readonly string[]
  /** Changes after which a book was fresh for one of the recorders at least, and those of them after which it is not in the result. */
  readonly fresh: number
  readonly lost: number
}

function isReplaced(told: readonly Told[], index: number): boolean {
  const [one, next] = [told[index], told[index + 1]]
  return one?.key === null && next?.key === null && one.market === next.market && one.at === next.at
}

/** What is wrong with frames that were merged, in words. */
export function judgeMerge(
  truth: readonly Frame[],
  inputs: readonly (readonly Frame[])[],
  merged: readonly Frame[]
): Judged {
  const faults: string[] = []
  const all = toldIn(truth)
  const parts = inputs.map(toldIn)
  const result = toldIn(merged)

  const expected = new Map<string, number>()
  for (const part of parts) {
    for (const [key, count] of countsOf(part)) expected.set(key, Math.max(count, expected.get(key) ?? 0))
  }
  const counts = countsOf(result)
  for (const [key, count] of expected) if ((counts.get(key) ?? 0) < count) faults.push(`lost: ${key}`)
  for (const [key, count] of counts) if ((expected.get(key) ?? 0) < count) faults.push(`twice: ${key}`)

  const [base = []] = inputs
  const kept = merged.filter(({ connection, monotonic }) => connection < 1000 && monotonic !== 0n).map(lineOf)
  const isBare = base.some(({ monotonic }) => monotonic === 0n)
  if (!isBare && kept.join('\n') !== base.map(lineOf).join('\n')) faults.push('base not kept')
  let time = 0n
  for (const { receivedAt } of merged) {
    if (receivedAt < time) faults.push(`time backwards: ${receivedAt}`)
    time = receivedAt
  }

  // Of several recorders a snapshot may be older than what was told, if one of the same moment takes its place.
  const lasting = inputs.length === 2 ? result : result.filter((_, index) => !isReplaced(result, index))
  const { wrong, fresh } = judgeBooks(lasting, all)
  faults.push(...wrong.map(text => `wrong book: ${text}`))
  for (const part of parts) {
    const own = judgeBooks(part, all)
    // Where the end of a connection was not recorded, a recorder's own books may be wrong already.
    if (own.wrong.length > 0) return { faults: [], fresh: 0, lost: 0 }
  }
  const [ofBase = new Set<string>(), ...ofOthers] = parts.map(part => judgeBooks(part, all).fresh)
  if (inputs.length === 2) for (const key of ofBase) if (!fresh.has(key)) faults.push(`lost book: ${key}`)
  const either = new Set([...ofBase, ...ofOthers.flatMap(set => [...set])])
  const lost = [...either].filter(key => !fresh.has(key)).length
  for (const { type, time, market } of audited(merged).findings) {
    if (NEVER.has(type)) faults.push(`${type} at ${time} of ${market}`)
  }
  return { faults, fresh: either.size, lost }
}
