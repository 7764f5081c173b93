import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Clock } from '../core/clock.ts'
import { KwsError } from '../core/errors.ts'

/** Why a request is not let in. The answer is 401 whatever the reason, which is for the log alone. */
export interface AuthFailure {
  readonly reason: string
}

export interface AuthenticatorOptions {
  /** How far a timestamp may be off, either way. What the real exchange tolerates is undocumented. */
  readonly toleranceSeconds?: number
}

/** Checks who is asking by the headers of a GET request, the WebSocket's upgrade among them (protocol reference, section 2). */
export class Authenticator {
  readonly #keyId: string
  readonly #publicKey: KeyObject
  readonly #clock: Clock
  readonly #toleranceMilliseconds: number

  constructor(keyId: string, publicKeyPem: string, clock: Clock, { toleranceSeconds = 10 }: AuthenticatorOptions = {}) {
    this.#keyId = keyId
    this.#publicKey = parsePublicKey(publicKeyPem)
    this.#clock = clock
    this.#toleranceMilliseconds = toleranceSeconds * 1000
  }

  /** The path is the one that was signed: without host and query. */
  check(headers: IncomingHttpHeaders, path: string): 'ok' | AuthFailure {
    const keyId = headers['kalshi-access-key']
    const timestamp = headers['kalshi-access-timestamp']
    const signature = headers['kalshi-access-signature']
    if (keyId === undefined) return { reason: 'the header KALSHI-ACCESS-KEY is missing' }
    if (keyId !== this.#keyId) return { reason: 'the key id is unknown' }
    if (typeof timestamp !== 'string') return { reason: 'the header KALSHI-ACCESS-TIMESTAMP is missing' }
    if (!/^\d{1,15}$/.test(timestamp)) return { reason: 'the timestamp is not a number of milliseconds' }
    const age = Number(this.#clock.wall() / 1_000_000n) - Number(timestamp)
    if (Math.abs(age) > this.#toleranceMilliseconds) {
      return { reason: `the timestamp is ${Math.abs(age)} ms ${age > 0 ? 'old' : 'ahead'}` }
    }
    if (typeof signature !== 'string') return { reason: 'the header KALSHI-ACCESS-SIGNATURE is missing' }
    const isSigned = verifies(this.#publicKey, `${timestamp}GET${path}`, signature)
    return isSigned ? 'ok' : { reason: `the signature does not fit the timestamp, GET and ${path}` }
  }
}

function parsePublicKey(pem: string): KeyObject {
  let key: KeyObject
  try {
    key = createPublicKey({ key: pem.trim(), format: 'pem' })
  } catch {
    // The cause is left out on purpose: an error of the crypto library may quote its input.
    throw new KwsError('credentials', 'the public key cannot be read: give a PEM text, -----BEGIN PUBLIC KEY-----')
  }
  if (key.asymmetricKeyType !== 'rsa' && key.asymmetricKeyType !== 'ed25519') {
    const type = key.asymmetricKeyType ?? 'unknown'
    throw new KwsError('credentials', `the public key is of type ${type}: the exchange takes RSA and Ed25519 keys`)
  }
  return key
}

function verifies(publicKey: KeyObject, text: string, signature: string): boolean {
  const bytes = Buffer.from(text)
  const signed = Buffer.from(signature, 'base64')
  if (publicKey.asymmetricKeyType === 'ed25519') return verify(null, bytes, publicKey, signed)
  const padding = constants.RSA_PKCS1_PSS_PADDING
  return verify('sha256', bytes, { key: publicKey, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }, signed)
}
