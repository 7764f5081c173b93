import type { Clock } from '../core/clock.ts'
import { KwsError } from '../core/errors.ts'
import type { Direction, FrameKind } from '../core/frame.ts'
import type { Nanoseconds } from '../core/time.ts'
import type { Command } from '../protocol/commands.ts'
import { backoff } from './backoff.ts'
import type { ConnectFailure } from './connect-failure.ts'
import type { LiveEvent } from './live-event.ts'
import { LiveSocket } from './live-socket.ts'
import { Occurrence } from './occurrence.ts'

export interface LastingConnectionOptions {
  readonly url: string
  readonly clock: Clock
  readonly headers: () => Readonly<Record<string, string>>
  readonly deflate: boolean
  readonly connectSecondsMax: number
  /** A socket on which nothing comes for so long, not even a ping, is dead. */
  readonly silenceSecondsMax: number
  /** Attempts in a row; 0 for never again. */
  readonly reconnectsMax: number
  readonly random?: (() => number) | undefined
}

/** A connection that is open. */
export interface Link {
  readonly connection: number
  /** Which of the connections that a feed holds at once. */
  readonly slot: number
  send(command: Command): void
  /** Gives the connection up, for a new one. */
  drop(reason: string): void
}

/** What a lasting connection needs of its feed, and tells it. */
export interface ConnectionHost {
  nextConnection(): number
  /** Bytes have come to one of its sockets; the frames in them are appended at once. */
  arrived(): void
  /** Stamps and queues; returns the monotonic time of the stamp. */
  append(connection: number, kind: FrameKind, direction: Direction, payload: Uint8Array): Nanoseconds
  opened(link: Link): void
  closed(link: Link): void
  event(event: LiveEvent): void
}

/** After so long a connection counts as good, and the next attempts begin from the shortest wait again. */
const STABLE: Nanoseconds = 60_000_000_000n
const CLOSE_MILLISECONDS_MAX = 1_000

/** One of a feed's connections: when it is lost, the next one takes its place, until it is stopped. */
export class LastingConnection {
  readonly #slot: number
  readonly #options: LastingConnectionOptions
  readonly #host: ConnectionHost
  readonly #stopping = new AbortController()
  #socket: LiveSocket | undefined
  #isOpen = false
  #isPaused = false
  /** Ends the wait for a close to be answered. */
  readonly #closeAnswered = new AbortController()
  #heardAt: Nanoseconds = 0n
  #wasEverOpen = false
  readonly #firstOpening = new Occurrence()
  /** When and why the last connection ended. */
  #lost: { readonly at: Nanoseconds; readonly reason: string } | undefined
  #dropReason: string | undefined

  constructor(slot: number, options: LastingConnectionOptions, host: ConnectionHost) {
    this.#slot = slot
    this.#options = options
    this.#host = host
  }

  /** Resolves at the first opening. */
  get opened(): Promise<void> {
    return this.#firstOpening.promise
  }

  get wasEverOpen(): boolean {
    return this.#wasEverOpen
  }

