import { execFile } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { countsOf, sleep } from './chance.mjs'
import { ExchangeProcess } from './exchange-process.mjs'
import { account, connectionsOf } from './recorded-account.mjs'
import { RecorderProcess } from './recorder-process.mjs'
import { replayedTo, wireBook } from './replayed-books.mjs'

const NAMESPACE = 'kws-soak'
const NEAR = 'kws-near'
const FAR = 'kws-far'
const NEAR_ADDRESS = '10.99.77.1'
const FAR_ADDRESS = '10.99.77.2'
const KEY_ID = '3f0e8d8c-6a51-4a56-9a3e-0d8f4f1c2b7a'
/** An impairment lasts from so long to so long. */
const SHORT_MS = [1_000, 5_000]
/** Longer than silence is borne. */
const LONG_MS = [28_000, 40_000]
const LONG_CHANCE = 0.15
/** The longest backoff, the silence before it and what TCP may take to notice. */
const RECOVERY_MS_MAX = 180_000
const CALM_MS = 15_000
const DRAIN_MS = 3_000

const run = promisify(execFile)

/**
 * Lets the network itself go wrong, below TCP: a recorder in a network namespace of its own, which packets reach late,
 * not at all or through a link that is pulled. Needs root on Linux, `ip` and, for loss and delay, `tc` with netem or
 * `iptables`. True where the recording was whole, or where the machine does not allow it.
 */
export async function soakBelowTcp(minutes, random) {
  try {
    await layCable()
  } catch (error) {
    console.log(`SKIP: no network namespace can be made here: ${error.message.trim().split('\n').at(-1)}`)
    return true
  }
  try {
    const impairments = await impairmentsHere()
    console.log(`impairments: ${Object.keys(impairments).join(', ')}`)
    return await soak(minutes, random, impairments)
  } finally {
    await takeCableAway()
  }
}

async function layCable() {
  await takeCableAway()
  await ip('netns', 'add', NAMESPACE)
  await ip('link', 'add', NEAR, 'type', 'veth', 'peer', 'name', FAR, 'netns', NAMESPACE)
  await ip('address', 'add', `${NEAR_ADDRESS}/24`, 'dev', NEAR)
  await ip('link', 'set', NEAR, 'up')
  await ip('-n', NAMESPACE, 'address', 'add', `${FAR_ADDRESS}/24`, 'dev', FAR)
  await ip('-n', NAMESPACE, 'link', 'set', FAR, 'up')
  await ip('-n', NAMESPACE, 'link', 'set', 'lo', 'up')
}

/** With the namespace goes its end of the cable, and with that the other. */
async function takeCableAway() {
  await ip('link', 'delete', NEAR).catch(() => {})
  await ip('netns', 'delete', NAMESPACE).catch(() => {})
}

/** What this kernel and its tools can do to packets, each with how it begins and ends. */
async function impairmentsHere() {
  const impairments = {
    'link pulled': [() => ip('link', 'set', NEAR, 'down'), () => ip('link', 'set', NEAR, 'up')]
  }
  const candidates = {
    'loss and delay': queue('netem', 'loss', '10%', 'delay', '60ms', '30ms'),
    'a third lost': queue('netem', 'loss', '33%'),
    reordering: queue('netem', 'delay', '40ms', 'reorder', '25%', '50%'),
    'a slow line': queue('tbf', 'rate', '400kbit', 'burst', '16kb', 'latency', '600ms'),
    'every tenth packet lost on its way out': filter('OUTPUT', '-o', '0.1'),
    'every third packet lost on its way in': filter('INPUT', '-i', '0.33')
  }
  for (const [name, [begin, end]] of Object.entries(candidates)) {
    try {
      await begin()
      await end()
      impairments[name] = [begin, end]
    } catch (error) {
      console.log(`not here: ${name} (${error.message.trim().split('\n').at(-1)})`)
    }
  }
  return impairments
}

function queue(...discipline) {
  return [
    () => run('tc', ['qdisc', 'replace', 'dev', NEAR, 'root', ...discipline]),
    () => run('tc', ['qdisc', 'delete', 'dev', NEAR, 'root'])
  ]
}

/** Drops packets by chance. */
function filter(chain, direction, probability) {
  const rule = [chain, direction, NEAR, '-m', 'statistic', '--mode', 'random', '--probability', probability]
  return [() => run('iptables', ['-I', ...rule, '-j', 'DROP']), () => run('iptables', ['-D', ...rule, '-j', 'DROP'])]
}

