import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { Faults } from './faults/faults.ts'
import { TextLink } from './frame-link.ts'
import type { MarketSource } from './market-source.ts'
import type { Permissions } from './parameters.ts'
import { Session } from './session.ts'
import { SocketLink } from './socket-link.ts'

export interface ConnectionOptions {
  /** Counts the connections of the server from 0. */
  readonly number: number
  readonly socket: WebSocket
  readonly stream: Duplex
  readonly source: MarketSource
  readonly permissions: Permissions
  readonly monotonic: () => bigint
  /** A client that leaves more than this unread is cut off. */
  readonly bufferedBytesMax: number
  /** After every command. */
  readonly onCommand: () => void
}

const POLICY_VIOLATION = 1008

/** A client's WebSocket and its session. */
export class Connection {
  readonly number: number
  readonly session: Session
  /** Resolves when the socket has closed. */
  readonly closed: Promise<void>
  readonly #link: SocketLink
  readonly #bufferedBytesMax: number
  #hasSubscribed = false

  constructor({ socket, stream, source, onCommand, ...options }: ConnectionOptions) {
    this.number = options.number
    this.#link = new SocketLink(socket, stream)
    this.#bufferedBytesMax = options.bufferedBytesMax
    this.session = new Session({ ...options, source, link: this.#link })
    this.closed = new Promise(resolve => socket.once('close', () => resolve()))
    // What a broken client sends ends its own connection: `close` follows every error.
    socket.on('error', () => undefined)
    // A pong tells that all commands before the ping have been answered.
    socket.on('ping', (body: Buffer) => source.whenSettled(() => this.session.link.pong(body)))
    socket.on('message', (data: Buffer, isBinary) => {
      if (this.dropIfSlow()) return
      // The exchange speaks text only: binary data are no command and read like an empty one.
      const text = isBinary ? '' : data.toString()
      source.whenSettled(() => {
        this.#receive(text)
        onCommand()
      })
    })
  }

  get framesSent(): number {
    return this.#link.framesSent
  }

  get bufferedBytes(): number {
    return this.#link.bufferedBytes
  }

  /** Whether it has ever subscribed to anything. */
  get hasSubscribed(): boolean {
    return this.#hasSubscribed
  }

  /** Lets faults stand between the session and the socket from now on. */
  expose(faults: Faults): void {
    this.session.link = new TextLink(faults.wrap(this.#link, this.number, this.session, this.closed))
  }

  /** Until `flush`, frames gather, so that a burst leaves in few writes. */
  hold(): void {
    this.#link.hold()
  }

  flush(): void {
    this.#link.flush()
  }

  /** What must be waited for before more is sent; undefined where the client keeps up. */
  drained(signal: AbortSignal): Promise<void> | undefined {
    return this.#link.drained(signal)
  }

  ping(body: string): void {
    this.session.link.ping(body)
  }

  /**
   * Cuts a client off that has left too much unread, as the exchange does; true if it did. If it reads on at once, it
   * finds the reason behind what it has missed.
   */
  dropIfSlow(): boolean {
    if (this.#link.bufferedBytes <= this.#bufferedBytesMax) return false
    this.session.fail(25)
    this.#link.close(POLICY_VIOLATION)
    return true
  }

  close(code: number): void {
    this.session.link.close(code)
  }

  terminate(): void {
    this.#link.terminate()
  }

  #receive(text: string): void {
    this.#link.hold()
    this.session.receive(text)
    this.#link.flush()
    this.#hasSubscribed ||= [...this.session.subscriptions].length > 0
  }
}
