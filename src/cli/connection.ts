import { existsSync, readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import type { Command } from 'commander'
import { Option } from 'commander'
import type { Logger } from 'pino'
import type { Clock } from '../core/clock.ts'
import { KwsError, reasonOf } from '../core/errors.ts'
import type { Credentials } from '../live/signing.ts'
import { parseCredentials, signedHeaders, WEBSOCKET_PATH } from '../live/signing.ts'

/** Where the exchange listens (protocol reference, section 1). */
const URLS = {
  prod: 'wss://external-api-ws.kalshi.com/trade-api/ws/v2',
  demo: 'wss://external-api-ws.demo.kalshi.co/trade-api/ws/v2'
} as const

export interface ConnectionFlags {
  readonly env: keyof typeof URLS
  readonly url?: string
  readonly keyId?: string
  readonly privateKeyPath?: string
}

/** Where to connect, as whom. */
export interface Connection {
  readonly url: string
  readonly environment: string
  readonly headers: () => Readonly<Record<string, string>>
}

export function addConnectionOptions(command: Command): Command {
  return command
    .addOption(new Option('--env <name>', 'which exchange').choices(Object.keys(URLS)).default('prod'))
    .option('--url <url>', 'connect there instead, such as ws://127.0.0.1:8080/trade-api/ws/v2')
    .option('--key-id <id>', 'API key id (KALSHI_API_KEY_ID)')
    .option('--private-key-path <file>', 'its private key in PEM (KALSHI_PRIVATE_KEY_PATH, or KALSHI_PRIVATE_KEY)')
}

export function connectionFrom(flags: ConnectionFlags, clock: Clock, log: Logger): Connection {
  const url = checkedUrl(flags.url ?? URLS[flags.env])
  const credentials = credentialsFrom(flags, log)
  if (credentials === undefined && !isLoopback(url)) {
    throw new KwsError(
      'credentials',
      `${url.host} needs credentials: set KALSHI_API_KEY_ID and KALSHI_PRIVATE_KEY_PATH, or give --key-id and --private-key-path`
    )
  }
  return {
    url: url.href,
    environment: flags.url === undefined ? flags.env : 'custom',
    headers: () => (credentials === undefined ? {} : signedHeaders(credentials, WEBSOCKET_PATH, millisecondsOf(clock)))
  }
}

function checkedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || (url.protocol !== 'ws:' && url.protocol !== 'wss:')) {
    throw new KwsError('usage', `${text} is no WebSocket URL: it begins with ws:// or wss://`)
  }
  // The URL goes into the recording.
  if (url.username !== '' || url.password !== '') {
    throw new KwsError('usage', `leave user name and password out of the URL of ${url.host}: the exchange takes keys`)
  }
  return url
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')
}

function credentialsFrom(flags: ConnectionFlags, log: Logger): Credentials | undefined {
  const environment = { ...dotEnv(), ...process.env }
  const keyId = flags.keyId ?? environment['KALSHI_API_KEY_ID']
  const path = flags.privateKeyPath ?? environment['KALSHI_PRIVATE_KEY_PATH']
  const pem = path === undefined ? withLineBreaks(environment['KALSHI_PRIVATE_KEY']) : readKey(path, log)
  if (keyId === undefined && pem === undefined) return undefined
  if (keyId === undefined)
    throw new KwsError('credentials', 'there is a private key but no key id: set KALSHI_API_KEY_ID')
  if (pem === undefined) {
    throw new KwsError('credentials', 'there is a key id but no private key: set KALSHI_PRIVATE_KEY_PATH')
  }
  return parseCredentials(keyId, pem)
}

function dotEnv(): Readonly<Record<string, string | undefined>> {
  if (!existsSync('.env')) return {}
  try {
    return parseEnv(readFileSync('.env', 'utf8'))
  } catch (error) {
    throw new KwsError('credentials', `cannot read ${resolve('.env')}: ${reasonOf(error)}`, { cause: error })
  }
}

/** Where a variable can be one line only, keys are written with `\n` for their line breaks. */
function withLineBreaks(pem: string | undefined): string | undefined {
  return pem?.replaceAll('\\n', '\n')
}

function readKey(path: string, log: Logger): string {
  try {
    const readableByOthers = (statSync(path).mode & 0o044) !== 0
    if (readableByOthers) log.warn(`${path} is readable by others: chmod 600 it`)
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new KwsError('credentials', `cannot read the private key: ${reasonOf(error)}`, { cause: error })
  }
}

function millisecondsOf(clock: Clock): number {
  return Number(clock.wall() / 1_000_000n)
}
