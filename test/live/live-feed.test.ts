import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocketServer, type WebSocket } from 'ws'
import { systemClock } from '../../src/core/clock.ts'
import type { Frame } from '../../src/core/frame.ts'
import { framesOf } from '../../src/core/frame.ts'
import { LiveFeed } from '../../src/live/live-feed.ts'

const clock = systemClock()
const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** A server that does what a test wants with each connection. */
async function serve(
  onConnection: (socket: WebSocket, headers: NodeJS.Dict<string | string[]>) => void
): Promise<string> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  closers.push(() => {
    for (const client of server.clients) client.terminate()
    server.close()
  })
  server.on('connection', (socket, request) => onConnection(socket, request.headers))
  await new Promise(resolve => server.once('listening', resolve))
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/trade-api/ws/v2`
}

async function collect(feed: LiveFeed, enough?: (frames: readonly Frame[]) => boolean): Promise<Frame[]> {
  const frames: Frame[] = []
  for await (const batch of feed) {
    frames.push(...framesOf(batch))
    if (enough?.(frames) === true) feed.stop()
  }
  return frames
}

/** What a server's socket writes to. */
function stream(socket: WebSocket): Socket {
  return (socket as unknown as Readonly<Record<'_socket', Socket>>)['_socket']
}

function describeFrame(frame: Frame): string {
  return `${frame.direction} ${frame.kind} ${Buffer.from(frame.payload).toString()}`
}

describe('live feed', () => {
  it('hands on both directions in their order: opening, commands, frames, pings and pongs, closing', async () => {
    const url = await serve(socket => {
      socket.once('message', () => {
        socket.send('{"type":"subscribed"}\n')
        socket.send(Buffer.from([0xff, 0x00]))
        socket.ping('heartbeat')
      })
    })
    const feed = await LiveFeed.connect({ url, clock, subscriptions: [{ channels: ['ticker'] }] })
    const frames = await collect(feed, seen => seen.some(frame => frame.kind === 'pong'))
    expect(frames.map(describeFrame)).toEqual([
      `received open {"url":"${url}"}`,
      'sent text {"id":1,"cmd":"subscribe","params":{"channels":["ticker"]}}',
      'received text {"type":"subscribed"}\n',
      'received binary \ufffd\u0000',
      'received ping heartbeat',
      'sent pong heartbeat',
      'received close {"code":1000,"reason":""}'
    ])
    expect([...(frames[3]?.payload ?? [])]).toEqual([0xff, 0x00])
  })

  it('stamps frames with both clocks, in order', async () => {
    const url = await serve(socket => {
      for (let index = 0; index < 50; index++) socket.send(String(index))
    })
    const before = clock.wall()
    const feed = await LiveFeed.connect({ url, clock, subscriptions: [] })
    const frames = await collect(feed, seen => seen.length >= 51)
    const times = frames.map(frame => frame.receivedAt)
    expect(times).toEqual(times.toSorted((a, b) => Number(a - b)))
    expect(times.every(time => time >= before && time <= clock.wall())).toBe(true)
    expect(frames.every(frame => frame.monotonic > 0n)).toBe(true)
  })

  it('gives frames that came in the same bytes the same time, with a pong between them later, and later bytes a later one', async () => {
    const url = await serve(socket => {
      socket.once('message', () => {
        // As one write, since the system may put them into one packet but must not split what is this short.
        stream(socket).cork()
        socket.send('first')
        socket.ping('heartbeat')
        socket.send('second')
        socket.send('third')
        stream(socket).uncork()
        socket.once('pong', () => socket.send('later'))
      })
    })
    const feed = await LiveFeed.connect({ url, clock, subscriptions: [{ channels: ['ticker'] }] })
    const frames = await collect(feed, seen => seen.some(frame => Buffer.from(frame.payload).toString() === 'later'))
    const timeOf = (text: string) => {
      const frame = frames.find(frame => describeFrame(frame).endsWith(text))
      if (frame === undefined) throw new Error(`no ${text}`)
      return frame.receivedAt
    }
    expect(timeOf('received ping heartbeat')).toBe(timeOf('first'))
    expect(timeOf('sent pong heartbeat')).toBeGreaterThan(timeOf('first'))
    expect(timeOf('second')).toBe(timeOf('sent pong heartbeat'))
    expect(timeOf('third')).toBe(timeOf('second'))
    expect(timeOf('later')).toBeGreaterThan(timeOf('third'))
  })

  it('records a text that is not UTF-8 and what comes behind it', async () => {
    const url = await serve(socket => {
      stream(socket).write(Buffer.from([0x81, 2, 0xff, 0xfe]))
      socket.send('and on')
    })
    const feed = await LiveFeed.connect({ url, clock, subscriptions: [] })
    const frames = await collect(feed, seen => seen.length >= 3)
    expect(frames.map(({ kind, payload }) => [kind, [...payload]]).slice(1, 3)).toEqual([
      ['text', [0xff, 0xfe]],
      ['text', [...Buffer.from('and on')]]
    ])
  })

  it('loses nothing that was on its way when it is stopped', async () => {
    const sent = 20_000
    const url = await serve(socket => {
      for (let index = 0; index < sent; index++) socket.send(`{"n":${index}}\n`)
      // The answer to the client's close comes after all of it.
    })
    const feed = await LiveFeed.connect({ url, clock, subscriptions: [] })
    const frames = await collect(feed, () => true)
    const texts = frames.filter(frame => frame.kind === 'text').map(frame => Buffer.from(frame.payload).toString())
    expect(texts).toEqual(Array.from({ length: sent }, (_, index) => `{"n":${index}}\n`))
  })

  it('throws after the last frame when the server closes the connection', async () => {
    const url = await serve(socket => {
      socket.send('last words')
      socket.close(1012, 'restart')
    })
    const feed = await LiveFeed.connect({ url, clock, subscriptions: [], reconnectsMax: 0 })
    const frames: Frame[] = []
    const reading = (async () => {
      for await (const batch of feed) frames.push(...framesOf(batch))
    })()
    await expect(reading).rejects.toThrow(`connection to ${url} was closed with code 1012 (restart)`)
    expect(frames.map(frame => frame.kind)).toEqual(['open', 'text', 'close'])
  })

  it('does not negotiate compression, which costs fifty times the work', async () => {
    let offered: unknown = 'nothing seen'
    const url = await serve((socket, headers) => {
      offered = headers['sec-websocket-extensions']
      socket.close(1000)
    })
    await using feed = await LiveFeed.connect({ url, clock, subscriptions: [] })
    expect(feed.isFiltered()).toBe(false)
    expect(offered).toBeUndefined()
  })

  it('hands on an empty batch in silence, so that time goes on', async () => {
    const url = await serve(() => {})
    const feed = await LiveFeed.connect({ url, clock, subscriptions: [] })
    const lengths: number[] = []
    for await (const batch of feed) {
      lengths.push(batch.length)
      if (lengths.length === 3) break
    }
    expect(lengths).toEqual([1, 0, 0])
  })

  it.each([
    [401, /HTTP 401: check that the key id and private key belong together, .* clock/],
    [403, /HTTP 403: check that the key/],
    [404, /HTTP 404: check the path/],
    [429, /HTTP 429: too many connections/],
    [503, /HTTP 503: the exchange may be in maintenance/],
    [418, /HTTP 418$/]
  ])('says what to check when the upgrade is refused with %i', async (status, message) => {
    const server = createServer((_, response) => response.writeHead(status).end()).listen(0, '127.0.0.1')
    server.on('upgrade', (_, socket) => socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`))
    closers.push(() => server.close())
    await new Promise(resolve => server.once('listening', resolve))
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`
    await expect(LiveFeed.connect({ url, clock, subscriptions: [], reconnectsMax: 0 })).rejects.toThrow(message)
  })

  it('says that nothing listens, or that the host is unknown', async () => {
    const refused = LiveFeed.connect({ url: 'ws://127.0.0.1:1/', clock, subscriptions: [] })
    await expect(refused).rejects.toThrow(/nothing listens there \(ECONNREFUSED\)/)
    const unknown = LiveFeed.connect({ url: 'ws://no.such.host.invalid/', clock, subscriptions: [], reconnectsMax: 0 })
    await expect(unknown).rejects.toThrow(/ENOTFOUND|EAI_AGAIN/)
  })
})
