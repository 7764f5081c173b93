import type { Nanoseconds } from '../core/time.ts'
import { ConnectionTimes } from './connection-times.ts'

/**
 * A market's book, in the tracker. `good` since its last snapshot; `lost` since the last good frame; `given_up` since
 * the recorder closed the connection, which loses nothing unless it comes back; `absent` where nobody asks for it.
 */
export interface WatchedBook {
  readonly ticker: string
  readonly number: number
  state: 'absent' | 'good' | 'lost' | 'given_up'
  since: Nanoseconds
  /** Number of the frame with its last snapshot. */
  snapshotFrame: number
  source: Source | null
  /** Since the last snapshot it was told that there are changes without a snapshot, or of another `sid`. */
  isOrphanTold: boolean
  isForeignTold: boolean
}

/** A `sid` of a connection, and the books whose last snapshot it gave. */
export class Source {
  readonly connection: ConnectionTimes
  readonly books = new Set<WatchedBook>()
  /** Receive time of its last good frame. */
  lastFrameAt: Nanoseconds
  /** A frame with a `seq` has come. */
  isCounted = false
  /** None of its books is good. */
  isLost = false

  constructor(connection: ConnectionTimes, time: Nanoseconds) {
    this.connection = connection
    this.lastFrameAt = time
  }
}

/** All connections, and what is subscribed to on them. */
export class Sources {
  readonly #connections = new Map<number, ConnectionTimes>()
  readonly #sources = new Map<number, Map<number | null, Source>>()

  connections(): Iterable<readonly [number, ConnectionTimes]> {
    return this.#connections
  }

  connection(number: number): ConnectionTimes {
    let connection = this.#connections.get(number)
    if (connection === undefined) this.#connections.set(number, (connection = new ConnectionTimes()))
    return connection
  }

  find(connection: number, sid: number | null): Source | undefined {
    return this.#sources.get(connection)?.get(sid)
  }

  /** Made known now, at the time of its first frame, if it is new. */
  of(connection: number, sid: number | null, time: Nanoseconds): Source {
    let sources = this.#sources.get(connection)
    if (sources === undefined) this.#sources.set(connection, (sources = new Map()))
    let source = sources.get(sid)
    if (source === undefined) sources.set(sid, (source = new Source(this.connection(connection), time)))
    return source
  }

  /** All of a connection. */
  allOf(connection: number): Iterable<Source> {
    return this.#sources.get(connection)?.values() ?? []
  }

  all(): Iterable<Source> {
    return [...this.#sources.values()].flatMap(sources => [...sources.values()])
  }

  /** Its `sid`s will mean nothing more. */
  forget(connection: number): void {
    this.#sources.delete(connection)
  }
}