  /** Resolves when it has been stopped; throws a `KwsError` when it has given up. */
  async keep(): Promise<void> {
    const { clock, random, reconnectsMax } = this.#options
    let attempts = 0
    let connection = this.#host.nextConnection()
    while (!this.#stopping.signal.aborted) {
      const outcome = await this.#connect(connection, attempts)
      if (this.#stopping.signal.aborted) return
      if (outcome.type === 'failed') this.#noteFailure(connection, outcome)
      else {
        if (clock.monotonic() - outcome.openedAt >= STABLE) attempts = 0
        connection = this.#host.nextConnection()
      }
      if (attempts >= reconnectsMax) throw outcome.error
      const delay = outcome.leastSeconds * 1000 + backoff(attempts, random)
      attempts++
      if (outcome.type === 'failed') {
        const reason = outcome.error.message
        this.#host.event({ type: 'connect_failed', connection, reason, attempt: attempts, delay: delay / 1000 })
      }
      await clock.sleep(delay, this.#stopping.signal)
    }
  }

  /** Closes in order; what still arrives is handed on. */
  stop(): void {
    if (this.#stopping.signal.aborted) return
    this.#stopping.abort()
    const socket = this.#socket
    if (socket === undefined) return
    if (!this.#isOpen) {
      socket.terminate()
      return
    }
    socket.resume()
    socket.close()
    void this.#terminateLate(socket)
  }

  dispose(): void {
    this.#stopping.abort()
    this.#socket?.terminate()
  }

  pause(): void {
    this.#isPaused = true
    this.#socket?.pause()
  }

  resume(): void {
    this.#isPaused = false
    this.#heardAt = this.#options.clock.monotonic()
    this.#socket?.resume()
  }

  /**
   * Ends a socket that has been silent for too long. `blocked` is for how long this process has not looked at its
   * sockets: what has come meanwhile is still to be seen.
   */
  checkSilence(now: Nanoseconds, blocked: Nanoseconds): void {
    // Something may have been heard since the process woke up.
    if (blocked > 0n) this.#heardAt = earlier(this.#heardAt + blocked, now)
    if (!this.#isOpen || this.#isPaused || this.#stopping.signal.aborted) return
    const { silenceSecondsMax } = this.#options
    if (Number(now - this.#heardAt) > silenceSecondsMax * 1e9) {
      this.#drop(`no frame came for ${silenceSecondsMax} s`)
    }
  }

  async #connect(connection: number, attempts: number): Promise<Outcome> {
    const { url, headers, deflate, connectSecondsMax, clock } = this.#options
    let socket: LiveSocket | undefined
    // What is still said of this connection when it is over must not reach the next.
    const link: Link = {
      connection,
      slot: this.#slot,
      send: command => socket?.send(command),
      drop: reason => {
        if (socket === this.#socket) this.#drop(reason)
      }
    }
    let openedAt: Nanoseconds = 0n
    return await new Promise<Outcome>(resolve => {
      socket = this.#socket = new LiveSocket(
        { url, headers: headers(), deflate, connectSecondsMax },
        {
          opened: () => {
            openedAt = clock.monotonic()
            this.#opened(link, attempts)
          },
          failed: failure => resolve({ type: 'failed', ...failure }),
          arrived: () => this.#host.arrived(),
          frame: (kind, direction, payload) => {
            const time = this.#host.append(connection, kind, direction, payload)
            if (direction === 'received' && kind !== 'error') this.#heardAt = time
          },
          closed: (code, reason) => {
            const said = reason === '' ? '' : ` (${reason})`
            const error = new KwsError('connection', `connection to ${url} was closed with code ${code}${said}`)
            this.#closed(link, code, reason)
            resolve({ type: 'closed', openedAt, error, leastSeconds: 0 })
          }
        }
      )
    })
  }

  #opened(link: Link, attempts: number): void {
    this.#isOpen = true
    this.#wasEverOpen = true
    if (this.#isPaused) this.#socket?.pause()
    this.#host.event({ type: 'connected', connection: link.connection, url: this.#options.url })
    if (this.#lost !== undefined) {
      const down = Number(this.#options.clock.monotonic() - this.#lost.at) / 1e9
      const { reason } = this.#lost
      this.#host.event({ type: 'reconnect', connection: link.connection, down, attempts, reason })
    }
    this.#host.opened(link)
    this.#firstOpening.resolve()
  }

  #closed(link: Link, code: number, reason: string): void {
    this.#isOpen = false
    if (this.#stopping.signal.aborted) this.#closeAnswered.abort()
    this.#tell(link.connection, 'close', { code, reason })
    this.#host.closed(link)
    // From the last frame on, since nobody knows when a silent connection died.
    this.#lost = { at: this.#heardAt, reason: this.#dropReason ?? `closed with code ${code}` }
    this.#dropReason = undefined
    if (this.#stopping.signal.aborted) return
    this.#host.event({ type: 'disconnected', connection: link.connection, reason: this.#lost.reason })
  }

  #drop(reason: string): void {
    if (!this.#isOpen) return
    this.#dropReason ??= reason
    this.#socket?.tell('error', { reason })
    this.#socket?.terminate()
  }

  async #terminateLate(socket: LiveSocket): Promise<void> {
    await this.#options.clock.sleep(CLOSE_MILLISECONDS_MAX, this.#closeAnswered.signal)
    if (this.#isOpen) socket.terminate()
  }

  #noteFailure(connection: number, { error, isFatalAtFirst }: ConnectFailure): void {
    this.#tell(connection, 'error', { reason: error.message })
    if (isFatalAtFirst && !this.#wasEverOpen) throw error
  }

  #tell(connection: number, kind: 'close' | 'error', event: object): void {
    this.#host.append(connection, kind, 'received', Buffer.from(JSON.stringify(event)))
  }
}

function earlier(a: Nanoseconds, b: Nanoseconds): Nanoseconds {
  return a < b ? a : b
}

type Outcome =
  | ({ readonly type: 'failed' } & ConnectFailure)
  | { readonly type: 'closed'; readonly openedAt: Nanoseconds; readonly error: KwsError; readonly leastSeconds: 0 }
