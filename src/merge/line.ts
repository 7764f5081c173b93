import type { Frame } from '../core/frame.ts'
import type { Nanoseconds } from '../core/time.ts'
import type { Message } from '../protocol/messages.ts'
import { Pending } from './pending.ts'

/**
 * What a frame is to a merge. `content` is what the exchange tells everybody and so reaches each recorder; a `snapshot`
 * is as good as content but comes to each at another time; `control` is of one connection alone. `repeated` has a `seq`
 * that was used up.
 */
export type Role = 'content' | 'snapshot' | 'control' | 'repeated'

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
  /** Equal for twins. */
  readonly key: string
  /** Of a snapshot, if known: it holds all that was sent by then. */
  readonly askedAt: Nanoseconds | undefined
  twin: Item | null
  /** Its recorder got the same more than once within a window, so that the twin may be another's. */
  isAmbiguous: boolean
  isDone: boolean
  /** Of the other recorder's: the place in a line of the base that is proved to be its own. */
  place: Place | null
}

interface Place {
  readonly line: Line
  readonly seq: number
}

interface LinesOptions {
  /** In the result the recorder's connections are counted from here. */
  readonly firstConnection: number
  /** Of its own: those from here on are the work of a merge. */
  readonly firstWoven: number
  /** Its `seq` may jump. */
  readonly mayJump: boolean
}

/** All frames of a `sid` of a connection; with `sid` null, those of the connection that have none. */
export class Line {
  readonly connection: number
  /** Number of its connection in the result. */
  readonly target: number
  readonly sid: number | null
  /** Its `seq` may jump, so that a jump tells nothing. */
  readonly mayJump: boolean
  /** It was written by a merge, which leaves out what is told elsewhere: that no `seq` is missing tells nothing. */
  readonly isWoven: boolean
  /** What it carries: a channel, or the type of a message of no known channel. */
  channel: string | null = null
  readonly pending = new Pending<Item>()
  /** Markets of which it has told something, by ticker. */
  readonly told = new Set<string>()
  /** Numbers of those whose books it tells. */
  readonly books = new Set<number>()
  /** The highest `seq` that was read, that of the last frame which was dealt with, and the last in the result. */
  read: number | null = null
  last: number | null = null
  written: number | null = null
  /** Receive time of the last that was dealt with. */
  lastAt: Nanoseconds = 0n
  /** Places before its next frame in the result that must stay free: what was there, nobody has. */
  jump = 0
  /** The line of the other recorder that had the last twin which is beyond doubt. */
  partner: Line | null = null
  /** Position of that twin, among the other recorder's frames. */
  anchor = -1
  /** Since that twin no gap has stayed, and nothing for which it may have a place went elsewhere. */
  isIntact = false
  /** Those of the base of which it is the partner. */
  readonly partnerOf = new Set<Line>()
  isPlanned = false
  /** Books that it tells were lost in a gap. */
  hasLost = false
  /** NO prices of its books come on the YES leg. */
  usesYesPrice = false

  /** `isOpened`: its connection's opening was recorded, so that its `seq` begins with 1. */
  constructor(connection: number, sid: number | null, options: LinesOptions, isOpened: boolean) {
    this.connection = connection
    this.target = options.firstConnection + connection
    this.sid = sid
    this.mayJump = options.mayJump
    this.isWoven = connection >= options.firstWoven
    if (isOpened) this.last = this.written = 0
  }

  /** The other recorder's line that stands beside it for certain since the last sure twin: what is missing up to the next can be counted. */
  get beside(): Line | null {
    return this.isIntact && !this.mayJump ? this.partner : null
  }

  /** How many frames are missing before one. */
  missingBefore({ message: { seq }, role }: Item): number {
    if (seq === null || role === 'repeated' || this.last === null || this.mayJump) return 0
    return Math.max(0, seq - this.last - 1)
  }
}

/** Beyond doubt the same: neither recorder got anything equal near it. */
export function isSure(item: Item): boolean {
  return item.role === 'content' && item.twin !== null && !item.isAmbiguous && !item.twin.isAmbiguous
}

/** The lines of one recorder. */
export class Lines {
  readonly #connections = new Map<number, Map<number | null, Line>>()
  readonly #opened = new Set<number>()
  readonly #options: LinesOptions

  constructor(options: LinesOptions) {
    this.#options = options
  }

  of(connection: number, sid: number | null): Line {
    let lines = this.#connections.get(connection)
    if (lines === undefined) this.#connections.set(connection, (lines = new Map()))
    let line = lines.get(sid)
    if (line === undefined) {
      line = new Line(connection, sid, this.#options, this.#opened.has(connection))
      lines.set(sid, line)
    }
    return line
  }

  /** What comes on it from now on is of other lines. */
  open(connection: number): void {
    this.#connections.delete(connection)
    this.#opened.add(connection)
  }
}
