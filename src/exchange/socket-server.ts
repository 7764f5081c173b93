import { once } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { WebSocketServer } from 'ws'
import { KwsError, reasonOf } from '../core/errors.ts'

export interface HttpAnswer {
  readonly status: number
  /** JSON. */
  readonly body: string
}

export interface SocketServerOptions {
  /** The only path that can be upgraded; all else is 404. */
  readonly path: string
  readonly maxPayloadBytes: number
  /** The HTTP status that refuses an upgrade on the path; undefined lets it through. */
  readonly refusal: (request: IncomingMessage) => number | undefined
  readonly accept: (socket: WebSocket, stream: Duplex) => void
  /** Undefined for what is not there: 404. */
  readonly answer: (request: IncomingMessage) => Promise<HttpAnswer | undefined>
}

/** Who does not answer a close for so long is not waited for: it may not be reading at all. */
const CLOSE_TIMEOUT_MS = 2_000

/** An HTTP server, not listening yet, that turns connections on one path into WebSockets. */
export function createSocketServer(options: SocketServerOptions): Server {
  const { path, maxPayloadBytes, refusal, accept } = options
  const settings = {
    noServer: true,
    perMessageDeflate: false,
    maxPayload: maxPayloadBytes,
    // Pongs go the way of all frames.
    autoPong: false,
    // Newer than the types of `ws`.
    closeTimeout: CLOSE_TIMEOUT_MS
  }
  const sockets = new WebSocketServer(settings)
  const server = createServer((request, response) => void respond(request, response, options.answer))
  server.on('upgrade', (request, stream, head) => {
    const status = request.url?.split('?')[0] === path ? refusal(request) : 404
    if (status === undefined) sockets.handleUpgrade(request, stream, head, socket => accept(socket, stream))
    else refuse(stream, status)
  })
  return server
}

const NOT_FOUND: HttpAnswer = { status: 404, body: '{"error":{"code":"not_found","message":"not found"}}' }

/** Resolves when the server listens, with its port. */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    const message = `cannot listen on ${host}:${port} (${reasonOf(error)}): choose another port or host`
    throw new KwsError('connection', message, { cause: error })
  }
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answer: SocketServerOptions['answer']
): Promise<void> {
  const { status, body } = (await answer(request)) ?? NOT_FOUND
  response.writeHead(status, { 'content-type': 'application/json' }).end(body)
}

function refuse(stream: Duplex, status: number): void {
  // A client that is gone already need not be told.
  stream.on('error', () => undefined)
  const response = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`
  stream.end(response, () => stream.destroy())
}
