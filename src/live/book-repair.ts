/** What a repair needs of its subscription. */
export interface RepairHost {
  /** Markets of the subscription. */
  held(): ReadonlySet<string>
  askForSnapshots(tickers: readonly string[]): void
  /** Unsubscribes and subscribes again, which brings a snapshot of every market. */
  resubscribe(reason: string): void
  drop(reason: string): void
  repaired(outcome: RepairOutcome): void
}

interface RepairOutcome {
  readonly by: 'get_snapshot' | 'resubscribe'
  readonly markets: number
  /** Markets of which no snapshot came. */
  readonly unanswered: number
  readonly milliseconds: number
}

/** From the last snapshot, or the asking, so long: then nothing more is to be expected. */
const ANSWER_MILLISECONDS_MAX = 5_000
/** A book that spoils again and again is not asked for more often. */
const AGAIN_MILLISECONDS_MIN = 5_000
const ASKED_MAX = 2

/**
 * Brings the stale books of one subscription back (protocol reference, section 9): asks for snapshots; if none comes,
 * subscribes anew; if that brings none either, gives the connection up. Where some came and others did not, those have
 * most likely been settled and are let go. All times are in milliseconds of the monotonic clock.
 */
export class BookRepair {
  readonly #host: RepairHost
  /** Markets whose snapshot has not come yet. */
  readonly #awaited = new Set<string>()
  readonly #askedAt = new Map<string, number>()
  /** Single books to be asked for together, at the next tick. */
  readonly #spoiled = new Set<string>()
  /** Since when the first snapshot of a market is awaited, which comes unasked. */
  readonly #expected = new Map<string, number>()
  /** Markets that have had a snapshot on the `sid`, and nothing since that would take it back. */
  readonly #given = new Set<string>()
  #givenSid: number | null = null
  #step: 'none' | 'snapshots' | 'resubscription' = 'none'
  #isOfAll = false
  #asked = 0
  #markets = 0
  #begunAt = 0
  #heardAt = 0
  #hasHeard = false

  constructor(host: RepairHost) {
    this.#host = host
  }

  /** All books of the subscription are stale. */
  beginAll(now: number): void {
    this.#spoiled.clear()
    this.#expected.clear()
    this.#given.clear()
    this.#begin(this.#host.held(), now)
    this.#isOfAll = true
  }

  /** One book is stale. */
  spoiled(ticker: string): void {
    this.#given.delete(ticker)
    if (!this.#awaited.has(ticker)) this.#spoiled.add(ticker)
  }

  /** Markets have been subscribed to: their snapshots come unasked, and are asked for where they do not. */
  expect(tickers: readonly string[], now: number): void {
    for (const ticker of tickers) if (!this.#given.has(ticker)) this.#expected.set(ticker, now)
  }

  /** A snapshot has come, asked for or not. */
  snapshot(ticker: string, sid: number | null, now: number): void {
    if (sid !== this.#givenSid) this.#given.clear()
    this.#givenSid = sid
    this.#given.add(ticker)
    this.#expected.delete(ticker)
    this.#spoiled.delete(ticker)
    if (!this.#awaited.delete(ticker)) return
    this.#heardAt = now
    this.#hasHeard = true
    if (this.#awaited.size === 0) this.#end(now)
  }

  /** Markets are over: no snapshot of theirs will come. */
  gone(tickers: readonly string[], now: number): void {
    for (const ticker of tickers) {
      this.#expected.delete(ticker)
      this.#spoiled.delete(ticker)
      this.#letGo(ticker)
    }
    if (this.#step !== 'none' && this.#awaited.size === 0) this.#end(now)
  }

  /** The subscription is a new one: its snapshots come by themselves. */
  renewed(now: number): void {
    this.#expected.clear()
    this.#heardAt = now
    this.#hasHeard = false
  }

  /** The subscription is over, and will be a new one some time. */
  interrupted(): void {
    this.#heardAt = Infinity
  }

  tick(now: number): void {
    if (this.#step === 'none') {
      this.#isOfAll = false
      this.#begin(this.#takeDue(now), now)
    } else if (now - this.#heardAt >= ANSWER_MILLISECONDS_MAX) this.#escalate(now)
  }

  /** Takes out the spoiled books that may be asked for by now. */
  #takeDue(now: number): string[] {
    for (const [ticker, since] of this.#expected) {
      if (now - since < ANSWER_MILLISECONDS_MAX) continue
      this.#expected.delete(ticker)
      this.#spoiled.add(ticker)
    }
    const due: string[] = []
    for (const ticker of this.#spoiled) {
      const isHeld = this.#host.held().has(ticker)
      if (isHeld && now - (this.#askedAt.get(ticker) ?? -Infinity) < AGAIN_MILLISECONDS_MIN) continue
      this.#spoiled.delete(ticker)
      if (isHeld) due.push(ticker)
    }
    return due
  }

  #begin(tickers: Iterable<string>, now: number): void {
    for (const ticker of tickers) this.#awaited.add(ticker)
    if (this.#awaited.size === 0) return
    if (this.#step === 'none') this.#begunAt = now
    this.#markets = this.#awaited.size
    this.#step = 'snapshots'
    this.#asked = 0
    this.#ask(now)
  }

  #escalate(now: number): void {
    // Those that have been taken away meanwhile will never answer. Between two subscriptions none is held.
    const held = this.#host.held()
    if (held.size > 0) for (const ticker of this.#awaited) if (!held.has(ticker)) this.#letGo(ticker)
    if (this.#awaited.size === 0) return this.#end(now)
    const isAsking = this.#step === 'snapshots'
    if (isAsking && this.#asked < ASKED_MAX && (this.#hasHeard || !this.#isOfAll)) this.#ask(now)
    else if (this.#hasHeard || !this.#isOfAll) this.#end(now)
    else if (isAsking) {
      this.#step = 'resubscription'
      this.#heardAt = now
      this.#host.resubscribe('no snapshot came')
    } else {
      this.#host.drop('no snapshot came after subscribing anew')
    }
  }

  /** It is neither repaired nor unanswered. */
  #letGo(ticker: string): void {
    if (this.#awaited.delete(ticker)) this.#markets--
  }

  #ask(now: number): void {
    this.#asked++
    this.#heardAt = now
    this.#hasHeard = false
    for (const ticker of this.#awaited) this.#askedAt.set(ticker, now)
    this.#host.askForSnapshots([...this.#awaited])
  }

  #end(now: number): void {
    const outcome = {
      by: this.#step === 'resubscription' ? ('resubscribe' as const) : ('get_snapshot' as const),
      markets: this.#markets - this.#awaited.size,
      unanswered: this.#awaited.size,
      milliseconds: now - this.#begunAt
    }
    this.#awaited.clear()
    this.#step = 'none'
    for (const [ticker, askedAt] of this.#askedAt) {
      if (now - askedAt >= AGAIN_MILLISECONDS_MIN) this.#askedAt.delete(ticker)
    }
    this.#host.repaired(outcome)
  }
}
