import { createServer } from 'node:http'
import { reasonOf } from '../core/errors.ts'
import { listen } from '../exchange/socket-server.ts'
import type { MetricsStatus } from './metrics-text.ts'
import { metricsText } from './metrics-text.ts'

export interface MetricsServerOptions {
  /** 0 for any that is free. */
  readonly port: number
  /** Default: this machine alone, since nobody is asked who he is. */
  readonly host?: string
  readonly status: () => MetricsStatus
}

export interface MetricsServer extends AsyncDisposable {
  readonly port: number
  /** Ends all connections, also those that a client keeps open for its next question. */
  close(): Promise<void>
}

/** The exchange pings every 10 s (protocol reference, section 3). */
const SILENCE_SECONDS_MAX = 30

/** Answers `/metrics` and `/health`. Throws a `KwsError` where the port is in use. */
export async function startMetricsServer({
  port,
  host = '127.0.0.1',
  status
}: MetricsServerOptions): Promise<MetricsServer> {
  const server = createServer(({ method, url }, response) => {
    const { code, type, body } = answerTo(method, url?.split('?')[0], status)
    response.writeHead(code, { 'content-type': type, 'cache-control': 'no-store' }).end(body)
  })
  const bound = await listen(server, host, port)
  const close = async () => {
    const closed = new Promise(resolve => server.close(resolve))
    server.closeAllConnections()
    await closed
  }
  return { port: bound, close, [Symbol.asyncDispose]: close }
}

interface Answer {
  readonly code: number
  readonly type: string
  readonly body: string
}

/** Whatever is wrong with the status, those who only look must not end what they look at. */
function answerTo(method: string | undefined, path: string | undefined, status: () => MetricsStatus): Answer {
  if (path !== '/metrics' && path !== '/health') return plain(404, 'there is /metrics and /health\n')
  if (method !== 'GET' && method !== 'HEAD') return plain(405, 'only GET\n')
  try {
    return path === '/health' ? health(status()) : metrics(status())
  } catch (error) {
    return plain(500, `${reasonOf(error)}\n`)
  }
}

function metrics(status: MetricsStatus): Answer {
  return { code: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body: metricsText(status) }
}

function health({ lastFrameAgeSeconds, connectionsOpen, frames }: MetricsStatus): Answer {
  const isOk = lastFrameAgeSeconds <= SILENCE_SECONDS_MAX
  const body = { status: isOk ? 'ok' : 'silent', lastFrameAgeSeconds, connectionsOpen, frames }
  return { code: isOk ? 200 : 503, type: 'application/json', body: `${JSON.stringify(body)}\n` }
}

function plain(code: number, body: string): Answer {
  return { code, type: 'text/plain; charset=utf-8', body }
}
