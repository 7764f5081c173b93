import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import type { LiveEvent } from '../../src/live/live-event.ts'
import { LastingConnection } from '../../src/live/lasting-connection.ts'
import { LiveFeed } from '../../src/live/live-feed.ts'
import { Pipeline, run } from '../../src/pipeline.ts'
import type { FollowedFeed } from './loopback.ts'
import { follow, HurriedClock, LoopbackServer, textOf } from './loopback.ts'
import { subscribed } from './talk.ts'

const SECOND = 1_000_000_000n
/** A process that is kept from running for less than a second is not told from one that hears nothing. */
const SILENCE = 1.1

/** Resolves with the nth event of a type, looked for as they come. */
class Events {
  readonly all: LiveEvent[] = []
  #wake: () => void = () => {}

  readonly note = (event: LiveEvent): void => {
    this.all.push(event)
    this.#wake()
  }

  async until(type: LiveEvent['type'], count = 1): Promise<void> {
    while (this.all.filter(event => event.type === type).length < count) {
      await new Promise<void>(resolve => (this.#wake = resolve))
    }
  }
}

async function end({ feed, ended }: FollowedFeed): Promise<void> {
  feed.stop()
  await ended
}

describe('a lost connection', () => {
  it('is replaced, and the replacement says for how long nothing could be heard', async () => {
    const server = await LoopbackServer.start()
    const events = new Events()
    const followed = await follow({ url: server.url, onEvent: events.note })
    server.socket(0).close(1012, 'restart')
    await events.until('reconnect')
    server.socket(1).terminate()
    await events.until('reconnect', 2)
    await end(followed)
    expect(events.all).toMatchObject([
      { type: 'connected', connection: 0, url: server.url },
      { type: 'disconnected', connection: 0, reason: 'closed with code 1012' },
      { type: 'connected', connection: 1 },
      { type: 'reconnect', connection: 1, attempts: 1, reason: 'closed with code 1012' },
      { type: 'disconnected', connection: 1, reason: 'closed with code 1006' },
      { type: 'connected', connection: 2 },
      { type: 'reconnect', connection: 2, attempts: 2, reason: 'closed with code 1006' }
    ])
    const downs = events.all.flatMap(event => (event.type === 'reconnect' ? [event.down] : []))
    expect(downs.every(seconds => seconds >= 0 && seconds < 5)).toBe(true)
    expect(followed.feed.counters).toMatchObject({ reconnects: 2, failedConnects: 0 })
    expect(followed.frames.map(({ connection, kind }) => `${connection} ${kind}`)).toEqual(
      [0, 1, 2].flatMap(connection => [`${connection} open`, `${connection} close`])
    )
  })

  it('is replaced with headers of its own each time, since a signature does not last', async () => {
    const server = await LoopbackServer.start([{ status: 503 }, 'accept', { status: 401 }, 'accept'])
    let asked = 0
    const headers = () => ({ 'KALSHI-ACCESS-SIGNATURE': `signature ${++asked}` })
    const events = new Events()
    const clock = new HurriedClock(10)
    const followed = await follow({ url: server.url, headers, clock, onEvent: events.note })
    server.socket(0).terminate()
    await events.until('reconnect')
    await end(followed)
    const signatures = server.headers.map(headers => headers['kalshi-access-signature'])
    expect(signatures).toEqual([1, 2, 3, 4].map(number => `signature ${number}`))
    expect(followed.frames.map(textOf).join('\n')).not.toContain('signature')
  })

  it('is given up for good when the attempts in a row are used up, with all that came before', async () => {
    const server = await LoopbackServer.start(['accept', { status: 503 }], socket => socket.send('last words'))
    const clock = new HurriedClock(10)
    const { frames, events, ended } = await follow({ url: server.url, clock, reconnectsMax: 2 }, ({ kind }) => {
      if (kind === 'text') server.socket(0).terminate()
    })
    await expect(ended).rejects.toThrow(/HTTP 503/)
    expect(frames.map(({ kind }) => kind)).toEqual(['open', 'text', 'close', 'error', 'error'])
    expect(events.map(({ type }) => type)).toEqual(['connected', 'disconnected', 'connect_failed'])
    expect(server.headers).toHaveLength(3)
  })

  it('is looked at to its last frame, however late: a gap in what still waits is told', async () => {
    const server = await LoopbackServer.start(['accept'], socket => {
      const envelopes = [1, 2, 5, 6].map(seq => ({ type: 'ok', sid: 1, seq, msg: {} }))
      for (const frame of [subscribed(1, 1, 'trade'), ...envelopes]) socket.send(JSON.stringify(frame))
      socket.close(1012)
    })
    const events = new Events()
    const subscriptions = [{ channels: ['trade'] }]
    const options = { url: server.url, clock: systemClock(), subscriptions, reconnectsMax: 0, onEvent: events.note }
    const feed = await LiveFeed.connect(options)
    await feed.ended
    expect([feed.queued, feed.connectionsOpen]).toEqual([8, 0])
    const pipeline = new Pipeline({ scanners: [], sinks: [], observer: feed })
    await expect(run(feed, [pipeline])).rejects.toThrow('closed with code 1012')
    expect(events.all.map(({ type }) => type)).toEqual(['connected', 'disconnected', 'gap'])
    expect(events.all[2]).toMatchObject({ connection: 0, sid: 1, expected: 3, received: 5, lost: 2 })
    expect(feed.counters).toMatchObject({ gaps: 1, framesLost: 2 })
  })

  it('takes all others with it when it is given up, and their ends are handed on', async () => {
    const server = await LoopbackServer.start()
    const { frames, ended } = await follow({ url: server.url, connections: 3, reconnectsMax: 0 })
    server.socket(1).terminate()
    await expect(ended).rejects.toThrow(/was closed with code 1006/)
    expect(new Set(frames.filter(({ kind }) => kind === 'close').map(({ connection }) => connection))).toEqual(
      new Set([0, 1, 2])
    )
  })
})

describe('a half-open connection', () => {
  it('is given up once nothing has come for so long, not even a ping', async () => {
    const server = await LoopbackServer.start()
    const events = new Events()
    const followed = await follow({ url: server.url, silenceSecondsMax: SILENCE, onEvent: events.note })
    const socket = server.socket(0)
    const pinging = setInterval(() => socket?.ping('heartbeat'), 50)
    await once(socket, 'pong')
    for (let pongs = 0; pongs < 10; pongs++) await once(socket, 'pong')
    expect(events.all.map(({ type }) => type)).toEqual(['connected'])
    clearInterval(pinging)
    await events.until('reconnect')
    await end(followed)
    expect(events.all[1]).toMatchObject({
      type: 'disconnected',
      connection: 0,
      reason: `no frame came for ${SILENCE} s`
    })
    const ofFirst = followed.frames.filter(({ connection }) => connection === 0)
    expect(ofFirst.slice(-2).map(textOf)).toEqual([
      `received error {"reason":"no frame came for ${SILENCE} s"}`,
      'received close {"code":1006,"reason":""}'
    ])
    const heard = ofFirst.findLast(({ kind }) => kind === 'ping')?.monotonic ?? 0n
    const noticed = ofFirst.find(({ kind }) => kind === 'error')?.monotonic ?? 0n
    expect(Number(noticed - heard) / 1e9).toBeGreaterThan(SILENCE)
    // A tick later at most, but for what else the machine has to do.
    expect(Number(noticed - heard) / 1e9).toBeLessThan(SILENCE + 1.5)
  })

  it('is not told from one that this process has not looked at, but soon after', async () => {
    const server = await LoopbackServer.start()
    let now = 0n
    const clock = {
      wall: () => now,
      monotonic: () => now,
      sleep: async () => await new Promise<void>(resolve => setImmediate(resolve))
    }
    const said: string[] = []
    const frames: string[] = []
    const options = { headers: () => ({}), deflate: false, connectSecondsMax: 5, silenceSecondsMax: 25 }
    const lasting = new LastingConnection(
      0,
      { url: server.url, clock, ...options, reconnectsMax: 0, random: () => 0 },
      {
        nextConnection: () => 0,
        arrived: () => {},
        append: (_, kind) => {
          frames.push(kind)
          return now
        },
        opened: () => said.push('opened'),
        closed: () => said.push('closed'),
        event: ({ type }) => said.push(type)
      }
    )
    const kept = lasting.keep().catch(() => said.push('given up'))
    await lasting.opened
    const hear = async (text: string) => {
      const before = frames.length
      server.socket(0).send(text)
      while (frames.length === before) await new Promise(resolve => setImmediate(resolve))
    }
    await hear('one')
    // An hour in which nothing was looked at: what has come meanwhile is still unseen.
    now += 3_600n * SECOND
    lasting.checkSilence(now, 3_600n * SECOND)
    expect(said).toEqual(['connected', 'opened'])
    await hear('two')
    // Another one, but this time something is seen first.
    now += 3_600n * SECOND
    await hear('three')
    lasting.checkSilence(now, 3_600n * SECOND)
    now += 25n * SECOND
    lasting.checkSilence(now, 0n)
    expect(said).toEqual(['connected', 'opened'])
    now += 1n
    lasting.checkSilence(now, 0n)
    await kept
    expect(said).toEqual(['connected', 'opened', 'closed', 'disconnected', 'given up'])
  })

  it('is not made by a process that was busy for longer than it takes', async () => {
    const server = await LoopbackServer.start(['accept'], socket => {
      const pinging = setInterval(() => socket.ping(), 20)
      socket.on('close', () => clearInterval(pinging))
    })
    const followed = await follow({ url: server.url, silenceSecondsMax: SILENCE })
    const socket = server.socket(0)
    await once(socket, 'pong')
    const until = performance.now() + 1_400
    while (performance.now() < until);
    for (let pongs = 0; pongs < 20; pongs++) await once(socket, 'pong')
    await end(followed)
    expect(followed.events.map(({ type }) => type)).toEqual(['connected'])
  })
})

describe('pings', () => {
  it('are answered with their body, and both are handed on', async () => {
    const server = await LoopbackServer.start(['accept'], socket => {
      socket.ping('heartbeat')
      socket.ping('')
    })
    const bodies: string[] = []
    const followed = await follow({ url: server.url })
    for (const socket of server.sockets) socket.on('pong', body => bodies.push(body.toString()))
    while (bodies.length < 2) await once(server.socket(0), 'pong')
    await end(followed)
    expect(bodies).toEqual(['heartbeat', ''])
    expect(followed.frames.slice(1, 5).map(textOf)).toEqual([
      'received ping heartbeat',
      'sent pong heartbeat',
      'received ping ',
      'sent pong '
    ])
  })
})
