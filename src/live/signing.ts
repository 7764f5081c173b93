import { constants, createPrivateKey, type KeyObject, sign } from 'node:crypto'
import type { Clock } from '../core/clock.ts'
import { KwsError } from '../core/errors.ts'
import { isLoopback } from './environments.ts'

/** What proves to the exchange who is asking. The key is opaque: it cannot be printed by mistake. */
export interface Credentials {
  readonly keyId: string
  readonly privateKey: KeyObject
}

/** The path of the WebSocket, as it is signed: from the API's root, without host and query. */
export const WEBSOCKET_PATH = '/trade-api/ws/v2'

/** Reads a private key in PEM: PKCS#1 or PKCS#8, RSA or Ed25519. No message of its errors holds any of the key. */
export function parseCredentials(keyId: string, pem: string): Credentials {
  if (keyId.trim() === '')
    throw new KwsError('credentials', 'the API key id is empty: give the id the exchange shows beside the key')
  return { keyId: keyId.trim(), privateKey: parsePrivateKey(pem) }
}

/** Of a program that gives both or, on this machine, neither. */
export function credentialsFor(
  url: URL,
  keyId: string | undefined,
  privateKey: string | undefined
): Credentials | undefined {
  if (keyId !== undefined && privateKey !== undefined) return parseCredentials(keyId, privateKey)
  if (keyId === undefined && privateKey === undefined && isLoopback(url)) return undefined
  throw new KwsError('credentials', `${url.host} needs credentials: give keyId and privateKey, both of them`)
}

/** The headers that authenticate a GET request for a path, the WebSocket's upgrade among them (protocol reference, section 2). */
export function signedHeaders(
  credentials: Credentials,
  path: string,
  timestampMilliseconds: number
): Readonly<Record<string, string>> {
  const timestamp = String(timestampMilliseconds)
  return {
    'KALSHI-ACCESS-KEY': credentials.keyId,
    'KALSHI-ACCESS-TIMESTAMP': timestamp,
    'KALSHI-ACCESS-SIGNATURE': signatureOf(credentials.privateKey, `${timestamp}GET${path}`)
  }
}

/** The WebSocket's headers, made anew at each call since a signature is valid for a moment only; none without credentials. */
export function upgradeHeaders(
  credentials: Credentials | undefined,
  clock: Clock
): () => Readonly<Record<string, string>> {
  if (credentials === undefined) return () => ({})
  return () => signedHeaders(credentials, WEBSOCKET_PATH, Number(clock.wall() / 1_000_000n))
}

function parsePrivateKey(pem: string): KeyObject {
  let key: KeyObject
  try {
    key = createPrivateKey({ key: pem.trim(), format: 'pem' })
  } catch {
    // The cause is left out on purpose: an error of the crypto library may quote its input.
    throw new KwsError('credentials', unreadable(pem))
  }
  if (key.asymmetricKeyType !== 'rsa' && key.asymmetricKeyType !== 'ed25519') {
    const type = key.asymmetricKeyType ?? 'unknown'
    throw new KwsError('credentials', `the private key is of type ${type}: the exchange takes RSA and Ed25519 keys`)
  }
  return key
}

function unreadable(pem: string): string {
  const problem = 'the private key cannot be read'
  if (pem.includes('ENCRYPTED')) return `${problem}: it is encrypted, decrypt it first with openssl pkey`
  if (pem.includes('PUBLIC KEY')) return `${problem}: this is the public key, give the private one`
  if (!pem.includes('PRIVATE KEY'))
    return `${problem}: it is no PEM text, which begins with -----BEGIN … PRIVATE KEY-----`
  return `${problem}: its PEM text is damaged, download the key again or make a new one`
}

function signatureOf(privateKey: KeyObject, text: string): string {
  const bytes = Buffer.from(text)
  const signature =
    privateKey.asymmetricKeyType === 'ed25519'
      ? sign(null, bytes, privateKey)
      : sign('sha256', bytes, {
          key: privateKey,
          padding: constants.RSA_PKCS1_PSS_PADDING,
          saltLength: constants.RSA_PSS_SALTLEN_DIGEST
        })
  return signature.toString('base64')
}
