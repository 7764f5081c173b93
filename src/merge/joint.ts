import type { FrameBatch } from '../core/frame.ts'
import type { Nanoseconds } from '../core/time.ts'
import { MarketTable } from '../protocol/market-table.ts'
import { Intake } from './intake.ts'
import type { Item, Line } from './line.ts'
import { contentAhead } from './line.ts'
import type { MergeCounts } from './merge-counts.ts'
import { noMergeCounts } from './merge-counts.ts'
import { Output } from './output.ts'
import { Pairing } from './pairing.ts'
import { Pending } from './pending.ts'
import { Splicer } from './splicer.ts'

/** Frames of a recorder, in order. */
export interface Input {
  readonly batches: AsyncIterable<FrameBatch>
  /** Its `seq` may jump. */
  readonly filtered: boolean
}

export interface JointOptions {
  readonly base: Input
  readonly other: Input
  /** Twins are at most so far apart. Frames of twice that time are in memory. */
  readonly window: Nanoseconds
  /** Above those of the base; the other recorder's connections are counted from here. */
  readonly firstConnection: number
}

/**
 * Two recorders' frames as those of one. All of the base's are in it, in their order; between them, those of the other
 * that have no twin there: each at its receive time, but never on the wrong side of a frame that both have. Which
 * frames have a twin is known for sure only when both recorders have been read a window further.
 */
export class Joint {
  readonly counts: MergeCounts = noMergeCounts()
  readonly #base: Intake
  readonly #other: Intake
  readonly #window: Nanoseconds
  readonly #pairing: Pairing
  readonly #splicer: Splicer
  readonly #output = new Output()
  /** The base's frames that are not written yet. */
  readonly #queue = new Pending<Item>()
  /** The other recorder's lines that have such frames. */
  readonly #lines = new Set<Line>()
  #hasEnded = false

