import { once } from 'node:events'
import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { onTestFinished } from 'vitest'
import type { WebSocket } from 'ws'
import { WebSocketServer } from 'ws'
import type { Clock } from '../../src/core/clock.ts'
import { systemClock } from '../../src/core/clock.ts'
import type { Frame } from '../../src/core/frame.ts'
import { framesOf } from '../../src/core/frame.ts'
import type { LiveEvent } from '../../src/live/live-event.ts'
import type { LiveFeedOptions } from '../../src/live/live-feed.ts'
import { LiveFeed } from '../../src/live/live-feed.ts'
import { Pipeline } from '../../src/pipeline.ts'

/**
 * What becomes of an upgrade: a socket, at once or when the test says so, an HTTP status with headers, a TCP connection
 * that is cut, or nothing at all.
 */
export type Reception = 'accept' | 'hold' | 'cut' | 'ignore' | { readonly status: number; readonly headers?: string }

/** A server that receives one upgrade after the other as it is told, the last way for ever. */
export class LoopbackServer {
  readonly url: string
  /** Of all upgrades so far. */
  readonly headers: IncomingHttpHeaders[] = []
  readonly sockets: WebSocket[] = []
  /** Accepts an upgrade that is being held. */
  readonly held: (() => void)[] = []
  readonly #server: Server

  private constructor(server: Server, receptions: readonly Reception[], onSocket: (socket: WebSocket) => void) {
    this.#server = server
    const sockets = new WebSocketServer({ noServer: true })
    this.url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/trade-api/ws/v2`
    server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
      const reception = receptions[Math.min(this.headers.length, receptions.length - 1)] ?? 'accept'
      this.headers.push(request.headers)
      stream.on('error', () => {})
      onTestFinished(() => void stream.destroy())
      const accept = () => {
        sockets.handleUpgrade(request, stream, head, socket => {
          this.sockets.push(socket)
          onSocket(socket)
        })
      }
      if (reception === 'accept') accept()
      else if (reception === 'hold') this.held.push(accept)
      else if (reception === 'cut') stream.destroy()
      else if (reception !== 'ignore') {
        stream.end(`HTTP/1.1 ${reception.status} No\r\n${reception.headers ?? ''}Content-Length: 0\r\n\r\n`)
      }
    })
  }

  static async start(
    receptions: readonly Reception[] = ['accept'],
    onSocket: (socket: WebSocket) => void = () => {}
  ): Promise<LoopbackServer> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    return new LoopbackServer(server, receptions, onSocket)
  }

  socket(index: number): WebSocket {
    const socket = this.sockets[index]
    if (socket === undefined) throw new RangeError(`there is no socket ${index}`)
    return socket
  }

  /** Refuses further TCP connections. */
  shut(): void {
    this.#server.close()
  }
}

/** Answers each subscribe command with a sid, as the exchange does. */
export function acknowledge(socket: WebSocket): void {
  let sid = 0
  socket.on('message', (data: Buffer) => {
    const { id, cmd, params } = JSON.parse(data.toString()) as { id: number; cmd: string; params: Params }
    if (cmd !== 'subscribe') return
    for (const channel of params.channels ?? []) {
      sid++
      socket.send(JSON.stringify({ type: 'subscribed', id, msg: { channel, sid } }))
    }
  })
}

interface Params {
  readonly channels?: readonly string[]
}

/** The machine's clock, on which nobody sleeps for longer than a moment. */
export class HurriedClock implements Clock {
  /** In milliseconds, those longer than a moment. */
  readonly sleeps: number[] = []
  /** Those that are not over. */
  pending = 0
  readonly #clock = systemClock()
  readonly #moment: number

  constructor(moment = Infinity) {
    this.#moment = moment
  }

  wall(): bigint {
    return this.#clock.wall()
  }

  monotonic(): bigint {
    return this.#clock.monotonic()
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    if (milliseconds > this.#moment) this.sleeps.push(milliseconds)
    this.pending++
    await this.#clock.sleep(Math.min(milliseconds, this.#moment), signal)
    this.pending--
  }
}

/** A feed with whoever takes its frames and shows it what they say. */
export interface FollowedFeed {
  readonly feed: LiveFeed
  readonly frames: readonly Frame[]
  readonly events: readonly LiveEvent[]
  /** Resolves at the end of the feed. */
  readonly ended: Promise<void>
}

export async function follow(
  options: Partial<LiveFeedOptions> & Pick<LiveFeedOptions, 'url'>,
  onFrame: (frame: Frame) => void = () => {}
): Promise<FollowedFeed> {
  const events: LiveEvent[] = []
  const frames: Frame[] = []
  const { onEvent, ...others } = options
  const feed = await LiveFeed.connect({
    clock: systemClock(),
    subscriptions: [],
    random: () => 0,
    ...others,
    onEvent: event => {
      events.push(event)
      onEvent?.(event)
    }
  })
  onTestFinished(async () => await feed[Symbol.asyncDispose]())
  const pipeline = new Pipeline({ scanners: [], sinks: [], observer: feed })
  const take = async () => {
    for await (const batch of feed) {
      for (const frame of framesOf(batch)) {
        frames.push(frame)
        onFrame(frame)
      }
      await pipeline.accept(batch)
    }
  }
  const ended = take()
  // Whoever looks at it later must find the rejection handled.
  ended.catch(() => {})
  return { feed, frames, events, ended }
}

export function textOf({ kind, direction, payload }: Frame): string {
  return `${direction} ${kind} ${Buffer.from(payload).toString()}`
}

/** Something that a test waits for. */
export class Occurrence {
  resolve: () => void = ignore
  readonly seen = new Promise<void>(resolve => (this.resolve = resolve))
}

function ignore(): void {}
