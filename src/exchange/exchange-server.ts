import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { Clock } from '../core/clock.ts'
import { KwsError } from '../core/errors.ts'
import type { Authenticator } from './authentication.ts'
import { Connection } from './connection.ts'
import { CONTROL_PATH, Control } from './control.ts'
import type { FaultSpec } from './faults/fault-spec.ts'
import { Faults } from './faults/faults.ts'
import type { Permissions } from './parameters.ts'
import type { Playback } from './playback.ts'
import type { HttpAnswer } from './socket-server.ts'
import { createSocketServer, listen } from './socket-server.ts'
import { Stage } from './stage.ts'

export interface ExchangeServerOptions {
  readonly clock: Clock
  readonly host?: string
  /** 0 for any that is free. */
  readonly port?: number
  readonly heartbeatSeconds?: number
  /** A client that leaves more than this unread is cut off. */
  readonly bufferedBytesMax?: number
  readonly permissions?: Partial<Permissions>
  /** Answers every upgrade with this HTTP status, such as 401. */
  readonly refuseUpgrade?: { readonly status: number } | undefined
  /** Who may come in; undefined for anybody. */
  readonly authenticator?: Authenticator | undefined
  /** Further REST requests are answered with 429. */
  readonly restRequestsPerSecond?: number | undefined
  readonly faults?: FaultOptions | undefined
  /** The markets begin to move when so many clients have subscribed to something; 0 for at once. */
  readonly waitForClients?: number
  /** Each connection gets a playback of its own, which begins when it has subscribed to something. */
  readonly perConnection?: boolean
}

interface FaultOptions {
  readonly faults: readonly FaultSpec[]
  readonly seed: number
  /** Takes what was done, and when. */
  readonly log: (entry: object) => void
}

export interface ServerCounters {
  /** Clients connected now. */
  readonly connections: number
  /** Text frames to all clients, replies included. */
  readonly frames: number
}

const PATH = '/trade-api/ws/v2'
const GOING_AWAY = 1001
const CLOSE_GRACE_MS = 1_000
/** Room for a command that names some ten thousands of markets. */
const COMMAND_BYTES_MAX = 4 * 1024 * 1024
const BUFFERED_BYTES_MAX = 16 * 1024 * 1024
const HEARTBEAT_SECONDS = 10
/** A session's limits are those that the exchange publishes (protocol reference, section 8). */
const PERMISSIONS: Permissions = {
  deniedChannels: new Set(),
  marketsPerSubscriptionMax: 500_000,
  commandsPerSecondMax: 10_000
}

/** A WebSocket server that speaks the exchange's protocol, with the REST endpoints beside it. Its markets are a playback's. */
export class ExchangeServer {
  readonly #options: ExchangeServerOptions
  readonly #createPlayback: () => Playback
  readonly #server: Server
  readonly #control: Control
  /** The last is the one that is looked at from outside. */
  readonly #stages: Stage[] = []
  readonly #stopping = new AbortController()
  #faults: Faults | undefined
  #port = 0
  #heart: Promise<void> = Promise.resolve()
  #closing: Promise<void> | undefined
  #accepted = 0
  #framesOfClosed = 0

