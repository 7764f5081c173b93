import type { Frame } from '../core/frame.ts'
import type { Nanoseconds } from '../core/time.ts'
import type { Message } from '../protocol/messages.ts'
import { Pending } from './pending.ts'

/**
 * What a frame is to a merge. `content` is what the exchange tells everybody and so reaches each recorder; a `snapshot`
 * is as good as content but comes to each at another time; `reply` and `control` are of one connection alone. `repeated`
 * has a `seq` that was used up; what is `undecodable` is no JSON object with a type.
 */
export type Role = 'content' | 'snapshot' | 'reply' | 'control' | 'repeated' | 'undecodable'

/** A frame of one recorder in the window, and its twin: the frame in which the other recorder got the same. */
export interface Item {
  readonly frame: Frame
  readonly message: Message
  readonly line: Line
  readonly role: Role
  /** Receive time as it goes below a feed: it never falls within a recorder. */
  readonly at: Nanoseconds
  /** Counts the frames of the recorder. */
  readonly position: number
  /** Equal for twins; null where a frame can have none. */
  readonly key: string | null
  twin: Item | null
}

/** All frames of a `sid` of a connection; with `sid` null, those of the connection that have none. */
export class Line {
  readonly connection: number
  readonly sid: number | null
  /** Its `seq` may jump, so that a jump tells nothing. */
  readonly mayJump: boolean
  /** What it carries: a channel, or the type of a message of no known channel. */
  channel: string | null = null
  readonly pending = new Pending<Item>()
  /** Numbers of the markets whose books it tells. */
  readonly books = new Set<number>()
  isAlive = true
  /** The highest `seq` that was read, that of the last frame which was dealt with, and the last in the result. */
  read: number | null = null
  last: number | null = null
  written: number | null = null
  /** It is certain between which frames of the base the last one stands, and so the next if it follows. */
  isPlaced = false
  /** A frame of the base's line had a twin: from then on it is known how the two recorders' frames stand to each other. */
  isAligned = false
  /** Some of what the base lacks here, the other recorder lacks too. */
  isTorn = false
  /** The other recorder's line of which a frame was a twin last, and how much lower its `seq` was. */
  partner: Line | null = null
  offset: number | null = null

  constructor(connection: number, sid: number | null, mayJump: boolean) {
    this.connection = connection
    this.sid = sid
    this.mayJump = mayJump
  }

  /** The next frame that has a `seq`; undefined where none is in the window. */
  get next(): Item | undefined {
    for (let n = 0; ; n++) {
      const item = this.pending.at(n)
      if (item === undefined || (item.role !== 'repeated' && item.message.seq !== null)) return item
    }
  }

  /** As far as can be seen nothing is missing between the last frame and the next. */
  get isWhole(): boolean {
    const { next } = this
    return next === undefined || this.follows(next)
  }

  /** Whether a frame follows the last one without a gap. */
  follows({ message: { seq } }: Pick<Item, 'message'>): boolean {
    return this.mayJump || seq === null || this.last === null || seq === this.last + 1
  }
}

/** The first content from the next frame on, if no gap lies before it. */
export function contentAhead(line: Line): Item | undefined {
  let before: number | null = null
  for (let n = 0; ; n++) {
    const item = line.pending.at(n)
    if (item === undefined) return undefined
    const { seq } = item.message
    if (before !== null && seq !== null && seq !== before + 1 && !line.mayJump) return undefined
    if (item.role === 'content') return item
    before = seq ?? before
  }
}

/** The lines of one recorder. */
export class Lines {
  readonly #connections = new Map<number, Map<number | null, Line>>()
  readonly #mayJump: boolean

  constructor(mayJump: boolean) {
    this.#mayJump = mayJump
  }

  of(connection: number, sid: number | null): Line {
    let lines = this.#connections.get(connection)
    if (lines === undefined) this.#connections.set(connection, (lines = new Map()))
    let line = lines.get(sid)
    if (line === undefined) lines.set(sid, (line = new Line(connection, sid, this.#mayJump)))
    return line
  }

  ofConnection(connection: number): Iterable<Line> {
    return this.#connections.get(connection)?.values() ?? []
  }

  *all(): Generator<Line, void, undefined> {
    for (const lines of this.#connections.values()) yield* lines.values()
  }

  /** What comes on it from now on is of other lines. */
  forget(connection: number): void {
    this.#connections.delete(connection)
  }
}
