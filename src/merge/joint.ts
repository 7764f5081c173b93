import type { FrameBatch } from '../core/frame.ts'
import type { Nanoseconds } from '../core/time.ts'
import { MarketTable } from '../protocol/market-table.ts'
import { Books } from './books.ts'
import { Coverage } from './coverage.ts'
import { isLacking, planFilling } from './filling.ts'
import type { Input } from './intake.ts'
import { Intake } from './intake.ts'
import type { Item, Line } from './line.ts'
import { isSure } from './line.ts'
import type { MergeCounts } from './merge-counts.ts'
import { noMergeCounts } from './merge-counts.ts'
import { Output } from './output.ts'
import { Pairing } from './pairing.ts'
import { Pending } from './pending.ts'
import { Weaver } from './weaver.ts'

export interface JointOptions {
  /** Of one recorder, as it recorded them. */
  readonly base: Input
  /** Of one recorder, or of several as they were joined. */
  readonly other: Input
  /** Twins are at most so far apart. Frames of three times that time are in memory. */
  readonly window: Nanoseconds
  /** Above those of the base; the other recorder's connections are counted from here. */
  readonly firstConnection: number
}

/**
 * Two recorders' frames as those of one. All of the base's are in it, in their order; between them those of the other
 * that have no twin there, in theirs: each at its receive time, but never on the wrong side of a frame that both have.
 */
export class Joint {
  readonly counts: MergeCounts = noMergeCounts()
  readonly #base: Intake
  readonly #other: Intake
  readonly #window: Nanoseconds
  readonly #pairing: Pairing
  readonly #coverage: Coverage
  readonly #weaver: Weaver
  readonly #output = new Output()
  /** What is not written yet. */
  readonly #baseQueue = new Pending<Item>()
  readonly #otherQueue = new Pending<Item>()
  /** Of frames up to it, all that is equal and near has been read. */
  #knownTo: Nanoseconds = 0n

