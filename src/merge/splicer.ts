import { KwsError } from '../core/errors.ts'
import type { Nanoseconds } from '../core/time.ts'
import type { Command } from '../protocol/commands.ts'
import { isTerminal } from '../protocol/error-codes.ts'
import type { MarketTable } from '../protocol/market-table.ts'
import type { OrderbookSnapshot } from '../protocol/messages/market-data.ts'
import { Books } from './books.ts'
import { Coverage } from './coverage.ts'
import { renumbered } from './envelope.ts'
import type { Intake } from './intake.ts'
import type { Item, Line, Lines } from './line.ts'
import { contentAhead } from './line.ts'
import type { MergeCounts } from './merge-counts.ts'
import type { Output } from './output.ts'

export interface SplicerOptions {
  readonly base: Intake
  readonly other: Intake
  readonly markets: MarketTable
  /** The other recorder's connections are counted from here. */
  readonly firstConnection: number
  readonly output: Output
  readonly counts: MergeCounts
  /** Receive time of the base's next frame. */
  readonly before: () => Nanoseconds | undefined
}

/**
 * Writes the frames of two recorders in the order in which it is given them: all of the base, as they are, and of the
 * other what the base lacks. That goes where the base's `seq` has room for it, and else to a connection of its own.
 */
export class Splicer {
  readonly #options: SplicerOptions
  readonly #output: Output
  readonly #counts: MergeCounts
  readonly #books = new Books()
  readonly #coverage = new Coverage()
  /** Connections of the other recorder whose opening was recorded. */
  readonly #opened = new Set<number>()

  constructor(options: SplicerOptions) {
    this.#options = options
    this.#output = options.output
    this.#counts = options.counts
  }

  /** The next frame of the base, which is the first on its line. */
  base(item: Item): void {
    const { line, message, twin, role, frame } = item
    if (twin !== null) {
      this.#counts.duplicates++
      if (twin.line.pending.first === twin) this.skip(twin)
    }
    line.pending.shift()
    for (const ended of endedBy(item, this.#options.base.lines)) this.#endBase(ended)
    const isGap = this.#step(item)
    if (isGap) this.#doubt(item)
    const isNew = message.type === 'orderbook_delta' && role === 'content' && !this.#books.base(message.market)
    if (isNew) {
      this.#books.adopt(message.market, line)
      // After a gap all books are given anew, behind the frame that tells of it.
      if (!isGap) this.#restore(message.market, line)
    }
    if (twin !== null && message.seq !== null && role === 'content') line.isAligned = true
    this.#output.keep(frame)
    if (message.type === 'command') this.#follow(message.command, line)
    else if (role === 'content' || role === 'snapshot') this.#applyBase(item)
    if (isGap) this.#restoreAll(item)
  }

  /** The next frame of the other recorder, which is the first on its line and none that the base has. */
  other(item: Item): void {
    const { role, message, line } = item
    const isPlaced = (line.isPlaced && line.follows(item)) || contentAhead(line) !== undefined
    const isNew = message.type === 'orderbook_snapshot' && this.#books.other(message.market) !== line
    this.skip(item)
    if (role === 'undecodable') this.#counts.undecodable++
    else if (role === 'repeated') this.#counts.repeated++
    else if (message.type === 'orderbook_snapshot') this.#takeSnapshot(item, message, { isPlaced, isNew })
    else if (role === 'content') this.#addContent(item)
    else {
      this.#counts.control++
      this.#write(item)
    }
  }

  /**
   * Whether the base has a line on which a frame of the other recorder should be, but no room for it yet: what is missing
   * there comes later.
   */
  isAwaited(item: Item): boolean {
    const lines = this.#linesFor(item).filter(line => this.#fits(item, line))
    return lines.length > 0 && !lines.some(hasRoom)
  }

  /** Takes a frame of the other recorder off its line without writing it. */
  skip(item: Item): void {
    const { line, message, role } = item
    if (role !== 'repeated' && message.seq !== null) {
      const isNext = line.follows(item)
      if (!isNext) this.#tear(line, item)
      if (item.twin !== null) line.isPlaced = true
      else if (!isNext) line.isPlaced = role === 'content'
      line.last = message.seq
    }
    line.pending.shift()
    if (message.type === 'orderbook_snapshot') this.#books.setOther(message, line)
    if (message.type === 'connection_opened') this.#opened.add(line.connection)
    for (const ended of endedBy(item, this.#options.other.lines)) {
      ended.isAlive = false
      this.#books.endOther(ended)
    }
  }

  /** The base is at its end, and has perhaps not closed its connections. */
  endBase(): void {
    for (const line of this.#options.base.lines.all()) if (line.isAlive) this.#endBase(line)
  }

  // The base.

  /** Takes note of the base's next `seq`; true where it jumps in the result, too. */
  #step({ line, message: { seq }, role }: Item): boolean {
    if (seq === null || role === 'repeated') return false
    const { last, written } = line
    line.last = seq
    line.written = written === null || seq > written ? seq : written
    if (written === null || last === null || line.mayJump) return false
    if (seq > last + 1) {
      this.#counts.baseGaps++
      if (seq <= written + 1 && !line.isTorn) this.#counts.filledGaps++
    }
    line.isTorn = false
    if (seq <= written) this.#counts.late++
    return seq > written + 1
  }

  /** Of the books of a line with a gap, only those are known that the other recorder has without one. */
  #doubt(item: Item): void {
    for (const market of item.line.books) {
      // Before the first twin nothing tells on which side of the snapshots the other recorder's frames stand.
      if (!item.line.isAligned || !this.#books.isCovered(market, item)) this.#books.truth.doubt(market)
    }
  }

  #applyBase({ line, message, role }: Item): void {
    if (message.type === 'orderbook_snapshot') {
      this.#books.setBase(message, line)
    } else if (message.type === 'orderbook_delta') {
      if (role === 'content') this.#books.applyBase(message, line)
    } else if (message.type === 'malformed') {
      const market = this.#options.markets.find(message.marketTicker ?? '')
      if (market !== undefined && message.wireType?.startsWith('orderbook_') === true) this.#books.truth.doubt(market)
    } else if (message.type === 'market_lifecycle_v2' && message.eventType === 'settled') {
      this.#books.forget(message.market)
    }
  }

  #follow(command: Command, { connection }: Line): void {
    this.#coverage.note(command, connection, this.#options.base.lines)
    if (command.cmd !== 'update_subscription' || command.params.action !== 'delete_markets') return
    const { market_ticker: ticker, market_tickers: tickers = [] } = command.params
    for (const deleted of ticker === undefined ? tickers : [ticker, ...tickers]) {
      const market = this.#options.markets.find(deleted)
      if (market !== undefined && this.#books.base(market)?.connection === connection) this.#handOver(market)
    }
  }

  #endBase(line: Line): void {
    line.isAlive = false
    for (const market of [...line.books]) this.#handOver(market)
  }

  /** The base tells a book no more. If the other recorder does, its line goes on from what is known. */
  #handOver(market: number): void {
    this.#books.releaseBase(market)
    const line = this.#books.other(market)
    const { isAtEnd } = this.#options.other
    const goesOn = line !== undefined && line.isAlive && line.isWhole && (!isAtEnd || line.pending.length > 0)
    if (!goesOn) return this.#books.truth.doubt(market)
    this.#books.own(market, line)
    this.#make(market, line, this.#numberOf(line), this.#nextOwn(line, null), 'other')
  }

