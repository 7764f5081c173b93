import type { ClientRequest, IncomingMessage } from 'node:http'
import { WebSocket } from 'ws'
import type { Clock } from '../core/clock.ts'
import { KwsError, reasonOf } from '../core/errors.ts'
import type { Direction, Feed, FrameBatch, FrameKind } from '../core/frame.ts'
import { FrameBatchBuilder } from '../core/frame-batch-builder.ts'
import type { SubscribeCommand } from '../protocol/commands.ts'
import { connectError, refusedUpgrade } from './connect-error.ts'

export interface LiveFeedOptions {
  /** Such as `wss://external-api-ws.kalshi.com/trade-api/ws/v2`. */
  readonly url: string
  readonly clock: Clock
  /** Headers of the upgrade, asked for once per connection since a signature is valid for a moment only. */
  readonly headers?: () => Readonly<Record<string, string>>
  /** Sent in this order as soon as the socket is open; ids are assigned here. */
  readonly subscriptions: readonly SubscribeCommand['params'][]
  readonly connectSecondsMax?: number
}

/** Deep snapshots and long lists of markets (protocol reference, section 3). */
const PAYLOAD_BYTES_MAX = 64 * 1024 * 1024
/** In silence an empty batch is handed on this often, so that what waits for time to pass sees it pass. */
const TICK_MILLISECONDS = 200
const CLOSE_MILLISECONDS_MAX = 1_000
const CLOSE_NORMAL = 1000

/**
 * Frames of one live connection, in the order in which they crossed the wire, both directions. The socket's callbacks
 * only stamp and queue; whoever iterates gets all that has arrived since the last batch.
 */
export class LiveFeed implements Feed {
  readonly #socket: WebSocket
  readonly #clock: Clock
  #filling = new FrameBatchBuilder()
  #draining = new FrameBatchBuilder()
  #wake: () => void = () => {}
  #stopping = false
  #ended = false
  #failure: KwsError | undefined

  private constructor(socket: WebSocket, options: LiveFeedOptions) {
    this.#socket = socket
    this.#clock = options.clock
    // Here and not where `connect` waits: frames that came with the upgrade's answer are handed out before a promise resumes.
    socket.on('open', () => this.#begin(options))
    socket.on('message', (data: Buffer, isBinary) => this.#queue(isBinary ? 'binary' : 'text', 'received', data))
    socket.on('ping', data => this.#answer(data))
    socket.on('pong', data => this.#queue('pong', 'received', data))
    socket.on('error', error => this.#queueEvent('error', { reason: reasonOf(error) }))
    socket.on('close', (code, reason) => this.#end(code, reason.toString()))
  }

  /**
   * Connects and subscribes. Throws a `KwsError` that says what to check when the host cannot be reached or refuses
   * the upgrade.
   */
  static async connect(options: LiveFeedOptions): Promise<LiveFeed> {
    // permessage-deflate costs fifty times the CPU of a plain frame and ws offers it unless told not to. Pings are
    // answered here, so that the pong is recorded.
    const socket = new WebSocket(options.url, {
      headers: { ...options.headers?.() },
      handshakeTimeout: (options.connectSecondsMax ?? 10) * 1000,
      perMessageDeflate: false,
      maxPayload: PAYLOAD_BYTES_MAX,
      autoPong: false
    })
    const feed = new LiveFeed(socket, options)
    await opened(socket, options.url)
    return feed
  }

  /** Frames that have arrived and wait to be taken. */
  get queued(): number {
    return this.#filling.length
  }

  isFiltered(): boolean {
    return false
  }

  /** Closes the connection in order. What still arrives is handed on, then the iteration ends. */
  stop(): void {
    if (this.#stopping || this.#ended) return
    this.#stopping = true
    const closed = new AbortController()
    this.#socket.once('close', () => closed.abort())
    this.#socket.close(CLOSE_NORMAL)
    void this.#clock.sleep(CLOSE_MILLISECONDS_MAX, closed.signal).then(() => this.#socket.terminate())
  }

  /** Drops the connection, where it is still open. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.terminate()
  }

  /** Ends when the connection is closed; throws then, after the last frame, unless `stop` asked for it. */
  async *[Symbol.asyncIterator](): AsyncGenerator<FrameBatch, void, undefined> {
    const silence = new AbortController()
    const ticking = this.#tick(silence.signal)
    try {
      while (!this.#ended || this.#filling.length > 0) {
        if (this.#filling.length === 0) await this.#arrival()
        yield this.#swap()
      }
      if (this.#failure !== undefined) throw this.#failure
    } finally {
      this.#socket.terminate()
      silence.abort()
      await ticking
    }
  }

  #swap(): FrameBatch {
    const full = this.#filling
    this.#filling = this.#draining
    this.#filling.clear()
    this.#draining = full
    return full.batch()
  }

  async #arrival(): Promise<void> {
    await new Promise<void>(resolve => {
      this.#wake = resolve
    })
  }

  async #tick(silence: AbortSignal): Promise<void> {
    while (!silence.aborted) {
      await this.#clock.sleep(TICK_MILLISECONDS, silence)
      this.#wake()
    }
  }

  #begin({ url, subscriptions }: LiveFeedOptions): void {
    this.#queueEvent('open', { url })
    for (const [index, params] of subscriptions.entries()) this.#send({ id: index + 1, cmd: 'subscribe', params })
  }

  #queue(kind: FrameKind, direction: Direction, payload: Uint8Array): void {
    // There is one connection in a feed's life.
    this.#filling.append(this.#clock.wall(), this.#clock.monotonic(), 0, kind, direction, payload)
    this.#wake()
  }

  #queueEvent(kind: FrameKind, event: object): void {
    this.#queue(kind, 'received', Buffer.from(JSON.stringify(event)))
  }

  #send(command: object): void {
    const text = Buffer.from(JSON.stringify(command))
    this.#socket.send(text, { binary: false })
    this.#queue('text', 'sent', text)
  }

  #answer(data: Buffer): void {
    this.#queue('ping', 'received', data)
    this.#socket.pong(data)
    this.#queue('pong', 'sent', data)
  }

  #end(code: number, reason: string): void {
    this.#queueEvent('close', { code, reason })
    this.#ended = true
    if (this.#stopping) return
    const said = reason === '' ? '' : ` (${reason})`
    this.#failure = new KwsError('connection', `connection to ${this.#socket.url} was closed with code ${code}${said}`)
  }
}

async function opened(socket: WebSocket, url: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', error => reject(connectError(url, error)))
    socket.once('unexpected-response', (request: ClientRequest, response: IncomingMessage) => {
      reject(refusedUpgrade(url, response.statusCode ?? 0))
      request.destroy()
    })
  })
}