  constructor({ base, other, window, firstConnection }: JointOptions) {
    const markets = new MarketTable()
    this.#base = new Intake(base.batches, base.filtered, markets)
    this.#other = new Intake(other.batches, other.filtered, markets)
    this.#window = window
    this.#pairing = new Pairing(window)
    this.#splicer = new Splicer({
      base: this.#base,
      other: this.#other,
      markets,
      firstConnection,
      output: this.#output,
      counts: this.counts,
      before: () => this.#queue.first?.frame.receivedAt
    })
  }

  /** Of the other recorder, so far. */
  get otherFrames(): number {
    return this.#other.frames
  }

  async *frames(): AsyncGenerator<FrameBatch, void, undefined> {
    try {
      while (!this.#base.isAtEnd || !this.#other.isAtEnd) {
        await this.#read()
        const horizon = this.#horizon()
        if (horizon !== undefined) this.#writeUntil(horizon)
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
      if (isBase) this.#queue.push(item)
      else this.#lines.add(item.line)
    }
  }

  /** Of frames up to it, all twins have been read. Undefined where there is nothing of the kind yet. */
  #horizon(): Nanoseconds | undefined {
    let horizon: Nanoseconds = END_OF_TIME
    for (const { isAtEnd, readTo } of [this.#base, this.#other]) {
      if (isAtEnd) continue
      if (readTo === undefined) return undefined
      if (readTo - this.#window < horizon) horizon = readTo - this.#window
    }
    return horizon
  }

  #writeUntil(horizon: Nanoseconds): void {
    for (;;) {
      const item = this.#queue.first
      if (item === undefined || item.at > horizon) break
      this.#writeBase(item)
    }
    if (this.#base.isAtEnd && this.#queue.length === 0 && !this.#hasEnded) {
      this.#hasEnded = true
      this.#splicer.endBase()
    }
    this.#writeDue(horizon)
  }

  #writeBase(item: Item): void {
    this.#writeDue(item.at)
    if (item.twin !== null) this.#writeUpTo(item.twin)
    else this.#writeWhatLeadsTo(item)
    this.#writeChain(item)
    this.#pairing.forget(item, 'base')
    this.#splicer.base(item)
    this.#queue.shift()
    if (item.twin !== null) this.#settle(item.twin.line)
  }

  /** All of the other recorder that may be written and came not later than a time, the earliest first. */
  #writeDue(time: Nanoseconds): void {
    for (;;) {
      let first: Item | undefined
      for (const line of this.#lines) {
        const item = line.pending.first
        if (item === undefined || item.at > time || item.twin !== null) continue
        if ((first === undefined || item.position < first.position) && !this.#mustWait(item)) first = item
      }
      if (first === undefined) return
      this.#write(first)
    }
  }

  /**
   * The end of a connection waits for all of its lines, and content until the base has got to where it lacks it. A
   * snapshot of which it is not certain where it stands, waits for the content that follows it.
   */
  #mustWait(item: Item): boolean {
    const { line, role, message, position } = item
    if (message.type === 'connection_closed' || message.type === 'connection_failed') {
      return [...this.#lines].some(
        other => other.connection === line.connection && (other.pending.first?.position ?? position) < position
      )
    }
    if (role === 'content') return this.#splicer.isAwaited(item)
    if (role !== 'snapshot' || (line.isPlaced && line.follows(item))) return false
    const ahead = contentAhead(line)
    return ahead !== undefined && (ahead.twin !== null || this.#splicer.isAwaited(ahead))
  }

  /** The frames of a line before one that is about to be written with its twin. */
  #writeUpTo(twin: Item): void {
    const { line } = twin
    if (twin.position < (line.pending.first?.position ?? Infinity)) return
    for (let item = line.pending.first; item !== undefined && item !== twin; item = line.pending.first) {
      this.#write(item)
    }
  }

  /**
   * From a frame behind a gap, and from a snapshot, the base has everything on its line: what it lacks and what stands
   * before the next twin, comes before the frame. Of a snapshot that concerns its market alone.
   */
  #writeWhatLeadsTo(item: Item): void {
    const { line, message } = item
    const isSnapshot = message.type === 'orderbook_snapshot'
    if (!isSnapshot && line.follows(item)) return
    const anchor = anchorOf(line)?.twin
    if (anchor == null) return
    const { pending } = anchor.line
    let end = 0
    for (let n = 0; ; n++) {
      const other = pending.at(n)
      if (other === undefined || other === anchor || other.twin !== null) break
      if (other.role === 'content' && (!isSnapshot || isOf(other, message.market))) end = n + 1
    }
    this.#writeFirst(anchor.line, end)
  }

  /** Frames of the same market that follow on the last twin without a gap came before the base's next frame. */
  #writeChain({ line, message }: Item): void {
    if (message.type !== 'orderbook_delta' || line.partner === null) return
    const { pending } = line.partner
    let end = 0
    let { last } = line.partner
    for (let n = 0; last !== null; n++) {
      const other = pending.at(n)
      if (other === undefined || other.twin !== null || other.message.seq !== last + 1) break
      last++
      if (isOf(other, message.market)) end = n + 1
    }
    this.#writeFirst(line.partner, end)
  }

  #writeFirst(line: Line, count: number): void {
    for (let n = 0; n < count; n++) {
      const item = line.pending.first
      if (item !== undefined) this.#write(item)
    }
  }

  #write(item: Item): void {
    this.#pairing.forget(item, 'other')
    // Of two lines on which twins cross over, one comes first.
    if (item.twin === null) this.#splicer.other(item)
    else this.#splicer.skip(item)
    this.#settle(item.line)
  }

  #settle(line: Line): void {
    if (line.pending.length === 0) this.#lines.delete(line)
  }
}

const END_OF_TIME: Nanoseconds = 2n ** 63n - 1n

/** The first of a line's next frames that has a twin, if no gap lies before it. */
function anchorOf(line: Line): Item | undefined {
  let before: number | null = null
  for (let n = 0; ; n++) {
    const item = line.pending.at(n)
    if (item === undefined) return undefined
    const { seq } = item.message
    if (before !== null && seq !== null && seq !== before + 1 && !line.mayJump) return undefined
    if (item.twin !== null) return item
    before = seq ?? before
  }
}

function isOf({ message }: Item, market: number): boolean {
  return (message.type === 'orderbook_delta' || message.type === 'orderbook_snapshot') && message.market === market
}
