import type { ClientRequest, IncomingMessage } from 'node:http'
import { WebSocket } from 'ws'
import { reasonOf } from '../core/errors.ts'
import type { Direction, FrameKind } from '../core/frame.ts'
import type { ConnectFailure } from './connect-failure.ts'
import { refusedUpgrade, retryAfterSeconds, unreachable } from './connect-failure.ts'

export interface LiveSocketOptions {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly deflate: boolean
  readonly connectSecondsMax: number
}

/** What a socket tells. Nothing but `failed` comes from one that was never open. */
export interface SocketListener {
  opened(): void
  failed(failure: ConnectFailure): void
  /** Bytes have come; the frames in them follow at once. */
  arrived(): void
  frame(kind: FrameKind, direction: Direction, payload: Uint8Array): void
  closed(code: number, reason: string): void
}

/** Deep snapshots and long lists of markets (protocol reference, section 3). */
const PAYLOAD_BYTES_MAX = 64 * 1024 * 1024
const CLOSE_NORMAL = 1000

/** One WebSocket from its first packet to its last. Its callbacks do nothing but pass on. */
export class LiveSocket {
  readonly #socket: WebSocket
  readonly #listener: SocketListener
  #wasOpen = false

  constructor({ url, headers, deflate, connectSecondsMax }: LiveSocketOptions, listener: SocketListener) {
    this.#listener = listener
    // permessage-deflate costs fifty times the CPU of a plain frame and ws offers it unless told not to. Pings are
    // answered here, so that the pong is recorded. A text that is not UTF-8 is recorded too, and no reason to close.
    const socket = new WebSocket(url, {
      headers: { ...headers },
      handshakeTimeout: connectSecondsMax * 1000,
      perMessageDeflate: deflate,
      maxPayload: PAYLOAD_BYTES_MAX,
      autoPong: false,
      skipUTF8Validation: true
    })
    this.#socket = socket
    socket.on('upgrade', ({ socket: bytes }) => bytes.prependListener('data', () => listener.arrived()))
    socket.on('open', () => this.#opened())
    socket.on('message', (data: Buffer, isBinary) => listener.frame(isBinary ? 'binary' : 'text', 'received', data))
    socket.on('ping', data => this.#answer(data))
    socket.on('pong', data => listener.frame('pong', 'received', data))
    socket.on('unexpected-response', (request: ClientRequest, response: IncomingMessage) => {
      const { statusCode = 0, headers } = response
      listener.failed(refusedUpgrade(url, statusCode, retryAfterSeconds(headers['retry-after'])))
      request.destroy()
    })
    socket.on('error', error => {
      if (this.#wasOpen) this.tell('error', { reason: reasonOf(error) })
      else listener.failed(unreachable(url, error))
    })
    socket.on('close', (code, reason) => {
      if (this.#wasOpen) listener.closed(code, reason.toString())
    })
  }

  /** Hands on an event of the connection as a frame. */
  tell(kind: 'open' | 'close' | 'error', event: object): void {
    this.#listener.frame(kind, 'received', Buffer.from(JSON.stringify(event)))
  }

  send(command: object): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return
    const text = Buffer.from(JSON.stringify(command))
    this.#socket.send(text, { binary: false })
    this.#listener.frame('text', 'sent', text)
  }

  pause(): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.pause()
  }

  resume(): void {
    if (this.#socket.isPaused) this.#socket.resume()
  }

  close(): void {
    this.#socket.close(CLOSE_NORMAL)
  }

  terminate(): void {
    // One that is paused would never notice its end.
    this.resume()
    this.#socket.terminate()
  }

  #opened(): void {
    this.#wasOpen = true
    this.tell('open', { url: this.#socket.url })
    this.#listener.opened()
  }

  #answer(data: Buffer): void {
    this.#listener.frame('ping', 'received', data)
    if (this.#socket.readyState !== WebSocket.OPEN) return
    this.#socket.pong(data)
    this.#listener.frame('pong', 'sent', data)
  }
}