  private constructor(createPlayback: () => Playback, options: ExchangeServerOptions) {
    this.#options = options
    this.#createPlayback = createPlayback
    this.#control = new Control({
      stages: () => this.#stages,
      counters: () => this.counters,
      inject: spec => this.inject(spec)
    })
    this.#server = createSocketServer({
      path: PATH,
      maxPayloadBytes: COMMAND_BYTES_MAX,
      refusal: request => this.#refusalOf(request),
      accept: (socket, stream) => void this.#serve(socket, stream),
      answer: async request => await this.#answer(request)
    })
    // Without faults, frames go out as bytes and nothing stands in their way.
    if (options.faults !== undefined && options.faults.faults.length > 0) this.#faults = this.#createFaults()
  }

  /** Resolves when the exchange takes connections. */
  static async start(createPlayback: () => Playback, options: ExchangeServerOptions): Promise<ExchangeServer> {
    const { host = '127.0.0.1', port = 0, authenticator, perConnection = false, waitForClients = 0 } = options
    if (!isLoopback(host) && authenticator === undefined) {
      throw new KwsError('usage', `on ${host} anybody could come in: give --require-auth, or stay on 127.0.0.1`)
    }
    const server = new ExchangeServer(createPlayback, options)
    const first = server.#openStage(waitForClients)
    server.#port = await listen(server.#server, host, port)
    // Where each connection has its own, the first is only there to be asked until there is one.
    if (!perConnection) first.start()
    server.#heart = server.#heartbeat()
    return server
  }

  get port(): number {
    return this.#port
  }

  get url(): string {
    return `ws://${this.#options.host ?? '127.0.0.1'}:${this.#port}${PATH}`
  }

  get counters(): ServerCounters {
    let frames = this.#framesOfClosed
    let connections = 0
    for (const connection of this.#connections()) {
      connections++
      frames += connection.framesSent
    }
    return { connections, frames }
  }

  /** What is played, or was begun last. */
  get playback(): Playback {
    return this.#stage.playback
  }

  /** Lets a fault happen, on whatever connections it says. */
  inject(spec: FaultSpec): void {
    if (this.#faults === undefined) {
      this.#faults = this.#createFaults()
      for (const connection of this.#connections()) connection.expose(this.#faults)
    }
    this.#faults.inject(spec)
  }

  /** Closes all connections with code 1001 and resolves when nothing is left open. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  get #stage(): Stage {
    const stage = this.#stages.at(-1)
    if (stage === undefined) throw new RangeError('the server has not started')
    return stage
  }

  #createFaults(): Faults {
    const { clock, faults = { faults: [], seed: 1, log: () => undefined } } = this.#options
    return Faults.create({ ...faults, clock })
  }

  *#connections(): Generator<Connection> {
    for (const { audience } of this.#stages) yield* audience
  }

  #openStage(waitForClients: number): Stage {
    const { clock, restRequestsPerSecond } = this.#options
    const stage = new Stage(this.#createPlayback(), { clock, waitForClients, restRequestsPerSecond })
    this.#stages.push(stage)
    return stage
  }

  #refusalOf({ headers }: IncomingMessage): number | undefined {
    const { refuseUpgrade, authenticator } = this.#options
    if (refuseUpgrade !== undefined) return refuseUpgrade.status
    if (authenticator !== undefined && authenticator.check(headers, PATH) !== 'ok') return 401
    return this.#faults?.refuseUpgrade()
  }

  async #serve(socket: WebSocket, stream: Duplex): Promise<void> {
    if (this.#stopping.signal.aborted) return socket.terminate()
    const { clock, perConnection = false, permissions, bufferedBytesMax = BUFFERED_BYTES_MAX } = this.#options
    const stage = perConnection ? this.#openStage(1) : this.#stage
    const connection = new Connection({
      number: this.#accepted++,
      socket,
      stream,
      source: stage.playback,
      permissions: { ...PERMISSIONS, ...permissions },
      monotonic: () => clock.monotonic(),
      bufferedBytesMax,
      onCommand: () => stage.audience.noteCommand()
    })
    if (this.#faults !== undefined) connection.expose(this.#faults)
    stage.audience.add(connection)
    if (perConnection) stage.start()
    await connection.closed
    stage.audience.delete(connection)
    this.#framesOfClosed += connection.framesSent
    if (!perConnection) return
    await stage.stop()
    this.#stages.splice(this.#stages.indexOf(stage), 1)
  }

  async #answer(request: IncomingMessage): Promise<HttpAnswer | undefined> {
    const url = new URL(request.url ?? '/', 'http://exchange')
    if (url.pathname.startsWith(CONTROL_PATH)) return await this.#control.answer(request, url)
    const { playback, rest } = this.#stage
    if (request.method !== 'GET') return undefined
    return await new Promise(resolve => playback.whenSettled(() => resolve(rest.handle(url))))
  }

  async #heartbeat(): Promise<void> {
    const { clock, heartbeatSeconds = HEARTBEAT_SECONDS } = this.#options
    const { signal } = this.#stopping
    while (!signal.aborted) {
      await clock.sleep(heartbeatSeconds * 1000, signal)
      if (!signal.aborted) for (const connection of this.#connections()) connection.ping('heartbeat')
    }
  }

  async #close(): Promise<void> {
    this.#stopping.abort()
    const stopped = new Promise(resolve => this.#server.close(resolve))
    await this.#heart
    await Promise.all(this.#stages.map(stage => stage.stop()))
    const connections = [...this.#connections()]
    for (const connection of connections) connection.close(GOING_AWAY)
    const closed = Promise.all(connections.map(connection => connection.closed))
    const inTime = new AbortController()
    await Promise.race([closed, this.#options.clock.sleep(CLOSE_GRACE_MS, inTime.signal)])
    inTime.abort()
    for (const connection of connections) connection.terminate()
    await closed
    this.#server.closeAllConnections()
    await stopped
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}
