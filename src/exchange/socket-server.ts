import { once } from 'node:events'
import type { Server } from 'node:http'
import { createServer, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { WebSocketServer } from 'ws'
import { KwsError, reasonOf } from '../core/errors.ts'

export interface SocketServerOptions {
  /** The only path that can be upgraded; all else is 404. */
  readonly path: string
  readonly maxPayloadBytes: number
  /** The HTTP status that refuses an upgrade on the path; undefined lets it through. */
  readonly refusal: number | undefined
  readonly accept: (socket: WebSocket, stream: Duplex) => void
}

/** An HTTP server, not listening yet, that turns connections on one path into WebSockets. */
export function createSocketServer({ path, maxPayloadBytes, refusal, accept }: SocketServerOptions): Server {
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: maxPayloadBytes })
  const server = createServer((_, response) => response.writeHead(404).end())
  server.on('upgrade', (request, stream, head) => {
    const status = request.url?.split('?')[0] === path ? refusal : 404
    if (status === undefined) sockets.handleUpgrade(request, stream, head, socket => accept(socket, stream))
    else refuse(stream, status)
  })
  return server
}

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

function refuse(stream: Duplex, status: number): void {
  // A client that is gone already need not be told.
  stream.on('error', () => undefined)
  const response = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`
  stream.end(response, () => stream.destroy())
}
