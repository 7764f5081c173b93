import type { Nanoseconds } from '../core/time.ts'
import type { Message } from '../protocol/messages.ts'
import type { OrderbookDelta, OrderbookSnapshot } from '../protocol/messages/market-data.ts'
import type { Books } from './books.ts'
import type { Coverage } from './coverage.ts'
import { renumbered } from './envelope.ts'
import type { Item, Line } from './line.ts'
import { isSure } from './line.ts'
import { Making } from './making.ts'
import type { MergeCounts } from './merge-counts.ts'
import type { Output } from './output.ts'

/** With these a connection ends, or what it tells on a line. */
const ENDS: ReadonlySet<Message['type']> = new Set(['connection_closed', 'connection_failed', 'unsubscribed'])

export interface WeaverOptions {
  readonly books: Books
  readonly coverage: Coverage
  readonly output: Output
  readonly counts: MergeCounts
  /** Receive time of the base's next frame. */
  readonly before: () => Nanoseconds | undefined
}

/**
 * Writes the frames of two recorders in the order in which it is given them: all of the base, as they are, and of the
 * other what the base lacks. That goes to its proved place in the base's `seq`, or to a connection of its own. However the
 * two are interleaved, a book is fresh in the result only where all its changes are in it: it belongs to one line at a time,
 * and passes to another only with a snapshot of that moment.
 */
export class Weaver {
  readonly #options: WeaverOptions
  readonly #books: Books
  readonly #output: Output
  readonly #counts: MergeCounts
  readonly #making: Making
  /** Those of the base that tell books. */
  readonly #bookLines = new Set<Line>()

  constructor(options: WeaverOptions) {
    this.#options = options
    this.#books = options.books
    this.#output = options.output
    this.#counts = options.counts
    this.#making = new Making(options.books, options.output, options.counts)
  }

  /**
   * The next frame of the base. If it has a twin that is not done, that is the next of the other recorder. `isSettled`: if
   * it is a snapshot, it holds all changes that have been written.
   */
  base(item: Item, isSettled: boolean): void {
    const { line, message, role } = item
    line.pending.shift()
    const twin = item.twin?.isDone === false ? item.twin : null
    const isAnchor = twin !== null && isSure(item)
    if (message.type === 'orderbook_delta' && role === 'content') this.#prepare(item, message, isAnchor ? twin : null)
    this.#keep(item)
    if (message.type === 'orderbook_delta' && role === 'content') this.#books.pass(message.market, item, isAnchor)
    item.isDone = true
    if (twin !== null) this.pass(twin)
    if (isAnchor) this.#align(item, twin)
    if (message.type === 'orderbook_snapshot' && !isSettled) this.#reconsider(item, message.market)
  }

  /** The next frame of the other recorder, which is not written since the base has it. */
  pass(item: Item): void {
    this.#counts.duplicates++
    this.#take(item)
  }

  /** The next frame of the other recorder, which the base has not. */
  other(item: Item): void {
    const { role, message } = item
    const line = this.#lineToFill(item)
    if (line !== undefined) return this.#fill(item, line)
    if (role === 'repeated') {
      this.#counts.repeated++
      this.#take(item)
    } else if (message.type === 'orderbook_snapshot') {
      this.#offer(item, message)
    } else if (message.type === 'orderbook_delta') {
      this.#add(item, message)
    } else {
      this.#counts[role === 'content' ? 'added' : 'control']++
      this.#take(item)
      this.#write(item)
    }
  }

  // The base.

  /** Before a change of a book that the line does not tell: gives it to the line if the other recorder knows it. */
  #prepare({ line, at, isAmbiguous }: Item, { market }: OrderbookDelta, twin: Item | null): void {
    const teller = this.#books.teller(market)
    if (teller === line) return
    // Where a recorder has a book from two of its lines, both tell it.
    if (teller !== undefined && !this.#books.isLent(market) && isAmbiguous) return
    const known =
      twin !== null && twin.line.missingBefore(twin) === 0 ? this.#books.known(market, twin.line) : undefined
    const isLevel = known !== undefined && twin !== null && this.#books.isLevel(market, twin.line, at)
    if (isLevel) this.#making.snapshot(known, line)
    else if (teller !== undefined) this.#making.doubt([market])
  }

