import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { Venue } from './session.ts'
import { Session } from './session.ts'

/** A client's WebSocket and its session. */
export class Connection {
  readonly session: Session
  /** Resolves when the socket has closed. */
  readonly closed: Promise<void>
  readonly #socket: WebSocket
  readonly #stream: Duplex
  readonly #bufferedBytesMax: number
  #framesSent = 0

  constructor(socket: WebSocket, stream: Duplex, venue: Venue, bufferedBytesMax: number) {
    this.#socket = socket
    this.#stream = stream
    this.#bufferedBytesMax = bufferedBytesMax
    this.session = new Session(venue, frame => this.#send(frame))
    this.closed = new Promise(resolve => socket.once('close', () => resolve()))
    // What a broken client sends ends its own connection: `close` follows every error.
    socket.on('error', () => undefined)
    socket.on('message', (data: Buffer, isBinary) => {
      if (this.dropIfSlow()) return
      // The exchange speaks text only: binary data are no command and read like an empty one.
      this.session.receive(isBinary ? '' : data.toString())
    })
  }

  get framesSent(): number {
    return this.#framesSent
  }

  /** Until `flush`, frames gather, so that a burst leaves in few writes. */
  hold(): void {
    this.#stream.cork()
  }

  flush(): void {
    this.#stream.uncork()
  }

  ping(body: string): void {
    if (this.#isOpen()) this.#socket.ping(body)
  }

  /** Cuts a client off that has left too much unread, as the exchange does; true if it did. */
  dropIfSlow(): boolean {
    if (this.#socket.bufferedAmount <= this.#bufferedBytesMax) return false
    this.session.overflow()
    this.#socket.terminate()
    return true
  }

  close(code: number): void {
    this.#socket.close(code)
  }

  terminate(): void {
    this.#socket.terminate()
  }

  #send(frame: string): void {
    if (!this.#isOpen()) return
    this.#framesSent++
    this.#socket.send(frame)
  }

  #isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN
  }
}
