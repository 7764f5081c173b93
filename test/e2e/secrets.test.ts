import type { KeyObject } from 'node:crypto'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync
} from 'node:fs'
import type { AddressInfo, Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tmpdir } from 'node:os'
import { framesOf } from '../../src/core/frame.ts'
import { openRecording } from '../../src/recording/recording.ts'
import type { Outcome, Run } from './run-kws.ts'
import { runKws, startKws } from './run-kws.ts'

const KEY_IDS = { rsa: '7d9a1b52-5b0e-4d0a-9c39-1f6a3c2b4e51', ed25519: '0c5d8e77-91d2-4b5f-8a66-3e2f7b9d1a20' }
const HEADERS = ['kalshi-access-key', 'kalshi-access-timestamp', 'kalshi-access-signature'] as const

const WRONG = 'record, a key that the exchange refuses'

interface Key {
  readonly id: string
  readonly pem: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

/** The values of the three headers of each upgrade that has gone through a proxy. */
class Proxy {
  readonly upgrades: string[][] = []
  readonly #server = createServer(client => this.#pass(client))
  readonly #target: number

  constructor(target: number) {
    this.#target = target
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/trade-api/ws/v2`
  }

  close(): void {
    this.#server.close()
  }

  #pass(client: Socket): void {
    const server = connect(this.#target, '127.0.0.1')
    let head = ''
    client.on('data', (data: Buffer) => {
      if (head.endsWith('\r\n\r\n')) return
      head = (head + data.toString('latin1')).split('\r\n\r\n')[0] ?? ''
      head += '\r\n\r\n'
      if (/^upgrade: websocket\r$/im.test(head)) this.upgrades.push(HEADERS.map(name => valueOf(head, name)))
    })
    client.on('error', () => server.destroy()).pipe(server)
    server.on('error', () => client.destroy()).pipe(client)
  }
}

/** What a run has left behind: what it said, and what it recorded. */
interface Traces {
  readonly key: Key
  readonly outcome: Outcome
  readonly recording: string
  readonly upgrades: readonly (readonly string[])[]
}

interface Setting {
  readonly url: string
  readonly recording: string
  /** Where nothing else is. */
  readonly home: string
}

const FLAGS = ['--json', '--log-level', 'debug', '--duration', '1s']

function record({ url, recording }: Setting, ...flags: readonly string[]): string[] {
  return ['record', '--url', url, '--out', recording, ...FLAGS, ...flags]
}

function scan({ url, recording }: Setting): string[] {
  return ['scan', 'movers', '--live', '--url', url, '--record', recording, ...FLAGS]
}

const RUNS = {
  'record, an RSA key in a file': async setting => {
    const path = privateKeyFile(setting, keys.rsa, 0o600)
    return await trace(setting, keys.rsa, record(setting, '--key-id', keys.rsa.id, '--private-key-path', path))
  },
  'record, an Ed25519 key in the environment': async setting => {
    const { id, pem } = keys.ed25519
    const env = { KALSHI_API_KEY_ID: id, KALSHI_PRIVATE_KEY: pem }
    return await trace(setting, keys.ed25519, record(setting), env)
  },
  'scan --live --record, an RSA key in .env': async setting => {
    const { id, pem } = keys.rsa
    writeFileSync(join(setting.home, '.env'), `KALSHI_API_KEY_ID=${id}\nKALSHI_PRIVATE_KEY="${pem}"\n`)
    return await trace(setting, keys.rsa, scan(setting))
  },
  'scan --live --record, an Ed25519 key in a file that .env names': async setting => {
    const path = privateKeyFile(setting, keys.ed25519, 0o644)
    writeFileSync(join(setting.home, '.env'), `KALSHI_API_KEY_ID=${keys.ed25519.id}\nKALSHI_PRIVATE_KEY_PATH=${path}\n`)
    return await trace(setting, keys.ed25519, scan(setting))
  },
  [WRONG]: async setting => {
    const key = keyOf(keys.rsa.id, generateKeyPairSync('rsa', { modulusLength: 2048 }))
    const path = privateKeyFile(setting, key, 0o600)
    return await trace(setting, key, record(setting, '--key-id', key.id, '--private-key-path', path))
  }
} as const satisfies Record<string, (setting: Setting) => Promise<Traces>>

let folder: string
let keys: { readonly rsa: Key; readonly ed25519: Key }
let servers: readonly Run[] = []
const proxies: Proxy[] = []
const traces = new Map<string, Traces>()

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kws-test-'))
  keys = {
    rsa: keyOf(KEY_IDS.rsa, generateKeyPairSync('rsa', { modulusLength: 2048 })),
    ed25519: keyOf(KEY_IDS.ed25519, generateKeyPairSync('ed25519'))
  }
  servers = [startServer(keys.rsa), startServer(keys.ed25519)]
  // Of both at once, since what is said before anybody listens is missed.
  const [ofRsa = 0, ofEd25519 = 0] = await Promise.all(servers.map(portOf))
  const tracing = Object.entries(RUNS).map(async ([name, run], index) => {
    const home = join(folder, String(index))
    mkdirSync(home)
    const proxy = new Proxy(name.includes('Ed25519') ? ofEd25519 : ofRsa)
    proxies.push(proxy)
    const url = await proxy.listen()
    const left = await run({ url, home, recording: join(home, 'recording') })
    traces.set(name, { ...left, upgrades: proxy.upgrades })
  })
  await Promise.all(tracing)
})
afterAll(async () => {
  for (const { child } of servers) child.kill('SIGINT')
  for (const proxy of proxies) proxy.close()
  await Promise.all(servers.map(({ finished }) => finished))
  rmSync(folder, { recursive: true, force: true })
})

/** An exchange that lets in one key alone. */
function startServer(key: Key): Run {
  const publicKey = join(folder, `${key.id}.pem`)
  writeFileSync(publicKey, key.publicKey.export({ type: 'spki', format: 'pem' }))
  const auth = ['--require-auth', `${key.id}=${publicKey}`]
  return startKws(['serve', '--synthetic', '--markets-count', '6', '--rate', '200', ...auth])
}

async function portOf({ child }: Run): Promise<number> {
  if (child.stdout === null) throw new Error('there is no output')
  const [line] = await once(child.stdout, 'data')
  return Number(new URL(String(line).trim()).port)
}

/** Runs kws in its home, to which the proxy's notes are still to be added. */
async function trace({ home, recording }: Setting, key: Key, args: string[], env = {}): Promise<Traces> {
  return { key, recording, outcome: await runKws(args, { cwd: home, env }), upgrades: [] }
}

function tracesOf(name: string): Traces {
  const left = traces.get(name)
  if (left === undefined) throw new RangeError(`${name} was not run`)
  return left
}

describe.each(Object.keys(RUNS).filter(name => name !== WRONG))('%s', name => {
  it('is let in, and records', async () => {
    const { outcome, upgrades, key, recording } = tracesOf(name)
    expect({ code: outcome.code, keys: upgrades.map(([id]) => id) }).toEqual({ code: 0, keys: [key.id] })
    expect((await rowsOf(recording)).length).toBeGreaterThan(20)
  })

  it('leaves no secret behind', async () => {
    const { upgrades, recording } = tracesOf(name)
    expect(await secretsFound(tracesOf(name))).toEqual([])
    const own = (await rowsOf(recording)).filter(({ isOfExchange }) => !isOfExchange).map(({ text }) => text)
    expect(own.filter(text => upgrades.some(([, timestamp = '']) => text.includes(timestamp)))).toEqual([])
  })

  it('warns where others may read the key', () => {
    const { outcome, recording } = tracesOf(name)
    const warning = `${join(recording, '..', 'private-key.pem')} is readable by others: chmod 600 it`
    expect(outcome.stderr.includes(warning)).toBe(name.includes('names'))
  })
})

it(`${WRONG} is not told either`, async () => {
  const { outcome, upgrades } = tracesOf(WRONG)
  expect(outcome.code).toBe(1)
  expect(outcome.stderr).toMatch(/^kws: .*refused the connection with HTTP 401/m)
  expect(upgrades).toHaveLength(1)
  expect(await secretsFound(tracesOf(WRONG))).toEqual([])
})

/** What of the key and of the headers is in what was said, in any byte of what was written, or in any row of it. */
async function secretsFound({ outcome, recording, upgrades, key }: Traces): Promise<string[]> {
  const { stdout, stderr } = outcome
  const rows = existsSync(recording) ? await rowsOf(recording) : []
  const places: Readonly<Record<string, Buffer>> = {
    stdout: Buffer.from(stdout),
    stderr: Buffer.from(stderr),
    rows: Buffer.from(rows.map(({ text }) => text).join('\n')),
    ...writtenBy(recording)
  }
  const secrets: [string, string | Buffer][] = [...secretsOf(key), ['header', 'kalshi-access'], ['key id', key.id]]
  const headers: [string, string][] = []
  for (const [, timestamp = '', signature = ''] of upgrades) {
    secrets.push(['signature', signature])
    headers.push(['timestamp', timestamp])
  }
  const found = (place: string, sought: readonly (readonly [string, string | Buffer])[]) => {
    const text = places[place] ?? Buffer.alloc(0)
    const lower = Buffer.from(text.toString('latin1').toLowerCase(), 'latin1')
    return sought
      .filter(([, secret]) => text.includes(secret) || lower.includes(secret))
      .map(([name]) => `${name} in ${place}`)
  }
  return [
    ...Object.keys(places).flatMap(place => found(place, secrets)),
    // The exchange's own times may be the same as that of a header.
    ...['stdout', 'stderr', 'session.json'].flatMap(place => found(place, headers))
  ]
}

/** The lines of the key's text, and its bytes, piece by piece. */
function secretsOf({ pem, privateKey }: Key): [string, string | Buffer][] {
  const lines = pem.split('\n').filter(line => line.length > 20 && !line.startsWith('-'))
  const bytes = privateKey.export({ type: 'pkcs8', format: 'der' })
  // What comes first says only of which type the key is.
  const pieces = Array.from({ length: Math.floor((bytes.length - 16) / 16) }, (_, index) =>
    bytes.subarray(16 * (index + 1), 16 * (index + 2))
  )
  return [
    ...lines.map((line): [string, string] => ['line of the key', line]),
    ...pieces.map((piece): [string, Buffer] => ['bytes of the key', piece]),
    ...pieces.map((piece): [string, string] => ['digits of the key', piece.toString('hex')])
  ]
}

function writtenBy(recording: string): Record<string, Buffer> {
  const names = existsSync(recording) ? readdirSync(recording) : []
  return Object.fromEntries(names.map(name => [name, readFileSync(join(recording, name))]))
}

async function rowsOf(recording: string): Promise<{ readonly isOfExchange: boolean; readonly text: string }[]> {
  const rows: { readonly isOfExchange: boolean; readonly text: string }[] = []
  for await (const batch of (await openRecording(recording)).batches()) {
    for (const { kind, direction, payload } of framesOf(batch)) {
      const isOfExchange = direction === 'received' && (kind === 'text' || kind === 'rest')
      rows.push({ isOfExchange, text: Buffer.from(payload).toString() })
    }
  }
  return rows
}

function keyOf(id: string, { privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject }): Key {
  return { id, privateKey, publicKey, pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
}

function privateKeyFile({ home }: Setting, { pem }: Key, mode: number): string {
  const path = join(home, 'private-key.pem')
  writeFileSync(path, pem)
  chmodSync(path, mode)
  return path
}

function valueOf(head: string, name: string): string {
  return new RegExp(`^${name}: (.*)\\r$`, 'im').exec(head)?.[1] ?? ''
}