  #keep(item: Item): void {
    const { line, message, role, frame, at } = item
    const { seq } = message
    if (seq !== null && role !== 'repeated') {
      const missing = line.missingBefore(item)
      const isGap = line.written !== null && seq > line.written + 1 && !line.mayJump
      if (missing > 0 && line.last !== 0) {
        this.#counts.baseGaps++
        if (!isGap) this.#counts.filledGaps++
      }
      if (isGap) {
        line.isIntact = false
        line.hasLost = true
      }
      line.last = line.written = seq
    }
    if (ENDS.has(message.type)) this.#handOver(line)
    if (message.type === 'orderbook_snapshot') this.#bookLines.add(line)
    this.#output.keep(frame)
    this.#books.write(message, line, at)
    note(item)
    if (message.type === 'command') this.#options.coverage.note(message.command, line.connection)
  }

  /** A connection of the base ends, or one of its lines: where the other recorder goes on, the book goes on there. */
  #handOver({ connection, sid }: Line): void {
    for (const line of this.#bookLines) {
      if (line.connection !== connection || (sid !== null && line.sid !== sid)) continue
      this.#bookLines.delete(line)
      for (const market of line.books) {
        const other = this.#books.otherTeller(market)
        if (this.#books.teller(market) !== line || other?.pending.first === undefined) continue
        const known = this.#books.known(market, other)
        if (known !== undefined && this.#books.isLevel(market, other, other.lastAt)) this.#making.snapshot(known, other)
      }
    }
  }

  /** From a twin beyond doubt on it is known how the two lines stand to each other. */
  #align({ line, message, at, position }: Item, { line: partner, message: same, position: samePosition }: Item): void {
    if (message.seq === null || same.seq === null) return
    line.partner?.partnerOf.delete(line)
    partner.partnerOf.add(line)
    line.partner = partner
    line.anchor = samePosition
    partner.partner = line
    partner.anchor = position
    line.isIntact = true
    line.isPlanned = false
    if (!line.hasLost) return
    line.hasLost = false
    for (const market of line.books) {
      if (this.#books.teller(market) !== undefined || this.#books.lastTeller(market) !== line) continue
      const known = this.#books.known(market, partner)
      if (known !== undefined && this.#books.isLevel(market, partner, at)) this.#making.snapshot(known, line)
    }
  }

  /** A snapshot of the base was not certain to hold what the other recorder told just before it. */
  #reconsider(snapshot: Item, market: number): void {
    if (!this.#books.isJustAdded(market, snapshot)) return
    const line = this.#books.otherTeller(market)
    const isDoubtful = line === undefined || this.#books.isDoubtful(market, line, line.lastAt)
    const known = isDoubtful ? undefined : this.#books.known(market, line)
    if (line !== undefined && known !== undefined) this.#making.snapshot(known, line)
    else this.#making.doubt([market])
  }

  // What the other recorder has.

  #take(item: Item): void {
    const { line, message, role } = item
    line.pending.shift()
    item.isDone = true
    const missing = line.missingBefore(item)
    if (missing > 0) this.#tear(item, missing)
    if (message.seq !== null && role !== 'repeated') line.last = message.seq
    line.lastAt = item.at
    this.#books.take(item)
    note(item)
  }

  /** Frames of its line are missing before a frame. They are missing in the result where the base is not known to have them. */
  #tear({ line }: Item, missing: number): void {
    this.#counts.otherGaps++
    this.#making.doubt([...line.books].filter(market => this.#books.teller(market) === line))
    if (this.#isCovered(line)) return
    this.#counts.sharedGaps++
    line.jump += missing
  }

  /** Whether a line of the base, whose own `seq` tells what it lacks, goes on beside it and tells of the same markets. */
  #isCovered(line: Line): boolean {
    const { partner } = line
    if (partner === null) return false
    const next = line.pending.find(isSure)?.twin
    return next?.line === partner && [...line.told].every(ticker => this.#options.coverage.tells(partner, ticker))
  }

  /** A snapshot is of use only where the result does not know the book. */
  #offer(item: Item, message: OrderbookSnapshot): void {
    const { line, at } = item
    const teller = this.#books.teller(message.market)
    // The other recorder now has the book from another of its lines, and the one before tells it no more.
    const hasMoved = teller !== undefined && teller !== line && teller === this.#books.otherTeller(message.market)
    this.#take(item)
    const isOfUse = (teller === undefined || hasMoved) && this.#books.known(message.market, line) !== undefined
    if (!isOfUse || this.#books.isDoubtful(message.market, line, at)) {
      if (hasMoved) this.#making.doubt([message.market])
      this.#counts.snapshots++
      return
    }
    this.#counts.added++
    this.#write(item)
  }

  /** A change that the base lacks: whoever told the book up to here does not know it. */
  #add(item: Item, { market }: OrderbookDelta): void {
    const { line, at } = item
    this.#counts.added++
    const teller = this.#books.teller(market)
    const isFree = teller !== line && line.sid !== null && !this.#books.isDoubtful(market, line, at)
    const known = isFree && line.missingBefore(item) === 0 ? this.#books.known(market, line) : undefined
    const snapshot = known === undefined ? undefined : this.#making.textOf(known, line)
    this.#take(item)
    if (snapshot !== undefined && this.#books.known(market, line) !== undefined) this.#making.give(snapshot, line)
    else if (teller !== undefined && teller !== line) this.#making.doubt([market])
    this.#write(item)
    this.#books.noteAdded(market, item)
  }

  /** The base's line that has just got to the place that is a frame's. */
  #lineToFill({ place }: Item): Line | undefined {
    return place !== null && place.seq === (place.line.written ?? 0) + 1 ? place.line : undefined
  }

  #fill(item: Item, line: Line): void {
    const { frame, message, at } = item
    const seq = (line.written ?? 0) + 1
    this.#counts.spliced++
    this.#take(item)
    if (message.type === 'orderbook_delta') {
      const teller = this.#books.teller(message.market)
      if (teller !== undefined && teller !== line && this.#books.isLent(message.market)) {
        this.#making.doubt([message.market])
      }
    }
    line.written = seq
    const payload = renumbered(frame.payload, line.sid ?? 0, seq)
    this.#output.insert(frame, line.target, this.#options.before(), payload ?? undefined)
    this.#books.write({ ...message, sid: line.sid, seq }, line, at)
  }

  /** Writes a frame to the other recorder's own connection, under the next `seq` there. */
  #write(item: Item): void {
    const { frame, line, message, role, at } = item
    if (role === 'content') {
      for (const beside of line.partnerOf) if (this.#options.coverage.includes(beside, item)) beside.isIntact = false
    }
    const seq = message.seq === null || line.sid === null ? message.seq : nextSeq(line, message.seq)
    const payload = seq === null || seq === message.seq ? undefined : renumbered(frame.payload, line.sid ?? 0, seq)
    this.#output.insert(frame, line.target, this.#options.before(), payload ?? undefined)
    const written: Message = seq === message.seq ? message : { ...message, seq }
    if (written.type === 'orderbook_snapshot') this.#books.lend(written, line, at)
    else this.#books.write(written, line, at)
  }
}

/** Counts from 1 where the connection's opening was recorded, else from where the recorder's own run is. */
function nextSeq(line: Line, seq: number): number {
  line.written = line.written === null ? seq : line.written + 1 + line.jump
  line.jump = 0
  return line.written
}

/** Takes note of what its line tells. */
function note({ message, line, role }: Item): void {
  if ((role !== 'content' && role !== 'snapshot') || !('marketTicker' in message)) return
  if (message.marketTicker !== null) line.told.add(message.marketTicker)
  if (message.type === 'orderbook_snapshot' || message.type === 'orderbook_delta') line.books.add(message.market)
}
