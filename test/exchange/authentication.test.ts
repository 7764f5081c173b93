import { generateKeyPairSync } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import type { Clock } from '../../src/core/clock.ts'
import { systemClock } from '../../src/core/clock.ts'
import { Authenticator } from '../../src/exchange/authentication.ts'
import { parseCredentials, signedHeaders, WEBSOCKET_PATH } from '../../src/live/signing.ts'
import { startExchange } from './practice-client.ts'

const NOW = 1_795_532_400_000
const clock: Clock = {
  wall: () => BigInt(NOW) * 1_000_000n,
  monotonic: () => 0n,
  sleep: async () => undefined
}

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ed25519 = generateKeyPairSync('ed25519')
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const rsaPem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString()

/** The headers as Node hands them to a server: their names in lower case. */
function headersFor(
  { privateKey = rsa.privateKey, keyId = 'key-1', path = WEBSOCKET_PATH, at = NOW } = {},
  changes: IncomingHttpHeaders = {}
): IncomingHttpHeaders {
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const signed = Object.entries(signedHeaders(parseCredentials(keyId, pem), path, at))
  return { ...Object.fromEntries(signed.map(([name, value]) => [name.toLowerCase(), value])), ...changes }
}

test.each([
  ['an RSA key', rsa],
  ['an Ed25519 key', ed25519]
])('who signs with %s is let in', (_, { publicKey, privateKey }) => {
  const authenticator = new Authenticator('key-1', publicKey.export({ type: 'spki', format: 'pem' }).toString(), clock)
  expect(authenticator.check(headersFor({ privateKey }), WEBSOCKET_PATH)).toBe('ok')
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  expect(authenticator.check(headersFor({ privateKey: other }), WEBSOCKET_PATH)).toMatchObject({
    reason: expect.stringContaining('does not fit')
  })
})

test('over a real upgrade the right signature opens the socket and any other answer is 401', async () => {
  const authenticator = new Authenticator('key-1', rsaPem, systemClock())
  const exchange = await startExchange({ rate: 0, authenticator })
  const statusWith = async (headers: Readonly<Record<string, string>>): Promise<number | undefined> => {
    const socket = new WebSocket(exchange.url, { headers })
    onTestFinished(() => socket.terminate())
    return new Promise((resolve, reject) => {
      socket.on('open', () => resolve(101))
      socket.on('unexpected-response', (_, { statusCode }) => resolve(statusCode))
      socket.on('error', reject)
    })
  }
  const pem = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const credentials = parseCredentials('key-1', pem)
  expect(await statusWith(signedHeaders(credentials, WEBSOCKET_PATH, Date.now()))).toBe(101)
  expect(await statusWith(signedHeaders(credentials, WEBSOCKET_PATH, Date.now() - 60_000))).toBe(401)
  expect(await statusWith({})).toBe(401)
})

test.each([-10_000, -1, 0, 9_999, 10_000])('a timestamp that is %d ms off is fresh', off => {
  const authenticator = new Authenticator('key-1', rsaPem, clock)
  expect(authenticator.check(headersFor({ at: NOW + off }), WEBSOCKET_PATH)).toBe('ok')
})

test('how fresh a timestamp must be can be chosen', () => {
  const headers = headersFor({ at: NOW - 2_000 })
  expect(new Authenticator('key-1', rsaPem, clock, { toleranceSeconds: 2 }).check(headers, WEBSOCKET_PATH)).toBe('ok')
  expect(new Authenticator('key-1', rsaPem, clock, { toleranceSeconds: 1 }).check(headers, WEBSOCKET_PATH)).toEqual({
    reason: 'the timestamp is 2000 ms old'
  })
})

test.each([
  ['no headers', {}, 'KALSHI-ACCESS-KEY is missing'],
  ['another key id', headersFor({ keyId: 'key-2' }), 'key id is unknown'],
  ['no timestamp', headersFor({}, { 'kalshi-access-timestamp': undefined }), 'TIMESTAMP is missing'],
  ['a timestamp in words', headersFor({}, { 'kalshi-access-timestamp': 'noon' }), 'not a number'],
  ['a timestamp in seconds', headersFor({ at: Math.floor(NOW / 1000) }), 'ms old'],
  ['a stale timestamp', headersFor({ at: NOW - 10_001 }), '10001 ms old'],
  ['a timestamp to come', headersFor({ at: NOW + 10_001 }), '10001 ms ahead'],
  ['no signature', headersFor({}, { 'kalshi-access-signature': undefined }), 'SIGNATURE is missing'],
  ['an empty signature', headersFor({}, { 'kalshi-access-signature': '' }), 'does not fit'],
  ['a signature of another path', headersFor({ path: '/trade-api/v2/markets' }), 'does not fit'],
  [
    'a signature of another time',
    headersFor({ at: NOW - 1 }, { 'kalshi-access-timestamp': String(NOW) }),
    'does not fit'
  ]
])('%s is refused with the reason', (_, headers, reason) => {
  const failure = new Authenticator('key-1', rsaPem, clock).check(headers, WEBSOCKET_PATH)
  expect(failure).toEqual({ reason: expect.stringContaining(reason) })
})

describe('a public key that cannot be used is told in one line', () => {
  test.each([
    ['nothing', '', 'cannot be read'],
    ['a damaged PEM', rsaPem.replaceAll(/^M.*$/gm, 'MIIBabcdefgh'), 'cannot be read'],
    ['a key of another kind', curve.publicKey.export({ type: 'spki', format: 'pem' }).toString(), 'type ec']
  ])('%s', (_, pem, reason) => {
    const make = (): Authenticator => new Authenticator('key-1', pem, clock)
    expect(make).toThrow(expect.objectContaining({ code: 'credentials', message: expect.stringContaining(reason) }))
  })
})
