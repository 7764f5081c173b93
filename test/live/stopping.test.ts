import { describe, expect, it } from 'vitest'
import type { LiveEvent } from '../../src/live/live-event.ts'
import { acknowledge, follow, HurriedClock, LoopbackServer, Occurrence, textOf } from './loopback.ts'
import type { FollowedFeed } from './loopback.ts'

const SUBSCRIPTIONS = [{ channels: ['ticker', 'trade'] }]

/** Seconds from the request to stop to the end. */
async function timeToStop({ feed, ended }: FollowedFeed): Promise<number> {
  const begun = performance.now()
  feed.stop()
  await ended
  return (performance.now() - begun) / 1_000
}

/** The first event of a type. */
function eventually(type: LiveEvent['type']) {
  const occurrence = new Occurrence()
  const onEvent = (event: LiveEvent) => {
    if (event.type === type) occurrence.resolve()
  }
  return { seen: occurrence.seen, onEvent }
}

describe('a feed that is stopped', () => {
  it('unsubscribes, then closes with code 1000', async () => {
    const received: string[] = []
    const codes: number[] = []
    const server = await LoopbackServer.start(['accept'], socket => {
      acknowledge(socket)
      socket.on('message', (data: Buffer) => received.push(data.toString()))
      socket.on('close', code => codes.push(code))
    })
    let acknowledged = 0
    const acknowledgements = new Occurrence()
    const followed = await follow({ url: server.url, subscriptions: SUBSCRIPTIONS }, ({ direction, kind }) => {
      if (direction === 'received' && kind === 'text' && ++acknowledged === 2) acknowledgements.resolve()
    })
    await acknowledgements.seen
    await new Promise(resolve => setImmediate(resolve))
    expect(await timeToStop(followed)).toBeLessThan(2)
    const unsubscribe = '{"id":3,"cmd":"unsubscribe","params":{"sids":[1,2]}}'
    expect(received.at(-1)).toBe(unsubscribe)
    expect(codes).toEqual([1000])
    expect(followed.frames.slice(-2).map(textOf)).toEqual([
      `sent text ${unsubscribe}`,
      'received close {"code":1000,"reason":""}'
    ])
  })

  it('waits for no timer when its close has been answered', async () => {
    const server = await LoopbackServer.start()
    const clock = new HurriedClock()
    const followed = await follow({ url: server.url, clock })
    await timeToStop(followed)
    await new Promise(resolve => setImmediate(resolve))
    expect(clock.pending).toBe(0)
  })

  it('does not wait for a server that never answers the close', async () => {
    const server = await LoopbackServer.start(['accept'], socket => socket.pause())
    const followed = await follow({ url: server.url, connections: 2 })
    const seconds = await timeToStop(followed)
    expect(seconds).toBeGreaterThan(0.9)
    expect(seconds).toBeLessThan(2.5)
    expect(followed.frames.map(({ kind }) => kind)).toEqual(['open', 'open', 'close', 'close'])
  })

  it('does not wait for the next attempt', async () => {
    const server = await LoopbackServer.start(['accept', { status: 429 }])
    const { onEvent, seen } = eventually('connect_failed')
    const followed = await follow({ url: server.url, onEvent })
    server.socket(0).terminate()
    await seen
    expect(await timeToStop(followed)).toBeLessThan(2)
  })

  it('does not wait for an attempt to be answered', async () => {
    const server = await LoopbackServer.start(['accept', 'ignore'])
    const followed = await follow({ url: server.url })
    server.socket(0).terminate()
    while (server.headers.length < 2) await new Promise(resolve => setImmediate(resolve))
    expect(await timeToStop(followed)).toBeLessThan(2)
    expect(followed.events.map(({ type }) => type)).toEqual(['connected', 'disconnected'])
  })

  it('stops all its connections, whatever each of them is doing', async () => {
    const server = await LoopbackServer.start(['accept', 'accept', 'accept', 'ignore', { status: 429 }])
    const { onEvent, seen } = eventually('connect_failed')
    const followed = await follow({ url: server.url, connections: 3, onEvent })
    server.socket(0).terminate()
    while (server.headers.length < 4) await new Promise(resolve => setImmediate(resolve))
    server.socket(1).terminate()
    await seen
    expect(await timeToStop(followed)).toBeLessThan(2)
    expect(server.headers).toHaveLength(5)
  })

  it('may be stopped twice', async () => {
    const server = await LoopbackServer.start()
    const followed = await follow({ url: server.url })
    followed.feed.stop()
    expect(await timeToStop(followed)).toBeLessThan(2)
    followed.feed.stop()
  })
})
