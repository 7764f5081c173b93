import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { KwsError } from '../../src/core/errors.ts'
import { refusedUpgrade, retryAfterSeconds, unreachable } from '../../src/live/connect-failure.ts'
import type { LiveFeedOptions } from '../../src/live/live-feed.ts'
import { LiveFeed } from '../../src/live/live-feed.ts'
import type { LiveEvent } from '../../src/live/live-event.ts'
import type { Reception } from './loopback.ts'
import { follow, HurriedClock, LoopbackServer, Occurrence } from './loopback.ts'
import { selfSigned } from './self-signed.ts'

/** Why the feed could not begin, and how often it tried in vain before that. */
async function failureOf(url: string, options: Partial<LiveFeedOptions> = {}) {
  const events: LiveEvent[] = []
  const clock = new HurriedClock(10)
  const connecting = LiveFeed.connect({
    url,
    clock,
    subscriptions: [],
    onEvent: event => events.push(event),
    ...options
  })
  const error = await connecting.then(
    () => undefined,
    (error: KwsError) => error
  )
  return { code: error?.code, message: error?.message, retries: events.length }
}

describe('at first, what somebody has to mend is told at once', () => {
  it('an unknown host', async () => {
    const { message } = await failureOf('ws://no.such.host.invalid/', { reconnectsMax: 0 })
    expect(message).toMatch(/cannot connect to .*: .*(ENOTFOUND\), check the URL|EAI_AGAIN\), check the network)/)
  })

  it('a port on which nobody listens', async () => {
    expect(await failureOf('ws://127.0.0.1:1/')).toMatchObject({
      code: 'connection',
      message: 'cannot connect to ws://127.0.0.1:1/: nothing listens there (ECONNREFUSED), check host and port',
      retries: 0
    })
  })

  it('a certificate that is not trusted', async () => {
    const server = createTlsServer(selfSigned()).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const { code, message, retries } = await failureOf(`wss://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    expect({ code, retries }).toEqual({ code: 'connection', retries: 0 })
    expect(message).toMatch(/its certificate is not trusted \(\w+\): check the URL and this machine's clock$/)
  })

  it('a server without TLS', async () => {
    const server = await LoopbackServer.start()
    const { message, retries } = await failureOf(server.url.replace('ws:', 'wss:'))
    expect(message).toMatch(/it does not speak TLS \(EPROTO\), check the port, or begin the URL with ws:\/\//)
    expect(retries).toBe(0)
  })

  it.each([
    [400, 'connection', /HTTP 400$/],
    [401, 'credentials', /HTTP 401: check that the key id and private key belong together/],
    [403, 'credentials', /HTTP 403: check that the key id and private key belong together/],
    [404, 'connection', /HTTP 404: check the path, it is usually \/trade-api\/ws\/v2$/]
  ])('an upgrade that is refused with %i', async (status, code, text) => {
    const server = await LoopbackServer.start([{ status }])
    const { message, ...failure } = await failureOf(server.url)
    expect(message).toMatch(text)
    expect({ ...failure, attempts: server.headers.length }).toEqual({ code, retries: 0, attempts: 1 })
  })
})

describe('what passes is tried again, also at first', () => {
  const refusals: readonly (readonly [Reception, number, RegExp])[] = [
    [{ status: 429 }, 10, /HTTP 429: too many connections or attempts, wait a while/],
    [{ status: 429, headers: 'Retry-After: 3\r\n' }, 3, /HTTP 429/],
    [{ status: 429, headers: 'Retry-After: Thu, 26 Nov 2026 08:00:00 GMT\r\n' }, 10, /HTTP 429/],
    [{ status: 500 }, 0, /HTTP 500/],
    [{ status: 502 }, 0, /HTTP 502/],
    [{ status: 503 }, 0, /HTTP 503: the exchange may be in maintenance/],
    [{ status: 503, headers: 'Retry-After: 120\r\n' }, 120, /HTTP 503/],
    [{ status: 504 }, 0, /HTTP 504/],
    ['cut', 0, /the connection was reset \(ECONNRESET\), try later/],
    ['ignore', 0, /no answer in time, check the network/]
  ]

  it.each(refusals)('%j', async (reception, seconds, text) => {
    const server = await LoopbackServer.start([reception, reception, 'accept'])
    const clock = new HurriedClock(10)
    const connectSecondsMax = reception === 'ignore' ? 0.5 : 10
    const { feed, events, ended } = await follow({ url: server.url, clock, connectSecondsMax })
    feed.stop()
    await ended
    const failed = { type: 'connect_failed', connection: 0, reason: expect.stringMatching(text), delay: seconds }
    expect(events).toMatchObject([
      { ...failed, attempt: 1 },
      { ...failed, attempt: 2 },
      { type: 'connected', connection: 0 }
    ])
    expect(clock.sleeps.filter(sleep => sleep === seconds * 1_000)).toHaveLength(seconds === 0 ? 0 : 2)
    expect(server.headers).toHaveLength(3)
  })

  it('until the attempts are used up', async () => {
    const server = await LoopbackServer.start([{ status: 503 }])
    const { message, retries } = await failureOf(server.url, { reconnectsMax: 3 })
    expect(message).toMatch(/HTTP 503/)
    expect({ retries, attempts: server.headers.length }).toEqual({ retries: 3, attempts: 4 })
  })
})

describe('once it has been connected, a feed tries everything again', () => {
  it.each([401, 403, 404, 418])('an upgrade that is refused with %i', async status => {
    const server = await LoopbackServer.start(['accept', { status }, { status }, 'accept'])
    const clock = new HurriedClock(10)
    const back = new Occurrence()
    const onEvent = ({ type }: LiveEvent) => {
      if (type === 'reconnect') back.resolve()
    }
    const { feed, events, ended, frames } = await follow({ url: server.url, clock, onEvent })
    server.socket(0).terminate()
    await back.seen
    feed.stop()
    await ended
    expect(events.map(({ type }) => type)).toEqual([
      'connected',
      'disconnected',
      'connect_failed',
      'connect_failed',
      'connected',
      'reconnect'
    ])
    // Asked at once, an exchange may lock a key that it has refused.
    expect(clock.sleeps.filter(sleep => sleep >= 5_000)).toHaveLength(status < 404 ? 2 : 0)
    const kinds = frames.map(({ connection, kind }) => `${connection} ${kind}`)
    expect(kinds).toEqual(['0 open', '0 close', '1 error', '1 error', '1 open', '1 close'])
  })

  it('a host that is gone', async () => {
    const server = await LoopbackServer.start()
    const reasons: string[] = []
    const clock = new HurriedClock(10)
    const enough = new Occurrence()
    const onEvent = (event: LiveEvent) => {
      if (event.type !== 'connect_failed') return
      reasons.push(event.reason)
      if (reasons.length === 3) enough.resolve()
    }
    const { feed, ended } = await follow({ url: server.url, clock, onEvent })
    server.shut()
    server.socket(0).terminate()
    await enough.seen
    feed.stop()
    await ended
    expect(reasons.every(reason => reason.includes('ECONNREFUSED'))).toBe(true)
  })
})

describe('a failure', () => {
  it('of an unknown cause is told as it is', () => {
    const { error, isFatalAtFirst } = unreachable('ws://x/', new Error('something else'))
    expect([error.message, isFatalAtFirst]).toEqual(['cannot connect to ws://x/: something else', true])
  })

  it('keeps its cause', () => {
    const cause = Object.assign(new Error('connect'), { code: 'ENETUNREACH' })
    const { error, isFatalAtFirst } = unreachable('ws://x/', cause)
    expect([error.cause, isFatalAtFirst]).toEqual([cause, false])
  })

  it('is waited out as long as the server says', () => {
    expect(refusedUpgrade('ws://x/', 503, 7).leastSeconds).toBe(7)
    expect(['5', '0', '00120', '-5', '1.5', 'soon', '', '1234567', undefined].map(retryAfterSeconds)).toEqual([
      5,
      0,
      120,
      ...Array.from({ length: 6 }, () => undefined)
    ])
  })
})