  // What the other recorder has.

  /** `isPlaced` if it is certain where it stands, `isNew` if the book did not come on its line before. */
  #takeSnapshot(
    item: Item,
    message: OrderbookSnapshot,
    { isPlaced, isNew }: { readonly isPlaced: boolean; readonly isNew: boolean }
  ): void {
    const { line } = item
    const { truth } = this.#books
    const baseLine = this.#books.base(message.market)
    if (baseLine === undefined) {
      this.#books.own(message.market, line)
      truth.set(message)
      this.#counts.added++
      return this.#write(item)
    }
    const isKnown = truth.isKnown(message.market)
    this.#counts.snapshots++
    if (isPlaced && (!isKnown || hasRoom(baseLine))) {
      line.isPlaced = true
      // In a gap of the base it knows more than the base, where this recorder was away before.
      truth.set(message)
      if (!isKnown) this.#restore(message.market, baseLine)
    } else if (isNew && hasRoom(baseLine)) {
      truth.doubt(message.market)
    }
  }

  #addContent(item: Item): void {
    const { message, line } = item
    const target = this.#targetOf(item)
    if (target !== undefined && this.#fill(item, target)) {
      if (message.type === 'orderbook_delta') this.#books.truth.apply(message)
      return
    }
    if (message.type === 'orderbook_delta' && this.#books.isOwned(message.market, line))
      this.#books.truth.apply(message)
    this.#counts.added++
    this.#write(item)
  }

  /** The base's line that should have got a frame and has room for it. */
  #targetOf(item: Item): Line | undefined {
    const candidates = this.#linesFor(item).filter(
      line => hasRoom(line) && (line.isAligned || line.next === undefined) && this.#fits(item, line)
    )
    return candidates.find(line => line.partner === item.line) ?? candidates[0]
  }

  #linesFor({ message, line }: Item): readonly Line[] {
    if (message.seq === null) return []
    if (message.type === 'orderbook_delta') {
      const baseLine = this.#books.base(message.market)
      return baseLine === undefined ? [] : [baseLine]
    }
    return [...this.#options.base.lines.all()].filter(({ isAlive, channel }) => isAlive && channel === line.channel)
  }

  #fits({ message, role }: Item, line: Line): boolean {
    if (role !== 'content' || message.seq === null) return false
    if (message.type === 'orderbook_delta') return this.#books.base(message.market) === line
    if (!('marketTicker' in message) || message.marketTicker === null || line.channel === null) return true
    return this.#coverage.includes(line.connection, line.channel, message.marketTicker)
  }

  #fill(item: Item, target: Line): boolean {
    const { frame, message, line } = item
    const seq = (target.written ?? 0) + 1
    const payload = renumbered(frame.payload, target.sid ?? 0, seq)
    if (payload === null) return false
    const isOfBook = message.type === 'orderbook_delta'
    if (isOfBook && this.#pricing(target, 'base') !== this.#pricing(line, 'other')) {
      throw new KwsError(
        'usage',
        'one recorder subscribed with use_yes_price and the other without it; they cannot be merged'
      )
    }
    target.written = seq
    this.#counts.spliced++
    this.#output.insert(frame, target.connection, this.#options.before(), payload)
    return true
  }

  /** Writes a frame to the other recorder's own connection, under the next `seq` there. */
  #write({ frame, line, message: { seq } }: Item): void {
    const number = seq === null || line.sid === null ? null : this.#nextOwn(line, seq)
    const payload = number === null || number === seq ? null : renumbered(frame.payload, line.sid ?? 0, number)
    this.#output.insert(frame, this.#numberOf(line), this.#options.before(), payload ?? undefined)
  }

  /** Counts from 1 where the connection's opening was recorded, else from where the recorder's own run is. */
  #nextOwn(line: Line, seq: number | null): number {
    const first = this.#opened.has(line.connection) ? 1 : (seq ?? line.last ?? 1)
    return (line.written = line.written === null ? first : line.written + 1)
  }

  // Gaps of the other recorder.

  /** Frames are missing before one. It is a gap of the result only where the base has one, too, or does not have the line. */
  #tear(line: Line, item: Item): void {
    this.#counts.otherGaps++
    const owned = this.#books.ownedBy(line)
    const baseLines = this.#besides(line)
    let isShared = false
    for (const baseLine of baseLines) {
      const missing = this.#missingBefore(baseLine, item)
      if (missing === 0) continue
      isShared = true
      this.#tearBase(baseLine, missing)
    }
    if (owned.length > 0 || (line.books.size === 0 && baseLines.length === 0)) {
      isShared = true
      for (const market of owned) this.#books.truth.doubt(market)
      if (line.written !== null) line.written++
    }
    if (isShared) this.#counts.sharedGaps++
  }

  /** The base's lines that tell the same. */
  #besides(line: Line): readonly Line[] {
    if (line.books.size === 0) {
      return [...this.#options.base.lines.all()].filter(({ isAlive, channel }) => isAlive && channel === line.channel)
    }
    const lines = new Set<Line>()
    for (const market of line.books) {
      const baseLine = this.#books.base(market)
      if (baseLine !== undefined) lines.add(baseLine)
    }
    return [...lines]
  }

  /** How many frames the base lacks at the place of a frame that the next ones of the other cannot make up for. */
  #missingBefore(baseLine: Line, item: Item): number {
    const { next, written } = baseLine
    if (baseLine.mayJump || written === null) return 0
    const fitting = this.#fittingBefore(baseLine, item)
    // Nothing tells how many where the base has none after it.
    if (next?.message.seq == null) return fitting > 0 ? 1 : 0
    return Math.max(0, next.message.seq - written - 1 - fitting)
  }

  #tearBase(baseLine: Line, missing: number): void {
    baseLine.isTorn = true
    baseLine.written = (baseLine.written ?? 0) + missing
    for (const market of baseLine.books) this.#books.truth.doubt(market)
  }

  /** How many of the next frames, up to one that the base has as well, belong on a line of the base. */
  #fittingBefore(baseLine: Line, { line }: Item): number {
    let fitting = 0
    for (let n = 0; ; n++) {
      const item = line.pending.at(n)
      if (item === undefined || item.twin !== null) return fitting
      if (this.#fits(item, baseLine)) fitting++
    }
  }

  // Snapshots that are made.

  /** After a gap: what the other recorder knows of the line's books. */
  #restoreAll({ line, message }: Item): void {
    const told = message.type === 'orderbook_snapshot' ? message.market : null
    for (const market of line.books) if (market !== told) this.#restore(market, line)
  }

  /** Gives a book that is known to the base's line, in which it is not. */
  #restore(market: number, line: Line): void {
    this.#make(market, line, line.connection, null, 'base')
  }

  #make(market: number, line: Line, connection: number, seq: number | null, side: 'base' | 'other'): void {
    const text = this.#books.truth.snapshot(market, line.sid, seq, this.#pricing(line, side))
    if (text === null) return
    this.#counts.made++
    this.#output.make(text, connection)
  }

  #pricing({ connection }: Line, side: 'base' | 'other'): boolean {
    return this.#options[side].usesYesPrice(connection)
  }

  #numberOf({ connection }: Line): number {
    return this.#options.firstConnection + connection
  }
}

function hasRoom({ written, next }: Line): boolean {
  return written !== null && (next?.message.seq == null || next.message.seq > written + 1)
}

/** The lines that a frame ends. */
function endedBy({ line, message }: Item, lines: Lines): readonly Line[] {
  const { type } = message
  if (type === 'connection_closed' || type === 'connection_failed') return [...lines.ofConnection(line.connection)]
  const isEnd = type === 'unsubscribed' || (type === 'error' && message.sid !== null && isTerminal(message.code))
  return isEnd ? [line] : []
}
