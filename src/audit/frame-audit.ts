import type { FrameBatch } from '../core/frame.ts'
import { DIRECTION, KIND, payloadAt } from '../core/frame.ts'
import type { Nanoseconds } from '../core/time.ts'
import { toMicroseconds } from '../core/time.ts'
import type { Irregularity, IrregularityCounts } from '../market/irregularity.ts'
import { MarketTracker } from '../market/market-tracker.ts'
import { Decoder } from '../protocol/decoder.ts'
import { MarketTable } from '../protocol/market-table.ts'
import type { Message } from '../protocol/messages.ts'
import type { SnapshotCounts } from './book-watch.ts'
import { BookWatch, CLOSE_NORMAL } from './book-watch.ts'
import { changesIn } from './field-change.ts'
import { FieldSurvey } from './field-survey.ts'
import type { Finding, FindingDetail, Place } from './finding.ts'
import { Sources } from './sources.ts'
import type { Span, SpanTotals } from './spans.ts'
import { Spans } from './spans.ts'
import type { TickerCounts } from './ticker-watch.ts'
import { TickerWatch } from './ticker-watch.ts'

export interface FrameAuditOptions {
  /** The capture was cut down to some markets, so that `seq` may jump. */
  readonly isFiltered: boolean
  /** False where receive times were made up, as those of captures that have none: their order means nothing. */
  readonly areTimesReal: boolean
  readonly onFinding: (finding: Finding) => void
  readonly onSpan: (span: Span) => void
}

/** Types and fields that nobody knows are told once each, as long as there are not more than anybody would read. */
const NOVELTIES_MAX = 1_000

/**
 * Reads all frames of a recording through the one path from a frame to the state of the markets, and watches it: what
 * the tracker finds irregular, what it has when a snapshot comes, when the frames came and what fields they had.
 */
export class FrameAudit {
  readonly survey = new FieldSurvey()
  readonly #options: FrameAuditOptions
  readonly #decoder: Decoder
  readonly #tracker: MarketTracker
  readonly #sources = new Sources()
  readonly #spans: Spans
  readonly #books: BookWatch
  readonly #tickers: TickerWatch
  readonly #novelties = new Set<string>()
  #frames = 0
  #connection = 0
  #time: Nanoseconds = 0n
  /** Time as it goes below a feed: never backwards. */
  #now: Nanoseconds = 0n
  #first: Nanoseconds | undefined
  #sequences = 0

