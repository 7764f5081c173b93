import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import type { Command } from 'commander'
import { Option } from 'commander'
import type { Logger } from 'pino'
import type { Clock } from '../core/clock.ts'
import { KwsError, reasonOf } from '../core/errors.ts'
import type { Environment } from '../live/environments.ts'
import { ENVIRONMENTS, isLoopback, REST_ROOTS, webSocketUrl } from '../live/environments.ts'
import type { Credentials } from '../live/signing.ts'
import { parseCredentials, upgradeHeaders } from '../live/signing.ts'

export interface ConnectionFlags {
  readonly env: Environment
  readonly url?: string
  readonly restUrl?: string
  readonly keyId?: string
  readonly privateKeyPath?: string
}

/** Where to connect, as whom. */
export interface Connection {
  readonly url: string
  /** The root of the REST endpoints, without a slash at its end. */
  readonly restUrl: string
  readonly environment: string
  readonly headers: () => Readonly<Record<string, string>>
}

export function addConnectionOptions(command: Command): Command {
  return command
    .addOption(new Option('--env <name>', 'which exchange').choices(Object.keys(ENVIRONMENTS)).default('prod'))
    .option('--url <url>', 'connect there instead, such as ws://127.0.0.1:8080/trade-api/ws/v2')
    .option('--rest-url <url>', 'its REST root (default: that of the environment, or of the host of --url)')
    .option('--key-id <id>', 'API key id (KALSHI_API_KEY_ID)')
    .option('--private-key-path <file>', 'its private key in PEM (KALSHI_PRIVATE_KEY_PATH, or KALSHI_PRIVATE_KEY)')
}

export function connectionFrom(flags: ConnectionFlags, clock: Clock, log: Logger): Connection {
  const url = webSocketUrl(flags.url ?? ENVIRONMENTS[flags.env])
  const credentials = credentialsFrom(flags, log)
  if (credentials === undefined && !isLoopback(url)) {
    throw new KwsError(
      'credentials',
      `${url.host} needs credentials: set KALSHI_API_KEY_ID and KALSHI_PRIVATE_KEY_PATH, or give --key-id and --private-key-path`
    )
  }
  return {
    url: url.href,
    restUrl: restUrlFrom(flags, url),
    environment: flags.url === undefined ? flags.env : 'custom',
    headers: upgradeHeaders(credentials, clock)
  }
}

function restUrlFrom({ env, url: ownUrl, restUrl }: ConnectionFlags, url: URL): string {
  if (restUrl === undefined) {
    return ownUrl === undefined
      ? REST_ROOTS[env]
      : `${url.protocol === 'wss:' ? 'https' : 'http'}://${url.host}/trade-api/v2`
  }
  const given = URL.canParse(restUrl) ? new URL(restUrl) : undefined
  if (given === undefined || (given.protocol !== 'http:' && given.protocol !== 'https:')) {
    throw new KwsError('usage', `${restUrl} is no URL of REST endpoints: it begins with http:// or https://`)
  }
  return given.href.replace(/\/$/, '')
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
    if (readableByOthers && !isServiceCredential(path)) log.warn(`${path} is readable by others: chmod 600 it`)
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new KwsError('credentials', `cannot read the private key: ${reasonOf(error)}`, { cause: error })
  }
}

/** What systemd's `LoadCredential=` has put there is this service's alone, though an access list shows in its mode. */
function isServiceCredential(path: string): boolean {
  const directory = process.env['CREDENTIALS_DIRECTORY']
  return directory !== undefined && dirname(resolve(path)) === resolve(directory)
}