  constructor({ base, other, window, firstConnection }: JointOptions) {
    const markets = new MarketTable()
    this.#base = new Intake(base, 0, markets)
    this.#other = new Intake(other, firstConnection, markets)
    this.#window = window
    this.#pairing = new Pairing(window)
    this.#coverage = new Coverage(this.#base.lines)
    this.#weaver = new Weaver({
      books: new Books(markets, { base: base.filtered, other: other.filtered }, window),
      coverage: this.#coverage,
      output: this.#output,
      counts: this.counts,
      before: () => this.#baseQueue.first?.frame.receivedAt
    })
  }

  async *frames(): AsyncGenerator<FrameBatch, void, undefined> {
    try {
      while (!this.#base.isAtEnd || !this.#other.isAtEnd) {
        await this.#read()
        this.#knownTo = this.#known()
        this.#writeUntil(this.#knownTo - this.#window)
        const batch = this.#output.take()
        if (batch !== undefined) yield batch
      }
    } finally {
      await this.#base.close()
      await this.#other.close()
    }
  }

  /** A batch of the recorder that lags behind. */
  async #read(): Promise<void> {
    const [base, other] = [this.#base, this.#other]
    const isBase = !base.isAtEnd && (other.isAtEnd || (base.readTo ?? 0n) <= (other.readTo ?? 0n))
    for (const item of await (isBase ? base : other).read()) {
      this.#pairing.add(item, isBase ? 'base' : 'other')
      if (isBase) this.#baseQueue.push(item)
      else this.#otherQueue.push(item)
    }
  }

  #known(): Nanoseconds {
    let known = END_OF_TIME
    for (const { isAtEnd, readTo } of [this.#base, this.#other]) {
      const until = isAtEnd ? END_OF_TIME : (readTo ?? 0n) - this.#window
      if (until < known) known = until
    }
    return known
  }

  #writeUntil(time: Nanoseconds): void {
    for (let item = this.#baseQueue.first; item !== undefined && item.at <= time; item = this.#baseQueue.first) {
      this.#writeDue(item.at)
      this.#writeWhatLeadsTo(item)
      this.#writeBase(item)
    }
    this.#writeDue(time)
  }

  #writeBase(item: Item): void {
    const { twin } = item
    if (twin !== null && !twin.isDone) {
      this.#writeUpTo(twin)
      this.#otherQueue.shift()
      this.#pairing.forget(twin, 'other')
    }
    this.#pairing.forget(item, 'base')
    const isSettled = item.message.type !== 'orderbook_snapshot' || this.#twinAhead(item.line) !== undefined
    this.#weaver.base(item, isSettled)
    this.#baseQueue.shift()
  }

  /** All of the other recorder that came not later than a time, up to what has to wait for a frame of the base. */
  #writeDue(time: Nanoseconds): void {
    for (let item = this.#otherQueue.first; item !== undefined && item.at <= time; item = this.#otherQueue.first) {
      if (this.#mustWait(item)) return
      this.#writeOther(item)
    }
  }

  #mustWait(item: Item): boolean {
    if (item.twin !== null) return !item.twin.isDone
    const { partner } = item.line
    if (partner !== null && isLacking(item)) {
      this.#plan(partner)
      if (item.place !== null) return item.place.seq > (item.place.line.written ?? 0) + 1
    }
    return item.message.type === 'orderbook_delta' && this.#mayBeIn(item, item.message.market)
  }

  /**
   * Whether a snapshot of the base that is to come may hold a change or not: then the snapshot comes first, so that after
   * the change the book is never as before it.
   */
  #mayBeIn({ at, line: { partner } }: Item, market: number): boolean {
    for (let n = 0; ; n++) {
      const item = this.#baseQueue.at(n)
      if (item === undefined || item.at > at + this.#window) return false
      if (partner !== null && item.line === partner && isSure(item) && item.twin?.isDone === false) return false
      if (item.message.type !== 'orderbook_snapshot' || item.message.market !== market) continue
      return item.askedAt === undefined || at > item.askedAt
    }
  }

  /** What certainly came before a frame of the base, though perhaps with a later time. */
  #writeWhatLeadsTo(item: Item): void {
    const { line, message, twin, role } = item
    if (message.type === 'orderbook_snapshot') this.#writeWhatIsIn(message.market, this.#twinAhead(line))
    if (role !== 'content' && role !== 'snapshot') return
    const { partner } = line
    if (partner === null || message.seq === null) return
    const isGap = message.seq > (line.written ?? 0) + 1
    if (isGap) this.#plan(line)
    const filling = isGap ? lastOf(partner, ({ place }) => place?.line === line) : undefined
    if (filling !== undefined) this.#writeThrough(filling)
    if (twin === null && !partner.isWoven && tellsOf(partner, item)) this.#writeRun(partner)
  }

  #plan(line: Line): void {
    if (!line.isPlanned) planFilling(line, this.#coverage, this.#knownTo)
  }

  /**
   * The other recorder's changes of a market before a twin that follows on a snapshot of the base without a gap: since the
   * base has missed nothing in between, the snapshot holds them.
   */
  #writeWhatIsIn(market: number, twin: Item | undefined): void {
    const last = twin && lastOf(twin.line, other => other.twin === null && isOf(other, market), twin)
    if (last !== undefined) this.#writeThrough(last)
  }

  /** Of the other recorder, the first sure twin from a line's next frame on, if no gap lies before that. */
  #twinAhead(line: Line): Item | undefined {
    let before: number | null = null
    for (let n = 0; ; n++) {
      const item = line.pending.at(n)
      if (item === undefined || item.at > this.#knownTo) return undefined
      const { seq } = item.message
      if (before !== null && seq !== null && seq > before + 1) return undefined
      before = seq ?? before
      if (isSure(item)) return item.twin === null || item.twin.isDone ? undefined : item.twin
    }
  }

  /**
   * A frame that the other recorder has missed comes behind all that it got without a gap: what is there up to the next
   * twin.
   */
  #writeRun(line: Line): void {
    let { last } = line
    let end: Item | undefined
    for (let n = 0; ; n++) {
      const item = line.pending.at(n)
      if (item === undefined || item.at > this.#knownTo || item.twin !== null) break
      const { seq } = item.message
      if (seq !== null && last !== null && seq !== last + 1) break
      last = seq ?? last
      end = item
    }
    if (end !== undefined) this.#writeThrough(end)
  }

  #writeThrough(end: Item): void {
    this.#writeUpTo(end)
    if (end === this.#otherQueue.first) this.#writeOther(end)
  }

  #writeUpTo(end: Item): void {
    for (let item = this.#otherQueue.first; item !== undefined && item !== end; item = this.#otherQueue.first) {
      this.#writeOther(item)
    }
  }

  /** What has a twin that is not written yet is known of early: twins cross over. */
  #writeOther(item: Item): void {
    this.#otherQueue.shift()
    this.#pairing.forget(item, 'other')
    if (item.twin === null) this.#weaver.other(item)
    else this.#weaver.pass(item)
  }
}

const END_OF_TIME: Nanoseconds = 2n ** 63n - 1n

/** The last of a line's next frames of which something is true, up to one of them. */
function lastOf(line: Line, is: (item: Item) => boolean, end?: Item): Item | undefined {
  let last: Item | undefined
  for (let n = 0; ; n++) {
    const item = line.pending.at(n)
    if (item === undefined || item === end) return last
    if (is(item)) last = item
  }
}

/** Whether a line has told of a market of which a frame of the other recorder tells something. */
function tellsOf(line: Line, { role, message }: Item): boolean {
  if (role !== 'content' || !('marketTicker' in message) || message.marketTicker === null) return false
  return line.told.has(message.marketTicker)
}

function isOf({ message }: Item, market: number): boolean {
  return message.type === 'orderbook_delta' && message.market === market
}
