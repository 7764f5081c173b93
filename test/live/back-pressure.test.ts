import { describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { systemClock } from '../../src/core/clock.ts'
import { framesOf } from '../../src/core/frame.ts'
import type { LiveEvent } from '../../src/live/live-event.ts'
import { LiveFeed } from '../../src/live/live-feed.ts'
import { WatchedTime } from '../../src/live/watched-time.ts'
import { LoopbackServer } from './loopback.ts'

const KIBIBYTE = 1024
const LIMIT = 256 * KIBIBYTE
/** What the system may read from a socket at once, and the frame that it completes. */
const SLACK = 128 * KIBIBYTE
const FRAME_BYTES = 2 * KIBIBYTE
/** Far more than the system holds for a socket that nobody reads. */
const FRAMES = 8_000

/** Sends numbered frames, each when the system has taken the one before, and resolves with how many it took. */
async function pour(socket: WebSocket): Promise<number> {
  let sent = 0
  while (sent < FRAMES && socket.readyState === WebSocket.OPEN) {
    const text = `${sent} `.padEnd(FRAME_BYTES, '.')
    const isSent = await new Promise<boolean>(resolve => socket.send(text, error => resolve(!(error instanceof Error))))
    if (!isSent) break
    sent++
  }
  return sent
}

async function pourAndClose(socket: WebSocket): Promise<number> {
  const sent = await pour(socket)
  socket.close()
  return sent
}

/** Resolves when the client has been leaving unread what was sent for a while. */
async function stuck(socket: WebSocket): Promise<void> {
  for (let still = 0, before = -1; still < 10;) {
    await new Promise(resolve => setTimeout(resolve, 10))
    const { bufferedAmount } = socket
    still = bufferedAmount > 0 && bufferedAmount === before ? still + 1 : 0
    before = bufferedAmount
  }
}

function connect(url: string, events: LiveEvent[], connections = 1): Promise<LiveFeed> {
  return LiveFeed.connect({
    url,
    connections,
    clock: systemClock(),
    subscriptions: [],
    bufferBytesMax: LIMIT,
    random: () => 0,
    onEvent: event => events.push(event)
  })
}

describe('a feed whose frames nobody takes', () => {
  it('stops reading at its limit, goes on when half has been taken, and loses nothing', async () => {
    const server = await LoopbackServer.start()
    const events: LiveEvent[] = []
    await using feed = await connect(server.url, events)
    const pouring = pourAndClose(server.socket(0))
    await stuck(server.socket(0))
    expect(events).toMatchObject([{ type: 'connected' }, { type: 'paused' }])
    expect(feed.queuedBytes).toBeGreaterThan(LIMIT)
    const numbers: number[] = []
    let most = 0
    for await (const batch of feed) {
      for (const { kind, payload } of framesOf(batch)) {
        if (kind === 'text') numbers.push(Number(Buffer.from(payload).toString().split(' ')[0]))
        else if (kind === 'close') feed.stop()
      }
      most = Math.max(most, feed.queuedBytes)
      // Slower than the frames come.
      if (numbers.length < FRAMES / 2) await new Promise(resolve => setTimeout(resolve, 2))
    }
    expect(await pouring).toBe(FRAMES)
    expect(numbers).toEqual(Array.from({ length: FRAMES }, (_, index) => index))
    expect(most).toBeLessThan(LIMIT + SLACK)
    const pauses = events.filter(({ type }) => type === 'paused')
    expect(pauses.length).toBeGreaterThan(1)
    expect(events.filter(({ type }) => type === 'resumed')).toHaveLength(pauses.length)
    expect(feed.counters.pauses).toBe(pauses.length)
    const sizes = events.flatMap(event => (event.type === 'paused' ? [event.bytes] : []))
    expect(sizes.every(bytes => bytes > LIMIT && bytes < LIMIT + SLACK)).toBe(true)
  })

  it('does not read a connection either that opens meanwhile', async () => {
    const server = await LoopbackServer.start(['accept', 'accept', 'hold'])
    const events: LiveEvent[] = []
    await using feed = await connect(server.url, events, 2)
    server.socket(1).terminate()
    while (server.held.length === 0) await new Promise(resolve => setTimeout(resolve, 1))
    void pour(server.socket(0))
    await stuck(server.socket(0))
    server.held[0]?.()
    void pour(server.socket(2))
    await stuck(server.socket(2))
    expect(events.map(({ type }) => type)).toEqual([
      'connected',
      'connected',
      'disconnected',
      'paused',
      'connected',
      'reconnect'
    ])
    expect(feed.queuedBytes).toBeLessThan(LIMIT + 2 * SLACK)
  })

  it('is not taken for one to which the exchange does not answer', async () => {
    const server = await LoopbackServer.start()
    const events: LiveEvent[] = []
    await using feed = await LiveFeed.connect({
      url: server.url,
      clock: leaping(),
      subscriptions: [{ channels: ['trade'] }],
      silenceSecondsMax: Infinity,
      onEvent: event => events.push(event)
    })
    // So many ticks, each of which takes an hour.
    for (let round = 0; round < 50; round++) await new Promise(resolve => setTimeout(resolve, 1))
    expect(events.map(({ type }) => type)).toEqual(['connected'])
    for await (const _ of feed) if (events.length > 1) break
    expect(events[1]).toMatchObject({ type: 'disconnected', reason: 'trade: subscribe was not answered' })
  })

  it('is stopped all the same, with what had come', async () => {
    const server = await LoopbackServer.start()
    const events: LiveEvent[] = []
    const feed = await connect(server.url, events)
    const pouring = pourAndClose(server.socket(0))
    await stuck(server.socket(0))
    feed.stop()
    let texts = 0
    for await (const batch of feed) texts += framesOf(batch).filter(({ kind }) => kind === 'text').length
    const sent = await pouring
    expect([texts, sent < FRAMES]).toEqual([sent, true])
  })
})

describe('watched time', () => {
  it('stands until it is started, and whenever it is stopped', () => {
    let now = 5_000_000_000n
    const time = new WatchedTime({ wall: () => now, monotonic: () => now, sleep: async () => await Promise.resolve() })
    const after = (milliseconds: number) => {
      now += BigInt(milliseconds) * 1_000_000n
      return time.milliseconds()
    }
    expect([after(0), after(100)]).toEqual([5_000, 5_000])
    time.start()
    expect([after(0), after(100)]).toEqual([5_000, 5_100])
    time.stop()
    time.stop()
    expect(after(500)).toBe(5_100)
    time.start()
    time.start()
    expect(after(7)).toBe(5_107)
  })
})

/** Each sleep lasts an hour and is over at once. */
function leaping() {
  let now = 0n
  const sleep = async (milliseconds: number) => {
    now += milliseconds === 200 ? 3_600_000_000_000n : 0n
    await new Promise<void>(resolve => setImmediate(resolve))
  }
  return { wall: () => now, monotonic: () => now, sleep }
}
