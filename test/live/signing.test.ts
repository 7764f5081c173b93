import { constants, generateKeyPairSync, type KeyObject, verify } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { KwsError } from '../../src/core/errors.ts'
import { parseCredentials, signedHeaders, WEBSOCKET_PATH } from '../../src/live/signing.ts'

const TIME = 1_793_000_000_123
const SIGNED = '1793000000123GET/trade-api/ws/v2'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ed25519 = generateKeyPairSync('ed25519')

function signatureOf(pem: string): Buffer {
  const headers = signedHeaders(parseCredentials('key-1', pem), WEBSOCKET_PATH, TIME)
  return Buffer.from(headers['KALSHI-ACCESS-SIGNATURE'] ?? '', 'base64')
}

function verifies(publicKey: KeyObject, signature: Buffer, saltLength: number, text = SIGNED): boolean {
  const padding = constants.RSA_PKCS1_PSS_PADDING
  return verify('sha256', Buffer.from(text), { key: publicKey, padding, saltLength }, signature)
}

test.each(['pkcs1', 'pkcs8'] as const)('an RSA key in %s signs by PSS with SHA-256 and a salt of 32 bytes', type => {
  const signature = signatureOf(rsa.privateKey.export({ type, format: 'pem' }).toString())
  expect(verifies(rsa.publicKey, signature, 32)).toBe(true)
  expect(verifies(rsa.publicKey, signature, 20)).toBe(false)
  expect(verifies(rsa.publicKey, signature, 32, SIGNED.replace('GET', 'POST'))).toBe(false)
})

test('an Ed25519 key signs the same text', () => {
  const signature = signatureOf(ed25519.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  expect(verify(null, Buffer.from(SIGNED), ed25519.publicKey, signature)).toBe(true)
})

test('the headers name the key and the time that was signed', () => {
  const credentials = { keyId: 'key-1', privateKey: ed25519.privateKey }
  expect(signedHeaders(credentials, WEBSOCKET_PATH, TIME)).toEqual({
    'KALSHI-ACCESS-KEY': 'key-1',
    'KALSHI-ACCESS-TIMESTAMP': '1793000000123',
    'KALSHI-ACCESS-SIGNATURE': expect.stringMatching(/^[A-Za-z0-9+/]+=*$/)
  })
})

test('blank space around the id and the key does not matter', () => {
  const pem = ed25519.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  expect(parseCredentials(' key-1\n', `\n${pem}\n\n`).keyId).toBe('key-1')
})

describe('a key that cannot be used is refused without a word of it', () => {
  const pem = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const encrypted = rsa.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' })
  const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' })

  test.each([
    ['nothing', '', 'no PEM text'],
    ['a bare secret', 'hunter2hunter2hunter2', 'no PEM text'],
    ['a damaged PEM', pem.replaceAll(/^M.*$/gm, 'MIIEabcdefgh'), 'damaged'],
    ['half a PEM', pem.slice(0, 800), 'damaged'],
    ['an encrypted PEM', encrypted.toString(), 'encrypted'],
    ['a public key', rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString(), 'public key'],
    ['a key of another kind', curve.toString(), 'type ec']
  ])('%s', (_, text, reason) => {
    const error = thrownBy(() => parseCredentials('key-1', text))
    expect(error).toBeInstanceOf(KwsError)
    expect(error).toMatchObject({ code: 'credentials', message: expect.stringContaining(reason) })
    expect(error.cause).toBeUndefined()
    const body = text.split('\n').filter(line => line.length > 10 && !line.includes('-----'))
    for (const line of body) expect(error.stack).not.toContain(line)
  })

  test('an empty id', () => {
    expect(thrownBy(() => parseCredentials(' ', pem))).toMatchObject({ code: 'credentials' })
  })
})

test('credentials cannot be printed by mistake', () => {
  const pem = ed25519.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  expect(JSON.stringify(parseCredentials('key-1', pem))).toBe('{"keyId":"key-1","privateKey":{}}')
})

function thrownBy(action: () => unknown): Error {
  try {
    action()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('nothing was thrown')
}
