import { Sequence } from './sequence.ts'

/**
 * A `sid` of a connection, the source of books and tickers. When all it has said becomes doubtful (a gap, its end) a new
 * epoch begins, which makes everything of the epochs before it stale at once: no list of its markets is kept.
 */
export class Subscription {
  readonly connection: number
  readonly sid: number | null
  readonly sequence: Sequence
  #epoch = 0

  constructor(connection: number, sid: number | null, mayJump: boolean) {
    this.connection = connection
    this.sid = sid
    this.sequence = new Sequence(mayJump)
  }

  get epoch(): number {
    return this.#epoch
  }

  invalidate(): void {
    this.#epoch++
  }
}

const RECENT = 16

/** All subscriptions of all connections. None is announced: the first frame of a `sid` makes it known. */
export class Subscriptions {
  readonly #connections = new Map<number, Map<number | null, Subscription>>()
  readonly #isFiltered: (connection: number) => boolean
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
      subscription = new Subscription(connection, sid, this.#isFiltered(connection))
      subscriptions.set(sid, subscription)
    }
    return subscription
  }
}