async function soak(minutes, random, impairments) {
  const folder = mkdtempSync(join(tmpdir(), 'kws-soak-'))
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const keyFile = join(folder, 'private-key.pem')
  const publicKeyFile = join(folder, 'public-key.pem')
  writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  writeFileSync(publicKeyFile, publicKey.export({ type: 'spki', format: 'pem' }))
  const auth = `--require-auth=${KEY_ID}=${publicKeyFile}`
  const exchange = await ExchangeProcess.start(['--host=0.0.0.0', auth, '--markets-count=40', '--rate=300'])
  const url = `ws://${NEAR_ADDRESS}:${new URL(exchange.url).port}/trade-api/ws/v2`
  const tickers = await exchange.openTickers()
  const recorder = new RecorderProcess(
    'far',
    join(folder, 'recording'),
    [
      `--url=${url}`,
      `--series=${[...new Set(tickers.map(seriesOf))].join(',')}`,
      `--key-id=${KEY_ID}`,
      `--private-key-path=${keyFile}`
    ],
    { command: ['ip', 'netns', 'exec', NAMESPACE, process.execPath] }
  )
  const done = await impair(Date.now() + minutes * 60_000, random, impairments)
  const isBack = await recovered(recorder, exchange)
  await exchange.pause()
  await sleep(DRAIN_MS)
  const checkedAt = BigInt(Date.now()) * 1_000_000n
  const { clients } = await exchange.status()
  const truths = new Map()
  for (const ticker of await exchange.openTickers()) truths.set(ticker, await exchange.book(ticker))
  await recorder.stop()
  await exchange.stop()
  return await verdict({ recorder, checkedAt, clients, truths, done, isBack })
}

async function impair(end, random, impairments) {
  const names = Object.keys(impairments)
  const between = ([from, to]) => from + random() * (to - from)
  const done = []
  while (Date.now() < end) {
    await sleep(between(SHORT_MS))
    const name = names[Math.floor(random() * names.length)]
    const [begin, stop] = impairments[name]
    await begin()
    await sleep(between(random() < LONG_CHANCE ? LONG_MS : SHORT_MS))
    await stop()
    done.push(name)
  }
  return done
}

/** Until the recorder has been connected for a while, as it tells itself. */
async function recovered(recorder, exchange) {
  const isConnected = () => recorder.tellingOf('connected').length > recorder.tellingOf('disconnected').length
  let calmSince = Date.now()
  for (const end = Date.now() + RECOVERY_MS_MAX; Date.now() < end;) {
    await sleep(200)
    const { clients } = await exchange.status()
    if (!isConnected() || (clients.at(-1)?.subscriptions.length ?? 0) < 4) calmSince = Date.now()
    if (Date.now() - calmSince > CALM_MS) return true
  }
  return false
}

async function verdict({ recorder, checkedAt, clients, truths, done, isBack }) {
  const wrong =
    isBack && recorder.exitCode === 0 ? [] : [`the recorder ended with ${recorder.exitCode}, back: ${isBack}`]
  const connections = await connectionsOf(recorder.directory, checkedAt)
  const accounts = connections.map(recorded => account(recorded, []))
  wrong.push(...accounts.flatMap(({ wrong }) => wrong))
  const gaps = recorder.tellingOf('gap').length
  if (gaps > 0) wrong.push(`${gaps} gaps told, though TCP loses nothing within a connection`)
  // The one that was accepted last is the only one that is alive; others may still be open at the exchange's end.
  const sent = clients.toSorted((a, b) => a.connection - b.connection).at(-1)?.frames
  const recorded = connections.at(-1)?.textsBefore
  if (sent !== recorded) wrong.push(`${sent} frames sent on the last connection, ${recorded} recorded`)
  const tracker = await replayedTo(recorder.directory, checkedAt)
  const equal = [...truths].filter(
    ([ticker, truth]) => JSON.stringify(wireBook(tracker, ticker)) === JSON.stringify(truth)
  )
  if (equal.length < truths.size) wrong.push(`${truths.size - equal.length} of ${truths.size} books are not equal`)
  for (const line of wrong.slice(0, 40)) console.log(`wrong: ${line}`)
  const isFine = wrong.length === 0 && equal.length > 0
  console.log(
    `${isFine ? 'PASS' : 'FAIL'} below TCP: ${done.length} impairments (${countsOf(done)}); ` +
      `${connections.reduce((sum, { texts }) => sum + texts.length, 0)} frames recorded on ${connections.length} connections, ` +
      `${recorder.tellingOf('connect_failed').length} attempts in vain, none missing within a connection, ` +
      `${recorded} of ${sent} on the last; ${equal.length} books equal to the truth; peak memory ${recorder.peak} MB`
  )
  return isFine
}

async function ip(...args) {
  return await run('ip', args)
}

function seriesOf(ticker) {
  return ticker.slice(0, ticker.indexOf('-'))
}