  constructor(options: FrameAuditOptions) {
    this.#options = options
    const markets = new MarketTable()
    this.#decoder = new Decoder(markets)
    this.#tracker = new MarketTracker(markets, {
      isFiltered: () => options.isFiltered,
      onIrregularity: irregularity => this.#onIrregularity(irregularity)
    })
    const report = (finding: FindingDetail, place: Place) => options.onFinding({ ...finding, ...place })
    const placeOf = (sid: number | null, market: string | null) => this.#placeOf(sid, market)
    this.#spans = new Spans(options.onSpan)
    this.#books = new BookWatch(this.#tracker, this.#sources, this.#spans, (finding, sid, market) =>
      this.#report(finding, sid, market)
    )
    this.#tickers = new TickerWatch(this.#tracker, placeOf, report)
  }

  get frames(): number {
    return this.#frames
  }

  /** Receive time of the earliest frame. */
  get first(): Nanoseconds | undefined {
    return this.#first
  }

  /** Receive time of the latest frame. */
  get last(): Nanoseconds | undefined {
    return this.#first === undefined ? undefined : this.#now
  }

  get connections(): number {
    return [...this.#sources.connections()].length
  }

  /** Runs of `seq` that were watched. */
  get sequences(): number {
    return this.#sequences
  }

  get snapshots(): Readonly<SnapshotCounts> {
    return this.#books.counts
  }

  get tickers(): Readonly<TickerCounts> {
    return this.#tickers.counts
  }

  get irregularities(): Readonly<IrregularityCounts> {
    return this.#tracker.counts
  }

  get spans(): SpanTotals {
    return this.#spans.totals
  }

  accept(batch: FrameBatch): void {
    for (let row = 0; row < batch.length; row++) this.#acceptRow(batch, row)
  }

  /** A frame or more could not be read, or not at all. Where `seq` may jump nothing tells which books they have changed. */
  onMissingFrames(): void {
    if (this.#options.isFiltered) this.#books.loseAll()
  }

  end(): void {
    for (const [number, connection] of this.#sources.connections()) {
      const silence = connection.silenceUntil(this.#now)
      this.#connection = number
      if (silence !== undefined) this.#report(silence, null, null)
    }
    this.#tickers.end(toMicroseconds(this.#now))
    this.#books.end(this.#now)
    this.#spans.end()
    for (const { change, time } of changesIn(this.survey)) this.#options.onFinding({ ...change, ...NOWHERE, time })
    if (this.survey.isFull) this.#options.onFinding({ type: 'too_many_fields', ...NOWHERE })
  }

  #acceptRow(batch: FrameBatch, row: number): void {
    const time = batch.receivedAt[row] ?? 0n
    const connection = batch.connection[row] ?? 0
    this.#frames++
    this.#time = time
    this.#connection = connection
    this.#first = this.#first === undefined || time < this.#first ? time : this.#first
    if (time > this.#now || this.#frames === 1) this.#now = time
    for (const finding of this.#sources.connection(connection).observe(batch, row)) {
      if (this.#options.areTimesReal || finding.type !== 'time_backwards') this.#report(finding, null, null)
    }
    this.#follow(this.#decoder.decode(batch, row), connection)
    if (batch.kind[row] === KIND.text && batch.direction[row] === DIRECTION.received) this.#addFields(batch, row)
  }

  #follow(message: Message, connection: number): void {
    const now = this.#now
    this.#books.before(message, connection, now)
    if (!this.#tracker.apply(message, connection, toMicroseconds(now))) return
    this.#books.after(message, connection, this.#frames, now)
    if (message.type === 'malformed' && message.sid === null && message.marketTicker === null) this.onMissingFrames()
    this.#tickers.after(message, toMicroseconds(now))
    if (message.sid !== null) this.#noteSource(message, message.sid, connection)
    if (message.type === 'connection_closed' && message.code !== CLOSE_NORMAL) {
      this.#report({ type: 'disconnected', code: message.code, reason: message.reason }, null, null)
    }
  }

  /** A frame of a `sid` has come, and was not a duplicate. */
  #noteSource({ type, seq }: Message, sid: number, connection: number): void {
    const source = this.#sources.of(connection, sid, this.#now)
    if (type !== 'malformed') source.lastFrameAt = this.#now
    if (seq === null || source.isCounted) return
    source.isCounted = true
    this.#sequences++
    if (seq === 1 || !source.connection.isWhole || this.#options.isFiltered) return
    this.#report({ type: 'late_start', received: seq }, sid, null)
  }

  #onIrregularity(irregularity: Irregularity): void {
    const { time: _, connection, sid, marketTicker, ...deviation } = irregularity
    const market = marketTicker === null ? undefined : this.#tracker.byTicker(marketTicker)
    switch (deviation.type) {
      case 'gap':
        this.#books.onGap(connection, sid)
        // Whose frames were lost is not known: not those of the market whose frame told of it.
        this.#report(deviation, sid, null)
        break
      case 'delta_without_book':
        if (market !== undefined) this.#books.onOrphan(market, sid, this.#now)
        break
      case 'foreign_delta':
        if (market !== undefined) this.#books.onForeign(market, sid, this.#now)
        break
      case 'delta_on_stale_book':
        // What made the book stale has been told, and its span tells until when.
        break
      case 'unknown_type':
        if (this.#isNew(deviation.wireType)) this.#report(deviation, sid, marketTicker)
        break
      case 'unknown_fields':
        for (const field of deviation.fields) this.#reportField(deviation.messageType, field, sid)
        break
      case 'crossed_book':
      case 'duplicate':
      case 'malformed':
      case 'negative_level':
      case 'repeated_trade':
      case 'server_error':
        this.#report(deviation, sid, marketTicker)
    }
  }

  #reportField(messageType: string, field: string, sid: number | null): void {
    if (this.#isNew(`${messageType} ${field}`)) this.#report({ type: 'unknown_field', messageType, field }, sid, null)
  }

  #isNew(novelty: string): boolean {
    if (this.#novelties.has(novelty) || this.#novelties.size === NOVELTIES_MAX) return false
    this.#novelties.add(novelty)
    return true
  }

  #addFields(batch: FrameBatch, row: number): void {
    const { buffer, byteOffset, byteLength } = payloadAt(batch, row)
    const changes = this.survey.add(Buffer.from(buffer, byteOffset, byteLength).toString(), this.#time)
    for (const change of changes) this.#report({ type: 'field_type', ...change }, null, null)
  }

  #report(finding: FindingDetail, sid: number | null, market: string | null): void {
    this.#options.onFinding({ ...finding, ...this.#placeOf(sid, market) })
  }

  #placeOf(sid: number | null, market: string | null): Place {
    return { frame: this.#frames, time: this.#time, connection: this.#connection, sid, market }
  }
}

const NOWHERE: Place = { frame: null, time: null, connection: null, sid: null, market: null }
