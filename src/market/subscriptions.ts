import { Sequence } from './sequence.ts'

/** Numbers that are given once. */
class Stamps {
  #latest = 0

  next(): number {
    return ++this.#latest
  }
}

/**
 * A `sid` of a connection, the source of books and tickers. When all it has said becomes doubtful (a gap, its end) a new
 * epoch begins, which makes everything of the epochs before it stale at once: no list of its markets is kept.
 */
export class Subscription {
  readonly connection: number
  readonly sid: number | null
  readonly sequence: Sequence
  readonly #stamps: Stamps
  #stamp: number

  constructor(connection: number, sid: number | null, mayJump: boolean, stamps: Stamps) {
    this.connection = connection
    this.sid = sid
    this.sequence = new Sequence(mayJump)
    this.#stamps = stamps
    this.#stamp = stamps.next()
  }

  /** Of this epoch of this subscription and of no other; greater than 0. */
  get stamp(): number {
    return this.#stamp
  }

  invalidate(): void {
    this.#stamp = this.#stamps.next()
  }
}

const RECENT = 16

/** All subscriptions of all connections. None is announced: the first frame of a `sid` makes it known. */
export class Subscriptions {
  readonly #connections = new Map<number, Map<number | null, Subscription>>()
  readonly #isFiltered: (connection: number) => boolean
  readonly #stamps = new Stamps()
  /** Those that were asked for last, each at a place that its `sid` gives. */
  readonly #recent: (Subscription | null)[] = Array.from({ length: RECENT }, () => null)

  constructor(isFiltered: (connection: number) => boolean) {
    this.#isFiltered = isFiltered
  }

  /** Frames without a `sid` share one subscription of their connection. */
  of(connection: number, sid: number | null): Subscription {
    const place = (sid ?? 0) & (RECENT - 1)
    const recent = this.#recent[place] ?? null
    if (recent !== null && recent.sid === sid && recent.connection === connection) return recent
    const subscription = this.#find(connection, sid)
    this.#recent[place] = subscription
    return subscription
  }

  close(connection: number): void {
    for (const subscription of this.#connections.get(connection)?.values() ?? []) subscription.invalidate()
    this.#connections.delete(connection)
    this.#recent.fill(null)
  }

  #find(connection: number, sid: number | null): Subscription {
    let subscriptions = this.#connections.get(connection)
    if (subscriptions === undefined) this.#connections.set(connection, (subscriptions = new Map()))
    let subscription = subscriptions.get(sid)
    if (subscription === undefined) {
      subscription = new Subscription(connection, sid, this.#isFiltered(connection), this.#stamps)
      subscriptions.set(sid, subscription)
    }
    return subscription
  }
}
